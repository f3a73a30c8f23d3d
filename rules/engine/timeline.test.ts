import { describe, expect, it } from 'vitest';
import type { Site } from '../../model/site.ts';
import { runRuleTests } from '../testing/run.ts';
import { timelineFor } from './timeline.ts';

const lighting = { offset_min: 0, level_pct: 100, steps: [] };
const site = {
  tz: 'Europe/London',
  lat: 51.5,
  lon: -0.13,
  lighting,
  schedules: { park: { ...lighting, steps: [{ at: '00:30', level_pct: 0 }] } },
} as unknown as Site;
const at = (iso: string): number => Date.parse(iso);

describe('what time and place say to rules', () => {
  it.each([
    ['08:00', '18:00', '2026-07-10T06:59:59Z', 0], // 07:59:59 on the summer clock
    ['08:00', '18:00', '2026-07-10T07:00:00Z', 1],
    ['08:00', '18:00', '2026-01-10T07:00:00Z', 0],
    ['22:00', '06:00', '2026-01-10T23:00:00Z', 1], // across midnight
    ['22:00', '06:00', '2026-01-11T05:59:59Z', 1],
    ['22:00', '06:00', '2026-01-11T06:00:00Z', 0],
  ])('local_time("%s", "%s") at %s is %i', (from, to, iso, truth) => {
    const spec = { what: 'local', offset_min: 0, between: [from, to] } as const;
    expect(timelineFor(spec, site).at(at(iso))).toBe(truth);
  });

  it('wakes at the very minute of the wall clock', () => {
    const clock = timelineFor({ what: 'local', offset_min: 0, between: ['08:00', '18:00'] }, site);
    for (const [from, until] of [
      ['05:00', '07:00'],
      ['07:00', '17:00'],
    ]) {
      clock.at(at(`2026-07-10T${from}:00Z`));
      expect(clock.until).toBe(at(`2026-07-10T${until}:00Z`));
    }
  });

  it('knows the schedule that an asset follows, and the hours of the night', () => {
    const level = { what: 'level', offset_min: 0 } as const;
    expect(timelineFor(level, site, 'park').at(at('2026-01-11T01:00Z'))).toBe(0);
    expect(timelineFor(level, site).at(at('2026-01-11T01:00Z'))).toBe(100);
    expect(timelineFor({ what: 'night_h', offset_min: 0 }, site).at(at('2026-01-11T12:00Z'))).toBeCloseTo(
      15.8,
      1,
    );
  });

  it('finds the ends of twilight, in which the level of photocells is unknown', () => {
    const cells = { ...site, lighting: { ...lighting, photocell: true } };
    const level = timelineFor({ what: 'level', offset_min: 0 }, cells);
    const times: [string, number][] = [];
    for (let t = at('2026-01-10T12:00Z'); t < at('2026-01-11T12:00Z'); t = level.until) {
      const value = level.at(t);
      times.push([new Date(t).toISOString().slice(11, 16), value]);
    }
    expect(times.map(([, value]) => value)).toEqual([0, Number.NaN, 100, Number.NaN, 0]);
    expect(times.map(([time]) => time)).toEqual(['12:00', '15:39', '16:52', '07:23', '08:36']);
  });

  it('is asked for by rules: a pump that should not run between ten at night and six', () => {
    const text = `groups:
- name: noise
  rules:
  - { rule: PumpAtNight, on: pump, when: 'running && local_time("22:00", "06:00")', for: 5m, ticket: { title: t } }
tests:
- start: 2026-07-10T20:00:00Z
  assets: [{ id: p1, kind: pump }]
  series: [{ of: p1/running, every: 10m, values: 1x100 }]
  expect:
  - { at: 64m, firing: [] }
  - { at: 66m, firing: [PumpAtNight/p1] }
  - { at: 9h30m, firing: [] }
`;
    expect(runRuleTests([{ file: 'noise.yaml', text }]).failures).toEqual([]);
  });
});
