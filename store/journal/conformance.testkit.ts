import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Journal, JournalEntry } from './contract.ts';
import { point, reading } from './entries.testkit.ts';

/** How the suite opens the journal under test. The same `dir` again must show what was there. */
export interface JournalUnderTest {
  readonly makeDir: () => string;
  readonly open: (dir: string, limit?: number) => Promise<Journal>;
}

const range = (from: number, to: number): JournalEntry[] =>
  Array.from({ length: to - from + 1 }, (_, i) => reading(from + i));

const positions = (journal: Journal, after: number, max: number): number[] =>
  journal.read(after, max).map((item) => item.position);

const never = new AbortController().signal;

/** Whether a promise settled by the time that another append went all the way to disk. */
async function settledAfter(promise: Promise<unknown>, other: () => Promise<unknown>): Promise<boolean> {
  let settled = false;
  promise.finally(() => {
    settled = true;
  });
  await other();
  return settled;
}

/** What every journal owes, as store/journal/contract.ts says it in words. */
export function journalConformance({ makeDir, open }: JournalUnderTest): void {
  let dir: string;
  let journal: Journal;

  beforeEach(async () => {
    dir = makeDir();
    journal = await open(dir);
  });
  afterEach(() => journal.close());

  const reopen = async (): Promise<void> => {
    await journal.close();
    journal = await open(dir);
  };

  describe('appending and reading', () => {
    it('counts from 1, keeps order and gives back exactly what it was given', async () => {
      expect(journal.head()).toBe(0);
      expect(await journal.append([reading(1), point(2), reading(3)])).toBe(3);
      expect(journal.read(0, 10)).toEqual([
        { position: 1, entry: reading(1) },
        { position: 2, entry: point(2) },
        { position: 3, entry: reading(3) },
      ]);
      expect(journal.read(3, 10)).toEqual([]);
    });

    it('numbers concurrent calls in the order of the calls, each call in one piece', async () => {
      const lasts = await Promise.all(
        Array.from({ length: 200 }, (_, i) => journal.append(range(i * 3, i * 3 + 2))),
      );
      expect(lasts).toEqual(Array.from({ length: 200 }, (_, i) => (i + 1) * 3));
      expect(journal.read(0, 1_000).map((item) => item.entry)).toEqual(range(0, 599));
    });

    it('appends nothing as nothing', async () => {
      await journal.append([reading(1)]);
      expect(await journal.append([])).toBe(1);
    });

    it('reads in pages of any size, from memory or from disk', async () => {
      for (const size of [1, 2_500, 3, 1_000]) await journal.append(range(0, size - 1));
      const all = Array.from({ length: 3_504 }, (_, i) => i + 1);
      for (const page of [1, 7, 1_000, 5_000]) {
        const seen: number[] = [];
        for (let at = 0; at < journal.head(); at = seen.at(-1)!) seen.push(...positions(journal, at, page));
        expect(seen).toEqual(all);
        await reopen();
      }
      expect(journal.read(2_500, 2).map((item) => item.entry)).toEqual([reading(2_499), reading(0)]);
    });
  });

  describe('waiting', () => {
    it('wakes when something follows, at once when it is there, and when it is told to stop', async () => {
      const waiting = journal.waitFor(0, never);
      await journal.append([reading(1)]);
      await waiting;
      await journal.waitFor(0, never);
      const stop = new AbortController();
      const stopped = journal.waitFor(1, stop.signal);
      stop.abort();
      await stopped;
      await journal.waitFor(1, stop.signal);
    });

    it('does not wake for what is forgotten', async () => {
      await journal.append([reading(1), reading(2)]);
      await journal.advance('series', 2);
      const waiting = journal.waitFor(0, never);
      expect(await settledAfter(waiting, () => journal.advance('series', 2))).toBe(false);
      await journal.append([reading(3)]);
      await waiting;
      expect(positions(journal, 0, 5)).toEqual([3]);
    });
  });

  describe('cursors', () => {
    it('keep their place over a restart and never go back', async () => {
      await journal.append(range(1, 10));
      expect(journal.cursor('series')).toBe(0);
      await journal.advance('series', 4);
      await journal.advance('series', 2);
      expect(journal.cursor('series')).toBe(4);
      await reopen();
      expect(journal.cursor('series')).toBe(4);
      expect(journal.head()).toBe(10);
    });

    it('hold entries back until every one of them has passed', async () => {
      journal.cursor('rules');
      await journal.append(range(1, 5_000));
      await journal.advance('series', 5_000);
      await reopen();
      expect(positions(journal, 0, 2)).toEqual([1, 2]);
      await journal.advance('rules', 3_000);
      await reopen();
      expect(positions(journal, 3_000, 2)).toEqual([3_001, 3_002]);
      expect(positions(journal, 0, 1)[0]).toBeGreaterThan(1);
    });

    it('never use a position again, also when everything is forgotten', async () => {
      await journal.append(range(1, 10));
      await journal.advance('series', 10);
      await reopen();
      expect(journal.head()).toBe(10);
      expect(journal.read(0, 10)).toEqual([]);
      expect(await journal.append([reading(11)])).toBe(11);
      expect(positions(journal, 10, 10)).toEqual([11]);
    });

    it('cannot pass the head', async () => {
      await expect(journal.advance('series', 1)).rejects.toThrow('beyond the head');
    });
  });

  describe('a full journal', () => {
    it('lets appends wait, not fail, until the readers have made room', async () => {
      await journal.close();
      journal = await open(dir, 10);
      await journal.append(range(1, 10));
      expect(journal.health().ok).toBe(false);
      expect(journal.health().detail).toContain('journal_full');
      const waiting = journal.append(range(11, 14));
      const behind = journal.append([reading(15)]);
      expect(await settledAfter(waiting, () => journal.append([point(1)]))).toBe(false);
      await journal.advance('series', 5);
      expect(await waiting).toBe(15);
      expect(await settledAfter(behind, () => journal.append([point(2)]))).toBe(false);
      await journal.advance('series', 15);
      expect(await behind).toBe(17);
      expect(journal.health().ok).toBe(true);
    });

    it('takes one call that is larger than its limit when nothing waits', async () => {
      await journal.close();
      journal = await open(dir, 10);
      expect(await journal.append(range(1, 25))).toBe(25);
    });
  });

  describe('closing', () => {
    it('settles what was begun and refuses what comes later', async () => {
      const begun = Array.from({ length: 50 }, (_, i) => journal.append([reading(i)]));
      await journal.close();
      await Promise.all(begun);
      await expect(journal.append([reading(51)])).rejects.toThrow('closed');
      journal = await open(dir);
      expect(journal.head()).toBe(50);
    });
  });
}
