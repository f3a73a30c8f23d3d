import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../model/clock.ts';
import { StewardError } from '../../model/codes.ts';
import type { Site } from '../../model/site.ts';
import { loadRules } from '../../rules/language/load.ts';
import { demoBanner, startBanner } from '../banner.ts';
import { type DataFolder, openDataFolder } from '../data-folder.ts';
import { type Demo, demoUpSince, startDemo } from '../demo.ts';
import { createDemoCredentials } from '../demo-credentials.ts';
import { DEMO_DEFAULTS } from '../demo-defaults.ts';
import { createLog } from '../log.ts';
import { demoFolder } from '../paths.ts';
import { progressLine } from '../progress-line.ts';
import { ruleFilesOf } from '../rule-files.ts';
import { removeRunning, writeRunning } from '../running.ts';
import { loadSites } from '../site-file.ts';
import { type Steward, startSteward } from '../steward.ts';
import { aborted, untilStopped } from '../until-stopped.ts';
import { type CommonFlags, configOf } from './common.ts';

/** The demo tells how to use it when its history is there, or after this long at the latest. */
const BANNER_AT_LATEST_MS = 10_000;

export interface StartFlags extends CommonFlags {
  readonly demo?: boolean;
}

/** Runs everything until it is told to stop. */
export async function runStart(flags: StartFlags): Promise<void> {
  const isDemo = flags.demo === true;
  const config = configOf(flags, isDemo ? DEMO_DEFAULTS : undefined);
  if (isDemo && config.mqtt.link) {
    const text = 'mqtt.link: the demo brings its own broker and devices; start it without a link';
    throw new StewardError('config_invalid', text);
  }
  const sites = loadSites(config.sites);
  const rules = loadRules(ruleFilesOf(config));
  const folder = openDataFolder(config.data);
  const stopping = untilStopped();
  try {
    const steward = await startSteward({
      config,
      folder,
      sites,
      rules,
      log: createLog(config.log),
      upSince: isDemo ? demoUpSince(folder) : systemClock.now(),
      ...(isDemo ? { prepare: (records) => createDemoCredentials(records, folder, sites[0] as Site) } : {}),
    });
    writeRunning(folder.path, { pid: process.pid, http_url: steward.httpUrl, mqtt_url: steward.mqttUrl });
    try {
      if (isDemo) await runDemo(steward, folder, sites[0] as Site, stopping);
      else {
        steward.goLive();
        process.stdout.write(startBanner(steward, folder));
        await aborted(stopping);
      }
    } finally {
      removeRunning(folder.path);
      await steward.close();
    }
  } finally {
    folder.close();
  }
}

async function runDemo(
  steward: Steward,
  folder: DataFolder,
  site: Site,
  stopping: AbortSignal,
): Promise<void> {
  const progress = progressLine('  history', process.stdout);
  const demo: Demo = await startDemo({
    steward,
    folder,
    site,
    scenarioFile: join(demoFolder, 'scenario.yaml'),
    onProgress: ({ share, readings }) => progress(share, `${readings.toLocaleString('en')} readings`),
  });
  try {
    const banner = new AbortController();
    const late = sleep(BANNER_AT_LATEST_MS, undefined, { signal: banner.signal }).catch(() => {});
    await Promise.race([demo.caughtUp, late, aborted(stopping)]);
    banner.abort();
    if (!stopping.aborted) process.stdout.write(demoBanner(steward, folder, site));
    await Promise.race([demo.caughtUp.then(() => aborted(stopping)), aborted(stopping)]);
  } finally {
    await demo.stop();
  }
}
