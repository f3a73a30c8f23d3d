import { describe, expect, test } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../model/clock.ts';
import { isNight } from '../model/sun.ts';
import { nightsBefore } from './calendar.ts';
import { demoSite, oneAsset, samplesOf } from './demo.testkit.ts';
import type { Sample } from './device-model.ts';

const NOW = Date.parse('2026-11-25T12:00:00Z');
const at = (hours: number): number => NOW + hours * HOUR_MS;

/** What the asset says with the faults and without, cut into before, during and after `[from, to)`. */
function compare(asset: string, faults: string, from: number, to: number) {
  const cut = (samples: readonly Sample[]) => ({
    before: samples.filter(({ ts }) => ts < from),
    during: samples.filter(({ ts }) => ts >= from && ts < to),
    after: samples.filter(({ ts }) => ts >= to),
  });
  const say = (yaml: string): readonly Sample[] => samplesOf(oneAsset(asset, NOW, yaml), NOW).get(asset)!;
  return { ill: cut(say(faults)), well: cut(say('')) };
}

describe('a fault begins when it is told to, and nothing is different before', () => {
  const [, night] = nightsBefore(NOW, demoSite) as [number, number];
  const HOUR_OF_NIGHT = night + HOUR_MS;

  test('lamp_out: dark, though told to burn, under voltage', () => {
    const { ill, well } = compare(
      'lamp-020',
      '- { fault: lamp_out, asset: lamp-020, when: night_before_last+1h for 2h }',
      HOUR_OF_NIGHT,
      HOUR_OF_NIGHT + 2 * HOUR_MS,
    );
    expect(ill.before).toEqual(well.before);
    expect(ill.during).toHaveLength(24);
    for (const s of ill.during) {
      expect(Number(s['power_w'])).toBeLessThan(1);
      expect(s['level_pct']).toBe(100);
      expect(Number(s['voltage_v'])).toBeGreaterThan(220);
    }
    expect(Number(ill.after[0]!['power_w'])).toBeGreaterThan(20);
    expect(Number(ill.after.at(-1)!['energy_kwh'])).toBeLessThan(Number(well.after.at(-1)!['energy_kwh']));
  });

  test('circuit_out: every lamp dark and without voltage, the meter at nothing', () => {
    const fleet = oneAsset(
      'circuit-5',
      NOW,
      '- { fault: circuit_out, asset: circuit-5, when: night_before_last+1h for 2h }',
    );
    const series = samplesOf(fleet, NOW);
    const lit = [...series].filter(([id]) => id !== 'gw-6');
    expect(lit).toHaveLength(16);
    for (const [id, samples] of lit) {
      const during = samples.filter(({ ts }) => ts >= HOUR_OF_NIGHT && ts < HOUR_OF_NIGHT + 2 * HOUR_MS);
      expect(during.length).toBeGreaterThan(20);
      for (const s of during) {
        expect([s['power_w'], s['voltage_v'], s['current_a']], id).toEqual([0, 0, 0]);
        expect(s['energized']).toBe(id === 'circuit-5' ? false : undefined);
      }
    }
  });

  test('day_burner: full power by day and no dimming by night', () => {
    const { ill, well } = compare(
      'lamp-011',
      '- { fault: day_burner, asset: lamp-011, when: -30h for 24h }',
      at(-30),
      at(-6),
    );
    expect(ill.before).toEqual(well.before);
    for (const s of ill.during) expect(Number(s['power_w'])).toBeGreaterThan(55);
    expect(ill.during.some(({ ts }) => !isNight(ts, demoSite))).toBe(true);
    expect(ill.after.filter(({ ts }) => !isNight(ts, demoSite)).every((s) => s['power_w'] === 0.4)).toBe(
      true,
    );
  });

  test.each(['pump-01', 'pump-02', 'pump-06'])('pump_dry_run: %s turns and moves nothing', (id) => {
    const { ill, well } = compare(
      id,
      `- { fault: pump_dry_run, asset: ${id}, when: -30h for 50m }`,
      at(-30),
      at(-30) + 50 * MINUTE_MS,
    );
    const limit_w = Number(demoSite.assets.find((asset) => asset.id === id)!.attributes['dry_run_w']);
    expect(ill.before).toEqual(well.before);
    expect(ill.during).toHaveLength(150);
    for (const s of ill.during) {
      expect([s['running'], s['flow_m3_h']]).toEqual([true, 0]);
      expect(Number(s['power_w'])).toBeLessThan(0.7 * limit_w);
      // The current hardly tells: that is why the rule looks at power.
      expect(Number(s['current_a'])).toBeGreaterThan(0);
    }
    const running = ill.after.filter((s) => s['running']);
    expect(running.length).toBeGreaterThan(20);
    for (const s of running) expect(Number(s['power_w'])).toBeGreaterThan(1.25 * limit_w);
  });

  test('a sump overflows while its pump runs dry, and is emptied afterwards', () => {
    const { ill } = compare(
      'pump-04',
      '- { fault: pump_dry_run, asset: pump-04, when: -30h for 6h }',
      at(-30),
      at(-24),
    );
    expect(Number(ill.during.at(-1)!['level_cm'])).toBeGreaterThan(200);
    expect(ill.after.findIndex((s) => Number(s['level_cm']) < 45)).toBeGreaterThan(0);
    expect(ill.after.findIndex((s) => !s['running'])).toBeLessThan(360);
  });

  test('pump_vibration: in zone C unless told otherwise, and the bearing warms', () => {
    const { ill, well } = compare(
      'pump-08',
      '- { fault: pump_vibration, asset: pump-08, when: -9h for 5h }',
      at(-9),
      at(-4),
    );
    expect(ill.before).toEqual(well.before);
    for (const s of ill.during) {
      expect(Number(s['vibration_mm_s'])).toBeGreaterThan(4.3);
      expect(Number(s['vibration_mm_s'])).toBeLessThan(6.6);
    }
    expect(Number(ill.during.at(-1)!['bearing_c'])).toBeGreaterThan(
      Number(well.during.at(-1)!['bearing_c']) + 8,
    );
    for (const s of ill.after) expect(Number(s['vibration_mm_s'])).toBeLessThan(3);
    const told = compare(
      'pump-08',
      '- { fault: pump_vibration, asset: pump-08, when: -9h, vibration_mm_s: 9 }',
      at(-9),
      NOW,
    );
    expect(Math.min(...told.ill.during.map((s) => Number(s['vibration_mm_s'])))).toBeGreaterThan(7);
  });

  test.each([
    ['pump-02', 0.01],
    ['pump-01', 1.5],
  ])('pump_service_due: the hours of %s run out at the moment told', (id, withinH) => {
    const due_h = ['service_every_h', 'serviced_at_run_h']
      .map((name) => Number(demoSite.assets.find((asset) => asset.id === id)!.attributes[name]))
      .reduce((a, b) => a + b);
    const { ill, well } = compare(
      id,
      `- { fault: pump_service_due, asset: ${id}, when: -20h }`,
      at(-20),
      NOW,
    );
    for (const s of ill.before) expect(Number(s['run_h'])).toBeLessThanOrEqual(due_h);
    const late = ill.during.find((s) => Number(s['run_h']) >= due_h)!.ts - at(-20);
    expect(late).toBeLessThan(withinH * HOUR_MS);
    // All else is as it was: the same water, the same motor.
    expect(ill.during.map((s) => s['power_w'])).toEqual(well.during.map((s) => s['power_w']));
  });

  test('bay_stuck: occupied from then on, without a break', () => {
    const { ill, well } = compare(
      'bay-015',
      '- { fault: bay_stuck, asset: bay-015, when: -44h for 40h }',
      at(-44),
      at(-4),
    );
    expect(ill.before).toEqual(well.before);
    expect(ill.during[0]!.ts - at(-44)).toBeLessThanOrEqual(10 * MINUTE_MS);
    expect(ill.during.every((s) => s['occupied'])).toBe(true);
    expect(well.during.every((s) => s['occupied'])).toBe(false);
  });

  test('fire_lane_occupied: told at once, and when it drives off', () => {
    const { ill } = compare(
      'bay-060',
      '- { fault: fire_lane_occupied, asset: bay-060, when: -26h for 55m }',
      at(-26),
      at(-26) + 55 * MINUTE_MS,
    );
    expect(ill.before.some((s) => s['occupied'])).toBe(false);
    expect(ill.during[0]).toMatchObject({ ts: at(-26), occupied: true });
    expect(ill.after[0]).toMatchObject({ ts: at(-26) + 55 * MINUTE_MS, occupied: false });
  });

  test('battery_low: next to empty, and full again when it was changed', () => {
    const { ill } = compare(
      'bay-133',
      '- { fault: battery_low, asset: bay-133, when: -30h for 20h, battery_pct: 7 }',
      at(-30),
      at(-10),
    );
    expect(ill.before.every((s) => Number(s['battery_pct']) > 40)).toBe(true);
    expect(ill.during.every((s) => Number(s['battery_pct']) <= 7 && Number(s['battery_pct']) > 5)).toBe(true);
    expect(ill.after.every((s) => Number(s['battery_pct']) > 40)).toBe(true);
  });

  test('device_silent: not a word, and the world went on meanwhile', () => {
    const { ill, well } = compare(
      'bay-201',
      '- { fault: device_silent, asset: bay-201, when: -20h for 6h }',
      at(-20),
      at(-14),
    );
    expect(ill).toEqual({ ...well, during: [] });
    expect(well.during.length).toBeGreaterThan(30);
  });

  test('gateway_silent: not a word of what it carries; it comes back freshly started', () => {
    const fleet = oneAsset('gw-7', NOW, '- { fault: gateway_silent, asset: gw-7, when: -15h for 2h }');
    const series = samplesOf(fleet, NOW);
    expect(series.size).toBe(15);
    for (const samples of series.values()) {
      expect(samples.some(({ ts }) => ts >= at(-15) && ts < at(-13))).toBe(false);
      expect(samples.some(({ ts }) => ts >= at(-13))).toBe(true);
    }
    const back = series.get('gw-7')!.find(({ ts }) => ts >= at(-13))!;
    expect(Number(back['uptime_s'])).toBeLessThan(120);
    expect(back['devices']).toBe(14);
  });
});
