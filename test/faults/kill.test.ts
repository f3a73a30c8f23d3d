import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { seededRandom } from '../../model/random.ts';
import { type StewardProcess, startStewardProcess, temporaryData } from '../steward.testkit.ts';
import { acknowledgedCount, newLedger, startLoad } from './load.testkit.ts';
import { reckon, seriesCaughtUp } from './reckoning.testkit.ts';
import { smallSite } from './small-site.testkit.ts';

/** The claim is 100: `KILLS=100 SEED=1 npx vitest run test/faults/kill.test.ts`. */
const KILLS = Number(process.env['KILLS'] ?? 6);
const SEED = Number(process.env['SEED'] ?? 1);
/** Load runs up to this long before a kill. */
const LOAD_MS = 700;
/** Of four kills one is followed by another while Steward starts, replaying what the first one left. */
const ALSO_WHILE_STARTING = 0.25;
const STARTING_MS = 900;

/** Starts Steward and kills it that many milliseconds later, wherever in its start it is. */
async function killedWhileStarting(
  data: string,
  environment: Readonly<Record<string, string>>,
  afterMs: number,
): Promise<void> {
  const main = resolve(import.meta.dirname, '../../dist/app/main.js');
  const child = spawn(process.execPath, [main, 'start', '--data', data], {
    env: {
      PATH: process.env['PATH'],
      STEWARD_HTTP_PORT: '0',
      STEWARD_MQTT_PORT: '0',
      ...environment,
    },
    stdio: 'ignore',
  });
  const closed = once(child, 'close');
  await sleep(afterMs);
  child.kill('SIGKILL');
  await closed;
}

describe(`kill -9 at ${KILLS} random moments under load, seed ${SEED}`, () => {
  const site = temporaryData();
  const data = temporaryData();
  let steward: StewardProcess | undefined;
  afterAll(async () => {
    await steward?.stop('SIGKILL');
    site.remove();
    data.remove();
  });

  it(
    'loses no acknowledged reading or rejection, doubles and changes none',
    async () => {
      const environment = await smallSite(site.path, data.path);
      const random = seededRandom(SEED);
      const ledger = newLedger(Date.now() - 20 * 60_000);
      for (let kills = 0; kills < KILLS; kills++) {
        steward = await startStewardProcess({ data: data.path, environment });
        const load = await startLoad(steward, ledger);
        await sleep(random.int(LOAD_MS));
        await steward.stop('SIGKILL');
        await load.ended;
        if (kills + 1 < KILLS && random.next() < ALSO_WHILE_STARTING) {
          kills++;
          await killedWhileStarting(data.path, environment, random.int(STARTING_MS));
        }
      }
      expect(acknowledgedCount(ledger)).toBeGreaterThan(KILLS * 10);
      expect(ledger.refused.size).toBeGreaterThan(0);

      steward = await startStewardProcess({ data: data.path, environment });
      await seriesCaughtUp(steward);
      expect(await steward.stop()).toBe(0);
      const found = await reckon(data.path, ledger);
      const acknowledged = acknowledgedCount(ledger);
      console.info(JSON.stringify({ kills: KILLS, seed: SEED, acknowledged, ...found }));
      expect(found).toEqual({ stored: found.stored, lost: 0, doubled: 0, wrong: 0, refusedLost: 0 });
      expect(found.stored).toBeGreaterThanOrEqual(acknowledged);
    },
    60_000 + KILLS * 15_000,
  );
});
