import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '../model/log.ts';
import type { Journal } from '../store/journal/contract.ts';
import { reading } from '../store/journal/entries.testkit.ts';
import { openJournal } from '../store/journal/journal.ts';
import { type Follower, type FollowOptions, follow, RetryLater, retryDelay } from './follow.ts';

const base = mkdtempSync(join(tmpdir(), 'steward-follow-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));

describe('following the journal', () => {
  let journal: Journal;
  let followers: Follower[];
  beforeEach(async () => {
    journal = await openJournal({ dir: mkdtempSync(join(base, 'j-')) });
    followers = [];
  });
  afterEach(async () => {
    await Promise.all(followers.map((follower) => follower.stop()));
    await journal.close();
  });

  const start = (options: Pick<FollowOptions, 'handle'> & Partial<FollowOptions>): Follower => {
    const follower = follow({ journal, name: 'rules', batch: 4, log: silentLog, ...options });
    followers.push(follower);
    return follower;
  };
  const append = (count: number): Promise<number> =>
    journal.append(Array.from({ length: count }, (_, i) => reading(i)));

  it('hands on everything once and in order, in batches no larger than asked for', async () => {
    const batches: number[][] = [];
    const follower = start({
      handle: async (batch) => {
        batches.push(batch.map(({ position }) => position));
      },
    });
    await append(6);
    await follower.caughtUp(6);
    await follower.caughtUp(await append(3));
    expect(batches.flat()).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(Math.max(...batches.map((batch) => batch.length))).toBeLessThanOrEqual(4);
    expect(follower.position()).toBe(9);
  });

  it('does not ask for ever when the journal tells of entries and gives none', async () => {
    let reads = 0;
    const broken: FollowOptions['journal'] = {
      cursor: () => 0,
      head: () => 3,
      advance: async () => {},
      waitFor: async () => {},
      read: () => {
        reads++;
        return [];
      },
    };
    const follower = start({ journal: broken, handle: async () => {} });
    await expect.poll(() => follower.trouble()).toBe('entries follow 0, and none is read');
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(reads).toBe(1);
  });

  it.each([
    ['waits longer while much arrives', 10, [16]],
    ['hands on soon what is little', 9, [9, 6]],
  ])('%s', async (_, first, sizes) => {
    const seen: number[] = [];
    const follower = start({
      batch: 100,
      lingerMs: 200,
      handle: async (batch) => {
        seen.push(batch.length);
      },
    });
    await append(first);
    await new Promise((resolve) => setTimeout(resolve, 350));
    await follower.caughtUp(await append(6));
    expect(seen).toEqual(sizes);
  });

  it('moves the cursor only when it is told to, by the handler or by its owner', async () => {
    const follower = start({
      handle: async (batch, { release }) => {
        const last = batch.at(-1)!.position;
        if (last % 8 === 0) await release(last - 1);
      },
    });
    await append(12);
    await follower.caughtUp(12);
    expect(journal.cursor('rules')).toBe(7);
    await follower.release(11);
    expect(journal.cursor('rules')).toBe(11);
  });

  it('begins at the cursor, or where it is told', async () => {
    await append(10);
    await journal.advance('rules', 3);
    const seen: Record<string, number[]> = { cursor: [], told: [] };
    const collect =
      (name: string): FollowOptions['handle'] =>
      async (batch) => {
        seen[name]!.push(...batch.map(({ position }) => position));
      };
    const cursor = start({ handle: collect('cursor') });
    const told = start({ handle: collect('told'), from: 8 });
    await Promise.all([cursor.caughtUp(10), told.caughtUp(10)]);
    expect(seen).toEqual({ cursor: [4, 5, 6, 7, 8, 9, 10], told: [9, 10] });
  });

  it('brings the same batch again after a failure, and says why meanwhile', async () => {
    const troubles: string[] = [];
    const firsts: number[] = [];
    const follower = start({
      handle: async (batch) => {
        troubles.push(follower.trouble());
        firsts.push(batch[0]!.position);
        if (firsts.length === 1) throw new Error('no space');
        if (firsts.length === 2) throw new RetryLater('busy', 10);
      },
    });
    await follower.caughtUp(await append(4));
    expect(firsts).toEqual([1, 1, 1]);
    expect(troubles).toEqual(['', 'no space', 'busy']);
    expect(follower.trouble()).toBe('');
  });

  it('finishes the batch in hand when it is stopped, and nothing after it', async () => {
    let finish = (): void => {};
    let begun = (): void => {};
    const inHand = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const follower = start({
      handle: () =>
        new Promise((resolve) => {
          finish = resolve;
          begun();
        }),
    });
    await append(12);
    await inHand;
    const stopped = follower.stop();
    finish();
    await stopped;
    expect(follower.position()).toBe(4);
    await expect(follower.caughtUp(5)).rejects.toThrow('rules stopped at 4');
    await follower.caughtUp(4);
  });

  it('stops at once when there is nothing to do', async () => {
    await start({ handle: async () => {} }).stop();
  });

  it.each([
    [1, 0, 100],
    [2, 0, 200],
    [5, 0, 1_600],
    [6, 0, 2_000],
    [5_000, 0, 2_000],
    [1, 2_500, 2_500],
    [5_000, 300_000, 300_000],
  ])('waits after failure %i, asked for %i ms: %i ms', (failures, wish, delay) => {
    expect(retryDelay(failures, wish)).toBe(delay);
  });
});
