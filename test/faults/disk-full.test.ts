import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import type { ReadyView } from '../../model/views/watch.ts';
import { eventually, type StewardProcess, startStewardProcess, temporaryData } from '../steward.testkit.ts';
import { type Disk, fullDisks } from './full-disk.testkit.ts';
import { acknowledgedCount, newLedger, startLoad } from './load.testkit.ts';
import { reckon, seriesCaughtUp } from './reckoning.testkit.ts';
import { smallSite } from './small-site.testkit.ts';

const READY_TIMEOUT_MS = 30_000;

async function ready(
  steward: StewardProcess,
): Promise<{ readonly status: number; readonly view: ReadyView }> {
  const response = await fetch(`${steward.http}/readyz`);
  return { status: response.status, view: (await response.json()) as ReadyView };
}

describe.each(fullDisks())('a disk that is full: %s', (_name, disk: Disk) => {
  const site = temporaryData();
  let steward: StewardProcess | undefined;
  afterAll(async () => {
    await steward?.stop('SIGKILL');
    site.remove();
    disk.remove();
  });

  it('stops acknowledging, says why, and goes on by itself when there is room: nothing is lost', async () => {
    const environment = await smallSite(site.path, disk.data);
    steward = await startStewardProcess({ data: disk.data, environment });
    const ledger = newLedger(Date.now() - 20 * 60_000);
    const before = await startLoad(steward, ledger);
    await eventually('readings are acknowledged', () => acknowledgedCount(ledger) > 2_000);

    disk.fill(steward);
    // Whoever is not acknowledged is disconnected, and sends again later.
    await before.ended;
    const full = await eventually('it says why', async () => {
      const answer = await ready(steward!);
      return answer.status === 503 && !answer.view.parts['journal']?.ok ? answer.view : undefined;
    });
    expect(full.ok).toBe(false);
    expect(full.parts['journal']?.detail).toContain('is the disk full');
    const whenFull = acknowledgedCount(ledger);
    const during = await startLoad(steward, ledger);
    await during.ended;
    await sleep(500);
    expect(acknowledgedCount(ledger)).toBe(whenFull);
    expect(steward.process.exitCode).toBeNull();

    disk.free(steward);
    await eventually(
      'it is ready again without anybody doing anything',
      async () => (await ready(steward!)).status === 200,
      READY_TIMEOUT_MS,
    );
    const after = await startLoad(steward, ledger);
    await eventually('readings are acknowledged again', () => acknowledgedCount(ledger) > whenFull + 2_000);
    await after.stop();
    await seriesCaughtUp(steward);
    expect(await steward.stop()).toBe(0);
    const found = await reckon(disk.data, ledger);
    expect(found).toEqual({ stored: found.stored, lost: 0, doubled: 0, wrong: 0, refusedLost: 0 });
  }, 120_000);
});
