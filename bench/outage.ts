import { setTimeout as sleep } from 'node:timers/promises';
import { numberAfter } from './arguments.ts';
import { type Fleet, startFleet } from './fleet.ts';
import { type InfluxProcess, startInfluxProcess } from './influx-process.ts';
import { type StewardProcess, startStewardProcess } from './steward-process.ts';

const DEVICES = 50;
const PER_SECOND = 5_000;
const BEFORE_MS = 15_000;
const AFTER_MS = 10_000;
const POLL_MS = 200;
/** Behind by less than a fifth of a second: caught up. */
const CAUGHT_UP_ENTRIES = PER_SECOND / 5;
const CATCH_UP_AT_MOST_MS = 600_000;
const DEFAULT_MINUTES = 1;

interface CatchUp {
  /** From the engine's first answer until the first batch was stored, and from there until nothing waited. */
  readonly pauseMs: number;
  readonly catchUpMs: number;
  /** Entries stored in `catchUpMs`, live ones included. */
  readonly stored: number;
  readonly rssMib: number;
}

async function untilCaughtUp(steward: StewardProcess): Promise<CatchUp> {
  const LAG = 'steward_journal_lag{follower="series"}';
  const look = async (): Promise<{ place: number; lag: number; at: number }> => {
    const [head, lag] = await steward.figures('steward_journal_head', LAG);
    return { place: head! - lag!, lag: lag!, at: performance.now() };
  };
  const begun = performance.now();
  const standing = await look();
  let last = standing;
  let first: typeof standing | undefined;
  let rssMib = 0;
  while (performance.now() - begun < CATCH_UP_AT_MOST_MS) {
    await sleep(POLL_MS);
    const now = await look();
    rssMib = Math.max(rssMib, steward.rss_mib());
    // It went on somewhere between two looks; the earlier is taken, which makes the rate a lower bound.
    if (!first && now.place > standing.place) first = last;
    last = now;
    if (first && now.lag < CAUGHT_UP_ENTRIES) {
      const stored = now.place - first.place;
      return { pauseMs: first.at - begun, catchUpMs: now.at - first.at, stored, rssMib };
    }
  }
  throw new Error(`not caught up after ${CATCH_UP_AT_MOST_MS / 1_000} s: ${last.lag} entries wait`);
}

/** The highest memory of one look a second. */
async function highestRss(steward: StewardProcess, forMs: number): Promise<number> {
  let highest = 0;
  for (const until = performance.now() + forMs; performance.now() < until; ) {
    await sleep(1_000);
    highest = Math.max(highest, steward.rss_mib());
  }
  return highest;
}

async function outage(steward: StewardProcess, influx: InfluxProcess, fleet: Fleet, minutes: number) {
  fleet.publish(PER_SECOND);
  const before = await highestRss(steward, BEFORE_MS);
  await influx.kill();
  // The first part of the outage fills what is bounded: caches, the journal's newest entries.
  const early = await highestRss(steward, (minutes * 60_000) / 4);
  const late = await highestRss(steward, (minutes * 60_000 * 3) / 4);
  await influx.start();
  const caughtUp = await untilCaughtUp(steward);
  const after = await highestRss(steward, AFTER_MS);
  const report = await fleet.stop();
  const lag = 'steward_journal_lag{follower="series"}';
  while ((await steward.figure(lag)) > 0) await sleep(POLL_MS);
  return { before, early, late, after, caughtUp, report };
}

/**
 * InfluxDB is killed under a steady load and started again after a while: what was acknowledged must be there once,
 * memory must stay, and the journal must be caught up while readings go on.
 */
export async function benchOutage(
  say: (line: string) => void,
  args: readonly string[],
): Promise<Record<string, number>> {
  const minutes = numberAfter(args, '--minutes', DEFAULT_MINUTES);
  const influx = await startInfluxProcess();
  const steward = await startStewardProcess(DEVICES, {
    STEWARD_SERIES_ENGINE: 'influx',
    STEWARD_SERIES_URL: influx.url,
  });
  try {
    const fleet = await startFleet(steward, DEVICES, 1);
    say(`${PER_SECOND} readings/s; InfluxDB is killed and started again ${minutes} min later`);
    const { before, early, late, after, caughtUp, report } = await outage(steward, influx, fleet, minutes);
    await fleet.end();
    const [count = 0] = await influx.ask('SELECT COUNT(power_w) FROM pump');
    const [sum = 0] = await influx.ask('SELECT SUM(power_w) FROM pump');
    const rate = Math.round((caughtUp.stored / caughtUp.catchUpMs) * 1_000);
    say(
      `acknowledged ${report.acknowledged}, stored ${count}; their values add up to ${report.sumPowerW} and ${sum}`,
    );
    say(
      `memory: before ${before}, during ${early} then ${late}, catching up ${caughtUp.rssMib}, after ${after} MiB`,
    );
    say(`goes on ${Math.round(caughtUp.pauseMs)} ms after InfluxDB answers, then ${rate} readings/s`);
    say(
      `PUBACK after ${report.latencyMs(0.5)} ms (half), ${report.latencyMs(0.99)} ms (99 in 100), all the time`,
    );
    return {
      outage_s: minutes * 60,
      readings_per_s: report.perSecond,
      acknowledged: report.acknowledged,
      lost_or_doubled: Math.abs(report.acknowledged - count),
      sum_difference: Math.abs(report.sumPowerW - sum),
      rss_before_mib: before,
      rss_early_mib: early,
      rss_late_mib: late,
      rss_catching_up_mib: caughtUp.rssMib,
      rss_after_mib: after,
      pause_ms: Math.round(caughtUp.pauseMs),
      catch_up_s: Math.round(caughtUp.catchUpMs / 100) / 10,
      catch_up_readings_per_s: rate,
      puback_p50_ms: report.latencyMs(0.5),
      puback_p99_ms: report.latencyMs(0.99),
    };
  } finally {
    await steward.end();
    await influx.end();
  }
}
