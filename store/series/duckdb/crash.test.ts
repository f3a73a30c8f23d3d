import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openDuckdbSeries } from './store.ts';

const CHILD = new URL('writer.testkit.ts', import.meta.url).pathname;
const RUN = `import { runnerImport } from 'vite'; await runnerImport(${JSON.stringify(CHILD)});`;

/** Whole processes start here, on a machine that may be busy with other suites. */
vi.setConfig({ testTimeout: 90_000 });

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
async function write(
  shell: string,
  batch: number,
  done: (line: string) => boolean | Promise<boolean>,
): Promise<void> {
  writer = spawn('bash', ['-c', `${shell} exec "$0" --input-type=module -e "$1"`, process.execPath, RUN], {
    env: { ...process.env, STEWARD_TEST_FILE: file, STEWARD_TEST_BATCH: String(batch) },
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
      await write('', 2_500, async (line) => {
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

/** A file of about 20 MB, so that the limit on its size is far above what the log beside it grows to. */
async function filledFile(): Promise<number> {
  await (await openDuckdbSeries({ file })).close();
  const instance = await DuckDBInstance.create(file);
  const connection = await instance.connect();
  await connection.run('CREATE TABLE filler AS SELECT random() AS x FROM range(2_500_000)');
  await connection.run('CHECKPOINT');
  connection.closeSync();
  instance.closeSync();
  return (await stat(file)).size;
}

describe('a disk that is full', () => {
  it('keeps the batch, and stores it when there is room, in the same process', async () => {
    // A limit on the size of files stands for the full disk: moving the log into the file fails in the same way, and
    // DuckDB answers nothing more until the file is opened again.
    const limit = `trap "" XFSZ; ulimit -S -f ${Math.ceil((await filledFile()) / 1_024)};`;
    const reasons: string[] = [];
    let before = 0;
    let after = 0;
    await write(limit, 20_000, async (line) => {
      const stored = /^stored (\d+)$/.exec(line)?.[1];
      if (stored === undefined) {
        reasons.push(line);
        if (reasons.length === 3)
          await promisify(execFile)('prlimit', ['--pid', String(writer.pid), '--fsize=unlimited:']);
      } else if (reasons.length === 0) before = Number(stored);
      else after = Number(stored);
      return after >= before + 40_000;
    });
    expect(reasons[0]).toMatch(/^kept FATAL Error: .*checkpoint/);
    expect(before).toBeGreaterThan(0);
    await expectWhole(after);
  });
});
