import { setTimeout as sleep } from 'node:timers/promises';
import { type Fleet, type FleetReport, startFleet } from './fleet.ts';
import { startStewardProcess } from './steward-process.ts';

const DEVICES = 50;
const EASY_PER_SECOND = 1_000;
/** More than there is to be had: acknowledgements set the pace. */
const ANY_PER_SECOND = 1_000_000;
/** Messages of a device in flight while the maximum is looked for, as in the benchmark `ingest`. */
const IN_FLIGHT = 40;
const WARM_UP_MS = 10_000;
const MAXIMUM_MS = 20_000;
const RUN_MS = 60_000;

async function run(fleet: Fleet, forMs: number, perSecond: number, mayWait?: number): Promise<FleetReport> {
  fleet.publish(perSecond, mayWait);
  await sleep(forMs);
  return fleet.stop();
}

/**
 * How long a device waits for its PUBACK, which leaves after its reading is on disk: at an easy pace, and at half of the
 * most that this very Steward takes.
 */
export async function benchLatency(say: (line: string) => void): Promise<Record<string, number>> {
  const steward = await startStewardProcess(DEVICES);
  try {
    const fleet = await startFleet(steward, DEVICES, 1);
    const figuresOf = async (name: string, perSecond: number): Promise<Record<string, number>> => {
      const report = await run(fleet, RUN_MS, perSecond);
      const [p50, p99, longest] = [0.5, 0.99, 1].map(report.latencyMs);
      say(
        `${report.perSecond} readings/s for ${RUN_MS / 1_000} s: PUBACK after ${p50} ms (half), ${p99} ms (99 in 100), ${longest} ms (all)`,
      );
      return {
        [`${name}readings_per_s`]: report.perSecond,
        [`${name}puback_p50_ms`]: p50!,
        [`${name}puback_p99_ms`]: p99!,
        [`${name}puback_max_ms`]: longest!,
      };
    };
    await run(fleet, WARM_UP_MS, EASY_PER_SECOND);
    const easy = await figuresOf('', EASY_PER_SECOND);
    const { perSecond: most } = await run(fleet, MAXIMUM_MS, ANY_PER_SECOND, IN_FLIGHT);
    say(`at most ${most} readings/s`);
    const half = await figuresOf('half_', most / 2);
    await fleet.end();
    return { ...easy, most_readings_per_s: most, ...half, rss_mib: steward.rss_mib() };
  } finally {
    await steward.end();
  }
}
