import { once } from 'node:events';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { HOUR_MS, MINUTE_MS, manualClock } from '../../model/clock.ts';
import { type Random, seededRandom } from '../../model/random.ts';
import { childScript, type Script } from './child.testkit.ts';
import { journalConformance } from './conformance.testkit.ts';
import { type Disk, realDisk } from './disk.ts';
import { point, reading } from './entries.testkit.ts';
import { journalStatus } from './inspect.ts';
import { openJournal } from './journal.ts';

/** More with `KILLS=300 SEED=2 npx vitest run store/journal/journal.test.ts`. */
const KILLS = Number(process.env['KILLS'] ?? 10);
const SEED = Number(process.env['SEED'] ?? 1);

const base = mkdtempSync(join(tmpdir(), 'steward-journal-'));
const logFiles = (dir: string): string[] => readdirSync(dir).filter((name) => name.endsWith('.log'));
const makeDir = (): string => mkdtempSync(join(base, 'j-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));

describe('the journal', () => {
  journalConformance({
    makeDir,
    open: (dir, limit) => openJournal(limit === undefined ? { dir } : { dir, limit }),
  });

  it('says which folder it cannot use', async () => {
    const file = join(makeDir(), 'file');
    writeFileSync(file, '');
    await expect(openJournal({ dir: join(file, 'journal') })).rejects.toMatchObject({
      code: 'data_unwritable',
      message: expect.stringContaining(file),
    });
  });

  it('works in a folder whose name looks like a file', async () => {
    const dir = join(makeDir(), 'estate.d');
    mkdirSync(dir);
    const journal = await openJournal({ dir });
    expect(await journal.append([reading(1)])).toBe(1);
    await journal.close();
  });

  it('holds no more bytes than its limit', async () => {
    const journal = await openJournal({ dir: makeDir(), limitBytes: 300_000 });
    journal.cursor('series');
    const batch = Array.from({ length: 500 }, (_, i) => reading(i));
    while (journal.health().ok) await journal.append(batch);
    const { bytes } = journal.size();
    expect(bytes).toBeGreaterThanOrEqual(300_000);
    expect(bytes).toBeLessThan(350_000);
    expect(journal.health()).toMatchObject({ ok: false, detail: expect.stringContaining('journal_full') });
    let isDone = false;
    const waiting = journal.append([reading(1)]).then(() => {
      isDone = true;
    });
    await journal.append([point(1)]);
    expect(isDone).toBe(false);
    await journal.advance('series', journal.head());
    await waiting;
    expect(journal.health().ok).toBe(true);
    await journal.close();
  });

  it('tells when the oldest entry has waited for too long, and keeps it', async () => {
    const dir = makeDir();
    const clock = manualClock(0);
    const journal = await openJournal({ dir, clock, limitAgeMs: HOUR_MS });
    journal.cursor('series');
    await journal.append([reading(1)]);
    clock.set(30 * MINUTE_MS);
    await journal.append([reading(2)]);
    clock.set(61 * MINUTE_MS);
    expect(journal.size()).toMatchObject({ waiting: 2, since: 0 });
    expect(journal.health()).toEqual({
      ok: false,
      detail: 'journal_old: 2 entries wait, the oldest for 61 min',
    });
    await journal.advance('series', 1);
    expect(journal.size()).toMatchObject({ waiting: 1, since: 30 * MINUTE_MS });
    expect(journal.health().ok).toBe(true);
    await journal.advance('series', 2);
    expect(journal.size()).toMatchObject({ waiting: 0, bytes: 0, since: undefined });
    await journal.close();
  });

  it('lets its readers go on, and so makes room, while the disk refuses every append', async () => {
    const dir = makeDir();
    let isFull = false;
    const full = Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
    const inPlace = new Set<number>();
    const disk: Disk = {
      ...realDisk,
      open: async (path) => {
        const file = await realDisk.open(path);
        inPlace.add(file);
        return file;
      },
      create: (path) => (isFull ? Promise.reject(full) : realDisk.create(path)),
      write: (file, bytes, from, position) =>
        isFull && !inPlace.has(file) ? Promise.reject(full) : realDisk.write(file, bytes, from, position),
    };
    await (await openJournal({ dir, disk })).close();
    const journal = await openJournal({ dir, disk, segmentBytes: 10_000 });
    journal.cursor('series');
    for (let n = 0; n < 10; n++) await journal.append(Array.from({ length: 100 }, (_, i) => reading(i)));
    const before = logFiles(dir).length;
    isFull = true;
    await expect(journal.append([reading(1)])).rejects.toMatchObject({
      code: 'data_unwritable',
      message: expect.stringContaining('is the disk full?'),
    });
    expect(journal.health().ok).toBe(false);
    await journal.advance('series', 900);
    expect(logFiles(dir).length).toBeLessThan(before);
    isFull = false;
    // Nobody writes: it finds out by itself.
    await vi.waitFor(() => expect(journal.health().ok).toBe(true), 5_000);
    expect(await journal.append([reading(2)])).toBe(1_001);
    await journal.close();
  });

  it('can be looked at from outside, while it is written and when it is closed', async () => {
    const dir = makeDir();
    const journal = await openJournal({ dir, clock: manualClock(5_000), segmentBytes: 10_000 });
    journal.cursor('rules');
    journal.cursor('series');
    for (let n = 0; n < 10; n++) await journal.append(Array.from({ length: 100 }, (_, i) => reading(i)));
    await journal.advance('series', 1_000);
    await journal.advance('rules', 250);
    const status = journalStatus(dir);
    const { waiting, bytes } = journal.size();
    expect(status).toEqual({
      head: 1_000,
      cursors: { rules: 250, series: 1_000 },
      waiting,
      since: 5_000,
      bytes,
      fileBytes: logFiles(dir).reduce((sum, name) => sum + statSync(join(dir, name)).size, 0),
    });
    await journal.close();
    expect(journalStatus(dir)).toEqual(status);
    expect(() => journalStatus(join(dir, 'none'))).toThrow('none');
  });

  it('removes files when every reader has passed them', async () => {
    const dir = makeDir();
    const journal = await openJournal({ dir, segmentBytes: 100_000 });
    const batch = Array.from({ length: 1_000 }, (_, i) => reading(i));
    journal.cursor('series');
    for (let round = 0; round < 10; round++) await journal.append(batch);
    const full = logFiles(dir);
    expect(full.length).toBeGreaterThan(3);
    await journal.advance('series', 5_000);
    expect(logFiles(dir)).toEqual(full.slice(-logFiles(dir).length));
    expect(logFiles(dir).length).toBeLessThan(full.length);
    await journal.advance('series', 10_000);
    expect(logFiles(dir)).toEqual(full.slice(-1));
    await journal.close();
  });
});

describe('a process that is killed while it appends', () => {
  let script: Script;
  beforeAll(async () => {
    script = await childScript('store/journal/appender.testkit.ts');
  });
  afterAll(() => script.remove());

  /** Numbers that the child said were durable before it was killed, after some thousand of them. */
  async function killedAfter(dir: string, first: number, count: number): Promise<number[]> {
    const child = script.start(dir, String(first));
    const told: number[] = [];
    const lines = createInterface({ input: child.stdout! });
    lines.on('line', (line) => {
      told.push(Number(line));
      if (told.length === count) child.kill('SIGKILL');
    });
    const [[, signal]] = await Promise.all([once(child, 'exit'), once(lines, 'close')]);
    expect(signal).toBe('SIGKILL');
    return told;
  }

  /** What a loss of power may leave of the commit under way: a beginning of it. */
  function tearTail(dir: string, random: Random): void {
    const newest = join(dir, logFiles(dir).at(-1)!);
    const bytes = readFileSync(newest);
    const from = random.int(bytes.length);
    appendFileSync(newest, bytes.subarray(from, from + random.int(bytes.length - from)));
  }

  it(
    `leaves every append that had resolved, once, in whole calls, and goes on counting: ${KILLS} kills`,
    async () => {
      const random = seededRandom(SEED);
      const dir = makeDir();
      const told: number[] = [];
      for (let kill = 0; kill < KILLS; kill++) {
        told.push(...(await killedAfter(dir, kill * 1_000_000, 1 + random.int(2_000))));
        if (kill % 2 === 1) tearTail(dir, random);
      }
      const journal = await openJournal({ dir });
      const kept = journal.read(0, KILLS * 1_000_000);
      expect(kept.at(-1)?.position).toBe(journal.head());
      expect(journal.size().lost).toBe(0);
      const places = kept.map(({ position }) => position);
      expect(places.filter((place, i) => i > 0 && place <= places[i - 1]!)).toEqual([]);
      const numbers = kept.map(({ entry }) =>
        entry.type === 'reading' ? entry.reading.ts - 1_700_000_000_000 : -1,
      );
      expect(new Set(numbers).size).toBe(numbers.length);
      expect(numbers).toEqual(numbers.map((_, i) => numbers[i - (i % 4)]! + (i % 4)));
      const present = new Set(numbers);
      expect(told.filter((number) => !present.has(number))).toEqual([]);
      await journal.close();
    },
    30_000 + KILLS * 3_000,
  );
});

describe('a disk that is full', () => {
  it('rejects appends without ending the process, loses nothing, and takes more when there is room', async () => {
    const script = await childScript('store/journal/full-disk.testkit.ts');
    const dir = makeDir();
    const child = script.startWithFileLimit(3_000, dir);
    let output = '';
    child.stdout!.on('data', (chunk) => {
      output += chunk;
    });
    const [code] = await once(child, 'close');
    script.remove();
    expect(code).toBe(0);
    const told = JSON.parse(output);
    const failure = {
      code: 'data_unwritable',
      message: expect.stringMatching(/^.*j-.*: .*; is the disk full\?$/),
      health: { ok: false, detail: expect.stringContaining('is the disk full') },
    };
    expect(told).toMatchObject({
      failures: [failure, failure],
      readable: told.resolved,
      health: { ok: true },
    });
    expect(told.resolved).toBeGreaterThan(1_000);
    expect(told.after).toBeGreaterThan(told.resolved);
    const journal = await openJournal({ dir });
    expect(journal.read(0, 10).map((item) => item.position)).toEqual([told.after]);
    await journal.close();
  });
});
