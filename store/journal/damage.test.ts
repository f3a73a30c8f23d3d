import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Log } from '../../model/log.ts';
import { silentLog } from '../../model/log.ts';
import type { Journal, JournalEntry } from './contract.ts';
import { type Disk, realDisk } from './disk.ts';
import { point, reading } from './entries.testkit.ts';
import { verifyJournal } from './inspect.ts';
import { openJournal } from './journal.ts';
import { contentOf } from './open-log.ts';
import { listSegments } from './segment.ts';
import { createScratch } from './walk.ts';

const base = mkdtempSync(join(tmpdir(), 'steward-damage-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));

/** Damage is what this is about, not loss of power: nobody waits for the disk. */
const disk: Disk = { ...realDisk, sync: async () => {}, syncFolder: async () => {} };

interface Place {
  readonly file: string;
  readonly offset: number;
  readonly end: number;
  readonly first: number;
  readonly count: number;
}

/** A journal as it was closed: its folder, its entries from position 1 on, and where its frames lie. */
const pristine = join(base, 'pristine');
const entries: JournalEntry[] = [];
let frames: Place[] = [];
let files: { readonly name: string; readonly size: number }[] = [];

beforeAll(async () => {
  const journal = await openJournal({ dir: pristine, disk, segmentBytes: 4_000 });
  for (let n = 0; n < 60; n++) {
    const some = Array.from({ length: 1 + (n % 7) }, (_, i) =>
      n % 5 ? reading(n * 10 + i) : point(n * 10 + i),
    );
    entries.push(...some);
    await journal.append(some);
  }
  await journal.close();
  const scratch = createScratch();
  const { segments } = listSegments(pristine, scratch);
  frames = segments.flatMap((segment) => {
    const found: Place[] = [];
    contentOf(segment, scratch, ({ offset, end, first, count }) =>
      found.push({ file: segment.path.slice(pristine.length + 1), offset, end, first, count }),
    );
    return found;
  });
  files = segments.map(({ path, size }) => ({ name: path.slice(pristine.length + 1), size }));
});

function copyOf(): string {
  const dir = mkdtempSync(join(base, 'j-'));
  for (const name of readdirSync(pristine)) copyFileSync(join(pristine, name), join(dir, name));
  return dir;
}

function readAll(journal: Journal, page: number): Map<number, JournalEntry> {
  const found = new Map<number, JournalEntry>();
  for (let at = 0; at < journal.head(); ) {
    for (const { position, entry } of journal.read(at, page)) {
      expect(position).toBeGreaterThan(at);
      found.set(position, entry);
      at = position;
    }
  }
  return found;
}

/** What is found must be what was written; positions of whole frames must be found. */
function expectWhole(found: ReadonlyMap<number, JournalEntry>, whole: readonly Place[]): void {
  for (const [position, entry] of found) expect(entry).toEqual(entries[position - 1]);
  const expected = whole.flatMap(({ first, count }) => Array.from({ length: count }, (_, i) => first + i));
  expect([...found.keys()]).toEqual(expected);
}

async function expectGoesOn(journal: Journal, dir: string, lastPosition: number): Promise<void> {
  const position = await journal.append([reading(1)]);
  expect(position).toBeGreaterThan(lastPosition);
  await journal.close();
  const again = await openJournal({ dir, disk });
  expect(again.read(position - 1, 2)).toEqual([{ position, entry: reading(1) }]);
  await again.close();
}

const flip = fc.record({ file: fc.nat(), at: fc.nat(), bit: fc.integer({ min: 0, max: 7 }) });

describe('a journal whose files are damaged', () => {
  it('gives back all but the frames that are hit, and never anything else', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(flip, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 50 }),
        async (flips, page) => {
          const dir = copyOf();
          const hit = new Set<Place>();
          for (const { file, at, bit } of flips) {
            const { name, size } = files[file % files.length]!;
            const bytes = readFileSync(join(dir, name));
            bytes[at % size]! ^= 1 << bit;
            writeFileSync(join(dir, name), bytes);
            for (const frame of frames)
              if (frame.file === name && frame.offset <= at % size && at % size < frame.end) hit.add(frame);
          }
          // Two flips of one bit undo each other.
          const really = [...hit].filter(({ file, offset, end }) => {
            const [was, is] = [pristine, dir].map((folder) =>
              readFileSync(join(folder, file)).subarray(offset, end),
            );
            return !was!.equals(is!);
          });
          const journal = await openJournal({ dir, disk });
          expectWhole(
            readAll(journal, page),
            frames.filter((frame) => !really.includes(frame)),
          );
          await expectGoesOn(
            journal,
            dir,
            entries.length - (really.includes(frames.at(-1)!) ? frames.at(-1)!.count : 0),
          );
          rmSync(dir, { recursive: true });
        },
      ),
      { numRuns: 60 },
    );
  });

  it('ends at its last whole commit when its newest file is cut anywhere, and uses no position again', async () => {
    const { name, size } = files.at(-1)!;
    await fc.assert(
      fc.asyncProperty(fc.nat(size - 1), async (cut) => {
        const dir = copyOf();
        truncateSync(join(dir, name), cut);
        const journal = await openJournal({ dir, disk });
        const whole = frames.filter((frame) => frame.file !== name || frame.end <= cut);
        expectWhole(readAll(journal, 1_000), whole);
        const rest = frames.find((frame) => frame.file === name && frame.offset < cut && cut < frame.end);
        // The entries of the frame that was cut, as far as its bytes are there, may have been given out.
        const torn = rest ? Math.floor(((cut - rest.offset) / (rest.end - rest.offset)) * rest.count) : 0;
        await expectGoesOn(journal, dir, journal.head() + torn);
        rmSync(dir, { recursive: true });
      }),
      { numRuns: 60 },
    );
  });

  it('says what it has lost when the cursors know of more, and uses none of that again', async () => {
    const dir = copyOf();
    const told: object[] = [];
    const before = await openJournal({ dir, disk });
    await before.advance('series', 20);
    await before.close();
    const last = frames.at(-1)!;
    truncateSync(join(dir, last.file), last.offset);
    const journal = await openJournal({
      dir,
      disk,
      log: { ...silentLog, error: (fields) => told.push(fields) },
    });
    expect(told).toEqual([{ head: last.first - 1, told: entries.length }]);
    expect(journal.head()).toBe(last.first - 1);
    expect(await journal.append([reading(1)])).toBe(entries.length + 1);
    expect(journal.read(last.first - 2, 5).map(({ position }) => position)).toEqual([
      last.first - 1,
      entries.length + 1,
    ]);
    expect(journal.health().detail).toContain(`${last.count} were lost by the disk`);
    await journal.close();
  });

  it('tells what was cut, what is damaged, and keeps the damaged file when it is done with it', async () => {
    const dir = copyOf();
    const told: { fields: object; text: string }[] = [];
    const tell = (fields: object, text: string): void => {
      told.push({ fields, text });
    };
    const log: Log = { ...silentLog, warn: tell, error: tell };
    const hit = frames[3]!;
    const bytes = readFileSync(join(dir, hit.file));
    bytes[hit.offset + 40]! ^= 1;
    writeFileSync(join(dir, hit.file), bytes);
    const newest = files.at(-1)!;
    expect(verifyJournal(pristine)).toEqual({ entries: entries.length, tail: 0 });
    writeFileSync(join(dir, newest.name), Buffer.from('half of something'), { flag: 'a' });
    expect(() => verifyJournal(dir)).toThrow(`${hit.file}: damaged before offset ${frames[4]!.offset}`);

    const journal = await openJournal({ dir, disk, log });
    readAll(journal, 10);
    readAll(journal, 7);
    expect(told).toEqual([
      {
        fields: { segment: newest.name, offset: newest.size, bytes: 17, last: entries.length },
        text: expect.stringContaining('cut at its last whole commit: 17 bytes'),
      },
      {
        fields: {
          segment: hit.file,
          offset: frames[4]!.offset,
          from: hit.first,
          to: hit.first + hit.count - 1,
        },
        text: expect.stringMatching(/^data_corrupt: \d entries of the journal are damaged/),
      },
    ]);
    expect(journal.size().lost).toBe(hit.count);
    await journal.append([reading(1)]);
    await journal.advance('series', journal.head());
    expect(readdirSync(dir)).toContain(`${hit.file}.damaged`);
    expect(readdirSync(dir).filter((name) => name.endsWith('.log'))).toHaveLength(1);
    await journal.close();
  });

  it('is refused with what to do when an earlier Steward wrote it', async () => {
    const dir = mkdtempSync(join(base, 'old-'));
    writeFileSync(join(dir, 'data.mdb'), '');
    await expect(openJournal({ dir })).rejects.toMatchObject({
      code: 'data_outdated',
      message: expect.stringContaining(`mv ${dir} ${dir}.old`),
    });
  });
});

describe('the cursors', () => {
  it('are those of the last move, or of the one before, wherever their file is damaged', async () => {
    const dir = copyOf();
    const journal = await openJournal({ dir, disk });
    journal.cursor('series');
    for (const position of [10, 20, 30]) await journal.advance('series', position);
    await journal.close();
    const whole = readFileSync(join(dir, 'cursors'));
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 0, max: 7 }), async (at, bit) => {
        const bytes = Buffer.from(whole);
        bytes[at]! ^= 1 << bit;
        writeFileSync(join(dir, 'cursors'), bytes);
        const damaged = await openJournal({ dir, disk });
        expect([20, 30]).toContain(damaged.cursor('series'));
        await damaged.advance('series', 31);
        await damaged.close();
        const again = await openJournal({ dir, disk });
        expect(again.cursor('series')).toBe(31);
        await again.close();
      }),
      { numRuns: 40 },
    );
  });

  it('begin at 0 when their file is gone, and everything that is kept is read again', async () => {
    const dir = copyOf();
    const journal = await openJournal({ dir, disk });
    await journal.advance('series', 30);
    await journal.close();
    rmSync(join(dir, 'cursors'));
    const again = await openJournal({ dir, disk });
    expect(again.cursor('series')).toBe(0);
    expect([...readAll(again, 100).keys()].at(-1)).toBe(entries.length);
    await again.close();
  });
});
