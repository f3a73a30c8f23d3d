import type { JournalEntry } from './contract.ts';

export function reading(n: number): JournalEntry {
  return {
    type: 'reading',
    reading: {
      site: 'north',
      zone: 'cellar',
      kind: 'pump',
      asset: `pump-${n % 7}`,
      ts: 1_700_000_000_000 + n,
      received: 1_700_000_000_500 + n,
      values: { power_w: n + 0.25, running: n % 2 },
      message: `m-${n}`,
    },
  };
}

export function point(n: number): JournalEntry {
  return {
    type: 'point',
    point: {
      measurement: 'fault',
      tags: {
        site: 'north',
        zone: 'cellar',
        asset: 'pump-1',
        kind: 'pump',
        rule: 'pump_dry_run',
        severity: 'critical',
      },
      ts: 1_700_000_000_000 + n,
      fields: { active: 1 },
    },
  };
}
