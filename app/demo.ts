import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { createFleet, type Fleet } from '../firmware-sim/fleet.ts';
import { type Progress, runLive, sendHistory } from '../firmware-sim/run.ts';
import { readScenario } from '../firmware-sim/scenario.ts';
import { connectFleet, type FleetLink } from '../firmware-sim/transport.ts';
import { truthOf } from '../firmware-sim/truth.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS, systemClock } from '../model/clock.ts';
import { seededRandom } from '../model/random.ts';
import type { Site } from '../model/site.ts';
import type { DataFolder } from './data-folder.ts';
import { demoDeviceSecret } from './demo-credentials.ts';
import { type DemoState, newDemoState, readDemoState, writeDemoState } from './demo-state.ts';
import { readText } from './site-file.ts';
import type { Steward } from './steward.ts';

const HISTORY_MS = 48 * HOUR_MS;
const SLICE_MS = 30 * MINUTE_MS;
const SAVE_MS = 10 * SECOND_MS;
const CLOSE_MS = 5 * SECOND_MS;

export interface DemoOptions {
  readonly steward: Steward;
  readonly folder: DataFolder;
  readonly site: Site;
  readonly scenarioFile: string;
  onProgress(progress: Progress): void;
}

export interface Demo {
  /** Resolves when the simulated devices have caught up with the present. */
  readonly caughtUp: Promise<void>;
  /** Ends the devices politely and remembers where they were. */
  stop(): Promise<void>;
}

/** Since when silence counts: the rules live through the history that is still to be sent. */
export function demoUpSince(folder: DataFolder): number {
  const now = systemClock.now();
  return Math.max(readDemoState(folder.at('demo.json'))?.sent_until ?? 0, now - HISTORY_MS);
}

/** The world where the last run left it, or a new one; a gap longer than the history is left out. */
function openWorld({ folder, site, scenarioFile }: DemoOptions): { fleet: Fleet; state: DemoState } {
  const now = systemClock.now();
  const state = readDemoState(folder.at('demo.json')) ?? newDemoState(now, HISTORY_MS);
  const scenario = readScenario(readText(scenarioFile), scenarioFile, site);
  const fleet = createFleet({ site, scenario, seed: state.seed, start: state.start, now: state.now });
  const resumeAt = Math.max(state.sent_until, now - HISTORY_MS);
  if (resumeAt > state.start) fleet.skip(resumeAt);
  return { fleet, state };
}

/**
 * Connects the simulated devices over real MQTT and sends what they measured since the last run (48 hours at the
 * first start) at full speed, in simulated time, then goes on live until `stop`.
 */
export async function startDemo(options: DemoOptions): Promise<Demo> {
  const { steward, folder, onProgress } = options;
  const { fleet, state } = openWorld(options);
  const stopping = new AbortController();
  const { signal } = stopping;
  const devices = new Set(fleet.devices().map(({ device }) => device));
  const link = await connectFleet({
    url: steward.mqttUrl,
    devices: fleet.devices(),
    credentials: (device) => ({ user: device, password: demoDeviceSecret(folder, device) }),
    log: steward.log,
    random: seededRandom(state.seed).fork('reconnect'),
  });
  const save = (): void => {
    writeDemoState(folder.at('demo.json'), { ...state, sent_until: fleet.time() });
    writeFileSync(folder.at('truth.json'), `${JSON.stringify(truthOf(fleet), null, 1)}\n`);
  };

  const catchUp = async (): Promise<void> => {
    const until = systemClock.now();
    const sliceEnd = (at: number): number => Math.min(at + SLICE_MS, until);
    const livesAt = (at: number): void => steward.simulatedTime({ at: sliceEnd(at), devices });
    livesAt(fleet.time());
    await sendHistory({
      fleet,
      link,
      until,
      sliceMs: SLICE_MS,
      signal,
      onProgress,
      onSlice: async (at) => {
        await steward.rulesCaughtUp();
        await steward.advanceRules(at);
        // Told as done only when the charts have it all.
        if (at >= until) await steward.seriesCaughtUp();
        save();
        livesAt(at);
      },
    });
    steward.simulatedTime(undefined);
  };
  const caughtUp = catchUp();
  const live = caughtUp.then(() => goLive(steward, fleet, link, signal, save));
  // `caughtUp` tells its own failure; what is awaited here is only the end.
  live.catch(() => {});
  return {
    caughtUp,
    stop: async () => {
      stopping.abort();
      await live.catch((error: unknown) => steward.log.error({ error }, 'the simulated devices stopped'));
      const { unacknowledged } = await link.close(CLOSE_MS);
      if (unacknowledged === 0) save();
    },
  };
}

async function goLive(
  steward: Steward,
  fleet: Fleet,
  link: FleetLink,
  signal: AbortSignal,
  save: () => void,
): Promise<void> {
  if (signal.aborted) return;
  steward.goLive();
  let savedAt = 0;
  await runLive({
    fleet,
    link,
    clock: systemClock,
    wait: (ms, stop) => sleep(ms, undefined, { signal: stop }),
    signal,
    log: steward.log,
    onProgress: ({ at }) => {
      if (at - savedAt < SAVE_MS || link.unacknowledged() > 0) return;
      savedAt = at;
      save();
    },
  });
}
