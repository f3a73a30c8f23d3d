import { describe, expect, it } from 'vitest';
import type { Point } from '../../model/point.ts';
import type { Journal } from '../../store/journal/contract.ts';
import type { SeriesStore, Settlement } from '../../store/series/contract.ts';
import { createMeters, measuredJournal, measuredSeries } from './measured.ts';

const point: Point = { measurement: 'pump', tags: { asset: 'p-1' }, ts: 1, fields: { power_w: 1 } };

describe('what the parts took', () => {
  it('knows the oldest append that is not durable, also when a later one is', async () => {
    const settle: ((position: number) => void)[] = [];
    const slow = {
      append: () => new Promise<number>((resolve) => settle.push(resolve)),
    } as unknown as Journal;
    const meters = createMeters();
    let now = 1_000;
    const journal = measuredJournal(slow, meters, () => now);
    expect(meters.oldestAppend()).toBeUndefined();
    const first = journal.append([{ type: 'point', point }]);
    now = 3_000;
    const second = journal.append([{ type: 'point', point }]);
    settle[1]!(2);
    await second;
    expect(meters.oldestAppend()).toBe(1_000);
    now = 7_000;
    settle[0]!(1);
    await first;
    expect(meters.oldestAppend()).toBeUndefined();
    expect(meters.append.sum()).toBe(6);
  });

  it('counts points as the engine settled them, and every write that has to be repeated', async () => {
    const answers: (Settlement | Error)[] = [
      { stored: 2, rejected: [{ point, reason: 'no' }], keep: [] },
      { stored: 1, rejected: [], keep: [point, point], reason: 'away' },
      new Error('broken'),
    ];
    const engine = {
      write: async () => {
        const answer = answers.shift()!;
        if (answer instanceof Error) throw answer;
        return answer;
      },
    } as unknown as SeriesStore;
    const meters = createMeters();
    const series = measuredSeries(engine, meters, () => 0);
    const { signal } = new AbortController();
    await series.write([point], 1, signal);
    await series.write([point], 2, signal);
    await expect(series.write([point], 3, signal)).rejects.toThrow('broken');
    expect(meters.points).toEqual({ stored: 3, rejected: 1, kept: 2 });
    expect(meters.retries).toBe(2);
    expect(meters.write.count()).toBe(3);
  });
});
