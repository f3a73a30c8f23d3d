import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { startFleet } from './fleet.ts';
import { type StewardProcess, startStewardProcess } from './steward-process.ts';

const CLIENTS = 10_000;
const LOADERS = 2;
/** V8 collects what signing in left behind when it has been quiet for some time. */
const SETTLE_MS = 60_000;
const IDLE_MS = 60_000;
const BUSY_MS = 120_000;
const SAMPLE_MS = 1_000;
/** Files that Steward has open besides its clients'. */
const OTHER_FILES = 200;

/** Children have the limit of their parent, which Node.js has raised to the hard one. */
function mustHaveFiles(needed: number): void {
  const line = /^Max open files\s+(\d+|unlimited)/m.exec(readFileSync('/proc/self/limits', 'utf8'));
  const limit = line?.[1] === 'unlimited' ? Number.POSITIVE_INFINITY : Number(line?.[1]);
  if (limit >= needed) return;
  throw new Error(
    `${needed} open files are needed and ${limit} allowed: raise "nofile" in /etc/security/limits.conf, or as root: prlimit --pid $$ --nofile=${needed}`,
  );
}

/** The highest of one sample a second. */
async function highestRss(steward: StewardProcess, forMs: number): Promise<number> {
  let highest = 0;
  for (let passed = 0; passed < forMs; passed += SAMPLE_MS) {
    await sleep(SAMPLE_MS);
    highest = Math.max(highest, steward.rss_mib());
  }
  return highest;
}

/** Memory of a whole Steward with ten thousand devices connected: idle, and each publishing once a minute. */
export async function benchConnections(say: (line: string) => void): Promise<Record<string, number>> {
  mustHaveFiles(CLIENTS + OTHER_FILES);
  const steward = await startStewardProcess(CLIENTS);
  try {
    const empty = steward.rss_mib();
    say(`${CLIENTS} assets, nobody connected      ${empty} MiB`);
    const fleet = await startFleet(steward, CLIENTS, LOADERS);
    const connected = await steward.figure('steward_clients_connected');
    const perSecond = Math.round((CLIENTS / fleet.connectMs) * 1_000);
    say(`${connected} connected, signing in ${perSecond} a second`);
    const signingIn = await highestRss(steward, SETTLE_MS);
    say(`at most ${signingIn} MiB in the ${SETTLE_MS / 1_000} s after that`);
    const idle = await highestRss(steward, IDLE_MS);
    say(`idle for ${IDLE_MS / 1_000} s: at most              ${idle} MiB`);
    fleet.publish(CLIENTS / 60);
    const busy = await highestRss(steward, BUSY_MS);
    const report = await fleet.stop();
    const still = await steward.figure('steward_clients_connected');
    say(`each once a minute for ${BUSY_MS / 1_000} s: at most ${busy} MiB`);
    say(`PUBACK after ${report.latencyMs(0.5)} ms (half), ${report.latencyMs(0.99)} ms (99 in 100)`);
    await fleet.end();
    return {
      clients: still,
      empty_rss_mib: empty,
      connects_per_s: perSecond,
      after_sign_in_rss_mib: signingIn,
      idle_rss_mib: idle,
      publishing_rss_mib: busy,
      published: report.acknowledged,
      puback_p50_ms: report.latencyMs(0.5),
      puback_p99_ms: report.latencyMs(0.99),
    };
  } finally {
    await steward.end();
  }
}
