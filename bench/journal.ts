import {
  fdatasyncSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Journal, JournalEntry } from '../store/journal/contract.ts';
import { openJournal } from '../store/journal/journal.ts';

const ENTRIES = 500_000;
const WAITING = 2_000_000;
/** Readings of one read of a socket, and how many such appends wait at a time. */
const OF_ONE_APPEND = 10;
const IN_FLIGHT = 200;
/** The baseline's group: what the journal's commits come to at full load. */
const OF_ONE_LINE_GROUP = 500;
const PAGE = 10_000;

function entry(n: number): JournalEntry {
  return {
    type: 'reading',
    reading: {
      site: 'north',
      zone: 'cellar',
      kind: 'pump',
      asset: `pump-${n % 1_000}`,
      ts: 1_700_000_000_000 + n,
      received: 1_700_000_000_005 + n,
      values: { power_w: (n % 1_000) + 0.25, flow_lpm: (n % 77) / 10, vibration_mm_s: (n % 13) / 3 },
      message: `k3j9x2-${n.toString(36)}`,
    },
  };
}

interface Measured {
  readonly perSecond: number;
  /** Processor time of all threads for one entry. */
  readonly cpuUs: number;
}

async function measured(count: number, work: () => Promise<void> | void): Promise<Measured> {
  const begun = performance.now();
  const cpu = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(cpu);
  const elapsedMs = performance.now() - begun;
  return {
    perSecond: Math.round((count / elapsedMs) * 1_000),
    cpuUs: Math.round(((user + system) / count) * 100) / 100,
  };
}

async function appendAll(journal: Journal, count: number): Promise<void> {
  let next = 0;
  const loop = async (): Promise<void> => {
    while (next < count) {
      const first = next;
      next += OF_ONE_APPEND;
      await journal.append(Array.from({ length: OF_ONE_APPEND }, (_, i) => entry(first + i)));
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, loop));
}

function readAll(journal: Journal, count: number): void {
  let read = 0;
  for (let at = 0; at < journal.head(); ) {
    const page = journal.read(at, PAGE);
    read += page.length;
    at = page.at(-1)!.position;
  }
  if (read !== count) throw new Error(`${read} of ${count} entries were read`);
}

/** Lines of JSON, one write and one sync for each group: the least that keeps the same promise. */
async function jsonLines(file: string): Promise<{ append: Measured; read: Measured }> {
  const fd = openSync(file, 'w');
  const append = await measured(ENTRIES, () => {
    for (let first = 0; first < ENTRIES; first += OF_ONE_LINE_GROUP) {
      const lines = Array.from({ length: OF_ONE_LINE_GROUP }, (_, i) => JSON.stringify(entry(first + i)));
      writeSync(fd, `${lines.join('\n')}\n`);
      fdatasyncSync(fd);
    }
  });
  const read = await measured(ENTRIES, () => {
    let found = 0;
    for (const line of readFileSync(file, 'utf8').split('\n'))
      if (line !== '' && JSON.parse(line).type) found++;
    if (found !== ENTRIES) throw new Error(`${found} of ${ENTRIES} lines were read`);
  });
  return { append, read };
}

const mib = (bytes: number): number => Math.round(bytes / 2 ** 20);

/** What waits must not cost memory: what the process grows by until so many entries wait. */
async function growth(dir: string): Promise<{ rss: number; openMs: number }> {
  const journal = await openJournal({ dir, limit: WAITING + ENTRIES });
  await appendAll(journal, ENTRIES);
  const before = process.memoryUsage().rss;
  await appendAll(journal, WAITING - ENTRIES);
  const rss = mib(process.memoryUsage().rss - before);
  await journal.close();
  const begun = performance.now();
  await (await openJournal({ dir })).close();
  return { rss, openMs: Math.round(performance.now() - begun) };
}

/** The journal alone: appending as ingest does, reading as one who catches up, and what 2,000,000 entries cost. */
export async function benchJournal(say: (line: string) => void): Promise<Record<string, number>> {
  const base = mkdtempSync(join(tmpdir(), 'steward-bench-'));
  const dir = join(base, 'journal');
  try {
    const json = await jsonLines(join(base, 'lines.json'));
    const journal = await openJournal({ dir });
    await appendAll(await openJournal({ dir: join(base, 'warm-up') }), ENTRIES / 5);
    const append = await measured(ENTRIES, () => appendAll(journal, ENTRIES));
    await journal.close();
    const bytes = readdirSync(dir).reduce((sum, name) => sum + statSync(join(dir, name)).size, 0);
    const again = await openJournal({ dir });
    const read = await measured(ENTRIES, () => readAll(again, ENTRIES));
    await again.close();
    const { rss, openMs } = await growth(join(base, 'waiting'));
    const figures = {
      append_entries_per_s: append.perSecond,
      append_cpu_us_per_entry: append.cpuUs,
      read_entries_per_s: read.perSecond,
      read_cpu_us_per_entry: read.cpuUs,
      bytes_per_entry: Math.round(bytes / ENTRIES),
      json_append_entries_per_s: json.append.perSecond,
      json_append_cpu_us_per_entry: json.append.cpuUs,
      json_read_entries_per_s: json.read.perSecond,
      append_ratio_to_json: Math.round((json.append.cpuUs / append.cpuUs) * 100) / 100,
      waiting_entries: WAITING,
      waiting_rss_growth_mib: rss,
      waiting_open_ms: openMs,
    };
    for (const [name, value] of Object.entries(figures))
      say(`${name.padEnd(32)} ${value.toLocaleString('en').padStart(12)}`);
    return figures;
  } finally {
    rmSync(base, { recursive: true, force: true });
  }
}
