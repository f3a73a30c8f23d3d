import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import type { JournalEntry } from './contract.ts';
import { reading } from './entries.testkit.ts';
import { recentEntries } from './recent.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

describe('the newest entries', () => {
  it('are given out from the oldest one held, and nothing before it', () => {
    const recent = recentEntries(5);
    recent.add(1, [reading(1), reading(2)]);
    recent.add(3, [reading(3), reading(4), reading(5)]);
    recent.add(6, [reading(6)]);
    expect(recent.after(1, 9)).toBeUndefined();
    expect(recent.after(2, 3)?.map(({ position }) => position)).toEqual([3, 4, 5]);
    expect(recent.after(4, 9)?.map(({ position }) => position)).toEqual([5, 6]);
    expect(recent.after(6, 9)).toEqual([]);
  });

  it('are all that is held: what went before is garbage at once', async () => {
    const recent = recentEntries(100);
    const first: WeakRef<JournalEntry>[] = [];
    for (let n = 0; n < 500; n++) {
      const entries = [reading(n)];
      if (n < 300) first.push(new WeakRef(entries[0]!));
      recent.add(n + 1, entries);
    }
    // A WeakRef holds what it refers to until the turn that made it is over.
    await new Promise((resolve) => setImmediate(resolve));
    collectGarbage();
    expect(first.filter((ref) => ref.deref() !== undefined)).toEqual([]);
    expect(recent.after(499, 1)).toHaveLength(1);
  });
});
