import { describe, expect, test } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../model/clock.ts';
import { demoSite, withAndWithout } from './demo.testkit.ts';

const NOW = Date.parse('2026-11-25T12:00:00Z');
const at = (hours: number): number => NOW + hours * HOUR_MS;

describe('a pump', () => {
  test.each(['pump-01', 'pump-02', 'pump-06'])('pump_dry_run: %s turns and moves nothing', (id) => {
    const { ill, well } = withAndWithout(
      NOW,
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
    const { ill } = withAndWithout(
      NOW,
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
    const { ill, well } = withAndWithout(
      NOW,
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
    const told = withAndWithout(
      NOW,
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
    const { ill, well } = withAndWithout(
      NOW,
      id,
      `- { fault: pump_service_due, asset: ${id}, when: -20h }`,
      at(-20),
      NOW,
    );
    for (const s of ill.before) expect(Number(s['run_h'])).toBeLessThan(due_h);
    const late = ill.during.find((s) => Number(s['run_h']) >= due_h)!.ts - at(-20);
    expect(late).toBeLessThan(withinH * HOUR_MS);
    // All else is as it was: the same water, the same motor.
    expect(ill.during.map((s) => s['power_w'])).toEqual(well.during.map((s) => s['power_w']));
  });
});
