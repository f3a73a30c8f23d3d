import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDuckdbSeries } from './store.ts';

const CHILD = new URL('writer.testkit.ts', import.meta.url).pathname;
const RUN = `import { runnerImport } from 'vite'; await runnerImport(${JSON.stringify(CHILD)});`;

let folder: string;
let file: string;
let writer: ChildProcess;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'steward-crash-'));
  file = join(folder, 'series.duckdb');
});
afterEach(async () => {
  writer.kill('SIGKILL');
  await rm(folder, { recursive: true });
});

/** Starts the writing process behind a shell line and reads what it says, until `done` answers true. */
async function write(shell: string, done: (line: string) => boolean | Promise<boolean>): Promise<void> {
  writer = spawn('bash', ['-c', `${shell} exec "$0" --input-type=module -e "$1"`, process.execPath, RUN], {
    env: { ...process.env, STEWARD_TEST_FILE: file },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(writer, 'exit');
  let stopped = false;
  for await (const line of createInterface({ input: writer.stdout! }))
    if (!stopped && (await done(line))) {
      stopped = true;
      writer.kill('SIGKILL');
    }
  await exited;
  expect(stopped).toBe(true);
}

/** The file after the crash holds every settled batch, and whole batches only. */
async function expectWhole(settled: number): Promise<void> {
  const store = await openDuckdbSeries({ file });
  const position = (await store.position()) ?? 0;
  expect(position).toBeGreaterThanOrEqual(settled);
  expect(await store.count('pump')).toBe(position);
  await store.close();
}

describe('a process that is killed while it writes', () => {
  it('leaves the points and the position of every settled batch, and no half of another', async () => {
    for (const batches of [3, 8]) {
      let settled = 0;
      let seen = 0;
      await write('', async (line) => {
        settled = Number(/^stored (\d+)$/.exec(line)?.[1]);
        seen += 1;
        if (seen === 1)
          await expect(openDuckdbSeries({ file })).rejects.toMatchObject({ code: 'data_locked' });
        return seen >= batches;
      });
      await expectWhole(settled);
    }
  });
});

describe('a disk that is full', () => {
  it('keeps the batch, and stores it when there is room, in the same process', async () => {
    // A limit on the size of files stands for the full disk: writing fails in the same place.
    const limit = 'trap "" XFSZ; ulimit -S -f 3000;';
    let kept = 0;
    let before = 0;
    let after = 0;
    await write(limit, async (line) => {
      const stored = /^stored (\d+)$/.exec(line)?.[1];
      if (stored !== undefined && kept === 0) before = Number(stored);
      if (stored !== undefined && kept > 0) after = Number(stored);
      if (stored === undefined) {
        expect(line).toMatch(/^kept .*(could not|failed|too large)/i);
        kept += 1;
        if (kept === 3)
          await promisify(execFile)('prlimit', ['--pid', String(writer.pid), '--fsize=unlimited:']);
      }
      return after >= before + 10_000 && kept > 0;
    });
    expect(kept).toBeGreaterThanOrEqual(3);
    expect(before).toBeGreaterThan(0);
    await expectWhole(after);
  });
});
