import { expect, test } from 'vitest';
import type { AssetView } from '../../../model/views/site.ts';
import { conditionWord, figuresOf, needsAttention } from './condition.ts';

const TS = '2026-01-01T00:00:00.000Z';

function asset(
  kind: AssetView['kind'],
  latest: Record<string, number>,
  more: Partial<AssetView> = {},
): AssetView {
  return {
    id: `${kind}-1`,
    kind,
    site: 's',
    zone: 'z',
    name: kind,
    x_m: 0,
    y_m: 0,
    circuit: null,
    gateway: null,
    attributes: {},
    status: 'ok',
    last_seen: TS,
    latest: Object.fromEntries(Object.entries(latest).map(([name, value]) => [name, { value, ts: TS }])),
    tickets: [],
    ...more,
  };
}

test('figures count only what can be believed', () => {
  const figures = figuresOf([
    asset('bay', { occupied: 0 }),
    asset('bay', { occupied: 1 }),
    asset('bay', { occupied: 0 }, { status: 'silent' }),
    asset('bay', { occupied: 0 }, { attributes: { bay_class: 'fire_lane' } }),
    asset('bay', {}, { status: 'unknown' }),
    asset('luminaire', { power_w: 55 }),
    asset('luminaire', { power_w: 0.4 }, { status: 'warning' }),
    asset('pump', { running: 1 }, { status: 'fault' }),
    asset('pump', { running: 0 }),
  ]);
  expect(figures).toEqual({
    bays: 4,
    free: 1,
    lamps: 2,
    lit: 1,
    lampsAiling: 1,
    pumps: 2,
    running: 1,
    pumpsAiling: 1,
  });
});

test.each([
  [asset('bay', { occupied: 1 }), 'taken'],
  [asset('bay', {}), ''],
  [asset('luminaire', { power_w: 0.5 }), 'not lit'],
  [asset('pump', { running: 0 }), 'at rest'],
  [asset('circuit', { energized: 1 }), 'on'],
  [asset('sign', { shown: -1 }), 'dark'],
  [asset('sign', { shown: 12 }), 'shows 12'],
])('what an asset does now is said in a word (%#)', (which, word) => {
  expect(conditionWord(which)).toBe(word);
});

test.each([
  [asset('bay', {}), false],
  [asset('bay', {}, { status: 'silent' }), true],
  [asset('bay', {}, { status: 'unknown', attributes: { heartbeat_s: 600 } }), true],
  [asset('sign', {}, { status: 'unknown', attributes: { heartbeat_s: 0 } }), false],
])('what promises nothing is missed by nobody (%#)', (which, needs) => {
  expect(needsAttention(which)).toBe(needs);
});
