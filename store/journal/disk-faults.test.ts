import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { seededRandom } from '../../model/random.ts';
import { FRAME_ENTRIES } from './codec.ts';
import type { Journal, JournalEntry } from './contract.ts';
import { type Disk, realDisk } from './disk.ts';
import { reading } from './entries.testkit.ts';
import { faultyDisk } from './faulty-disk.testkit.ts';
import { openJournal } from './journal.ts';

/** More with `SEEDS=1000 npx vitest run store/journal/disk-faults.test.ts`. */
const SEEDS = Number(process.env['SEEDS'] ?? 25);
const LIVES = 4;
const STEPS = 25;
const FAILING = 0.15;
const PAGE = 10_000;

const base = mkdtempSync(join(tmpdir(), 'steward-disk-faults-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));

const numberOf = (entry: JournalEntry): number =>
  entry.type === 'reading' ? entry.reading.ts - 1_700_000_000_000 : -1;

/** Makes few entries take more bytes than many. */
function withBulk(entry: JournalEntry, bulk: string): JournalEntry {
  if (entry.type !== 'reading') return entry;
  return { type: 'reading', reading: { ...entry.reading, message: `${entry.reading.message}${bulk}` } };
}

function everything(journal: Journal): { position: number; number: number }[] {
  const found: { position: number; number: number }[] = [];
  for (let page = journal.read(0, PAGE); page.length > 0; page = journal.read(page.at(-1)!.position, PAGE))
    for (const { position, entry } of page) found.push({ position, number: numberOf(entry) });
  return found;
}

describe('an append that failed although its bytes reached the disk', () => {
  it('is never taken for what followed it, with the same positions', async () => {
    const dir = mkdtempSync(join(base, 'j-'));
    let refuses = false;
    const refuse = async (): Promise<void> => {
      if (refuses) throw Object.assign(new Error('EIO: injected'), { code: 'EIO' });
    };
    const disk: Disk = {
      ...realDisk,
      sync: async (file) => {
        await refuse();
        await realDisk.sync(file);
      },
      truncate: refuse,
    };
    const journal = await openJournal({ dir, disk });
    await journal.append([reading(0)]);
    refuses = true;
    const long = Array.from({ length: 2 * FRAME_ENTRIES }, (_, i) => withBulk(reading(i), 'x'.repeat(300)));
    await expect(journal.append(long)).rejects.toMatchObject({ code: 'data_unwritable' });
    expect(journal.health().detail).toContain('EIO: injected');
    refuses = false;
    const short = Array.from({ length: FRAME_ENTRIES + 100 }, (_, i) => reading(10_000 + i));
    expect(await journal.append(short)).toBe(1 + short.length);
    expect(journal.health().ok).toBe(true);
    const expected = [0, ...short.map(numberOf)].map((number, i) => ({ position: i + 1, number }));
    expect(everything(journal)).toEqual(expected);
    await journal.close();
    const again = await openJournal({ dir });
    expect(everything(again)).toEqual(expected);
    expect(again.size().lost).toBe(0);
    await again.close();
  });
});

describe(`a disk that fails by chance and loses power, ${SEEDS} seeds`, () => {
  it('keeps every append that resolved, in its place, and gives no place twice', async () => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const random = seededRandom(seed);
      const dir = mkdtempSync(join(base, 'j-'));
      const disk = faultyDisk(random);
      /** Position → number, of every append that resolved; and the numbers that were refused. */
      const kept = new Map<number, number>();
      const refused = new Set<number>();
      let passed = 0;
      let next = 1;
      for (let life = 0; life < LIVES; life++) {
        disk.failing(0);
        const journal = await openJournal({ dir, disk, segmentBytes: 3_000 });
        journal.cursor('series');
        await journal.advance('series', 0);
        disk.failing(FAILING);
        for (let step = 0; step < STEPS; step++) {
          const length = 1 + random.int(random.next() < 0.05 ? 2 * FRAME_ENTRIES : 5);
          const numbers = Array.from({ length }, () => next++);
          const bulk = 'x'.repeat(random.int(2) * 300);
          await journal.append(numbers.map((number) => withBulk(reading(number), bulk))).then(
            (last) => {
              const first = last - numbers.length + 1;
              const taken = numbers.filter((_, i) => kept.has(first + i));
              expect(taken, `seed ${seed}: places given twice`).toEqual([]);
              for (const [i, number] of numbers.entries()) kept.set(first + i, number);
            },
            () => {
              for (const number of numbers) refused.add(number);
            },
          );
          if (random.next() < 0.2 && journal.head() > passed) {
            const to = passed + random.int(journal.head() - passed + 1);
            await journal.advance('series', to).then(
              () => {
                passed = Math.max(passed, to);
              },
              () => {},
            );
          }
        }
        // While it runs, what can be read is what resolved: in this life, or found at its beginning.
        const running = everything(journal);
        expect(running.filter(({ position, number }) => kept.get(position) !== number)).toEqual([]);
        await journal.close();
        disk.losePower();
        const again = await openJournal({ dir, disk });
        const found = everything(again);
        const at = again.cursor('series');
        expect(at, `seed ${seed}: the cursor`).toBeGreaterThanOrEqual(passed);
        passed = at;
        const places = new Map(found.map(({ position, number }) => [position, number]));
        const lost = [...kept].filter(
          ([position, number]) => position > at && places.get(position) !== number,
        );
        expect(lost, `seed ${seed}`).toEqual([]);
        for (const { position, number } of found) {
          // What was refused may have reached the disk: it is a reading that its device sends again.
          if (!kept.has(position) && !refused.has(number))
            throw new Error(`seed ${seed}: ${number} was never sent`);
          kept.set(position, number);
        }
        await again.close();
      }
      rmSync(dir, { recursive: true });
    }
  });
});
