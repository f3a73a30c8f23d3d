import { describe, expect, test } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../model/clock.ts';
import { isNight } from '../model/sun.ts';
import { nightsBefore } from './calendar.ts';
import { demoSite, oneAsset, samplesOf, withAndWithout } from './demo.testkit.ts';

const NOW = Date.parse('2026-11-25T12:00:00Z');
const at = (hours: number): number => NOW + hours * HOUR_MS;

describe('a fault begins when it is told to, and nothing is different before', () => {
  const [, night] = nightsBefore(NOW, demoSite) as [number, number];
  const HOUR_OF_NIGHT = night + HOUR_MS;

  test('lamp_out: dark, though told to burn, under voltage', () => {
    const { ill, well } = withAndWithout(
      NOW,
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
    const { ill, well } = withAndWithout(
      NOW,
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

  test('bay_stuck: occupied from then on, without a break', () => {
    const { ill, well } = withAndWithout(
      NOW,
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
    const { ill } = withAndWithout(
      NOW,
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
    const { ill } = withAndWithout(
      NOW,
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
    const { ill, well } = withAndWithout(
      NOW,
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
