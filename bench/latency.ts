import { setTimeout as sleep } from 'node:timers/promises';
import { startFleet } from './fleet.ts';
import { startStewardProcess } from './steward-process.ts';

const DEVICES = 50;
const PER_SECOND = 1_000;
const WARM_UP_MS = 10_000;
const RUN_MS = 60_000;

/** How long a device waits for its PUBACK, which leaves after its reading is on disk, at an easy pace. */
export async function benchLatency(say: (line: string) => void): Promise<Record<string, number>> {
  const steward = await startStewardProcess(DEVICES);
  try {
    const fleet = await startFleet(steward, DEVICES, 1);
    fleet.publish(PER_SECOND);
    await sleep(WARM_UP_MS);
    await fleet.stop();
    fleet.publish(PER_SECOND);
    await sleep(RUN_MS);
    const report = await fleet.stop();
    await fleet.end();
    const figures = {
      readings_per_s: report.perSecond,
      puback_p50_ms: report.latencyMs(0.5),
      puback_p99_ms: report.latencyMs(0.99),
      puback_max_ms: report.latencyMs(1),
      rss_mib: steward.rss_mib(),
    };
    say(`${DEVICES} devices, ${figures.readings_per_s} readings/s for ${RUN_MS / 1_000} s`);
    say(
      `PUBACK after ${figures.puback_p50_ms} ms (half), ${figures.puback_p99_ms} ms (99 in 100), ${figures.puback_max_ms} ms (all)`,
    );
    return figures;
  } finally {
    await steward.end();
  }
}
