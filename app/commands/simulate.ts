import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Command, InvalidArgumentError } from 'commander';
import { z } from 'zod';
import { createFleet } from '../../firmware-sim/fleet.ts';
import { createRadio, RADIO } from '../../firmware-sim/radio.ts';
import { simulate } from '../../firmware-sim/run.ts';
import { NO_FAULTS, readScenario } from '../../firmware-sim/scenario.ts';
import { connectFleet } from '../../firmware-sim/transport.ts';
import { truthOf } from '../../firmware-sim/truth.ts';
import { HOUR_MS, MINUTE_MS, systemClock } from '../../model/clock.ts';
import { StewardError } from '../../model/codes.ts';
import { seededRandom } from '../../model/random.ts';
import { demoDeviceSecret } from '../demo-credentials.ts';
import { createLog } from '../log.ts';
import { progressLine } from '../progress-line.ts';
import { loadSite, readText } from '../site-file.ts';
import { untilStopped } from '../until-stopped.ts';

interface SimulateFlags {
  readonly site: string;
  readonly scenario?: string;
  readonly url: string;
  readonly seed: number;
  readonly historyH: number;
  readonly minutes?: number;
  readonly truth: string;
  readonly credentials?: string;
  readonly dataOf?: string;
  readonly radio?: true;
}

function count(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < 0)
    throw new InvalidArgumentError('a number from 0 on');
  return value;
}

export function addSimulateCommand(program: Command): void {
  program
    .command('simulate')
    .description(
      'simulated devices of a site, as real MQTT clients; faults by scenario, their truth written to a file',
    )
    .requiredOption('--site <file>', 'site file')
    .option('--scenario <file>', 'what goes wrong, and when (docs/simulator.md)')
    .option('--url <url>', 'broker', 'mqtt://127.0.0.1:1883')
    .option('--seed <n>', 'the same seed gives the same world', count, 1)
    .option('--history-h <hours>', 'hours of history to send at full speed first', count, 0)
    .option('--minutes <n>', 'minutes to go on live (default: until Ctrl-C)', count)
    .option(
      '--radio',
      'a bad network: messages are lost, repeated and late, clocks drift (docs/simulator.md)',
    )
    .option('--truth <file>', 'where to write what was made to go wrong', 'truth.json')
    .option('--credentials <file>', 'JSON: { "device": "password", … }')
    .option('--data-of <folder>', "data folder of a demo: its devices' own credentials")
    .action(run);
}

function credentialsOf(flags: SimulateFlags): (device: string) => { user: string; password: string } {
  if (flags.dataOf !== undefined) {
    const secret = readFileSync(`${flags.dataOf}/secret`);
    return (device) => ({ user: device, password: demoDeviceSecret({ secret }, device) });
  }
  if (flags.credentials === undefined) return (device) => ({ user: device, password: '' });
  const file = flags.credentials;
  const parsed = z.record(z.string(), z.string()).safeParse(JSON.parse(readText(file)));
  if (!parsed.success)
    throw new StewardError('config_invalid', `${file}: one object of device names and passwords`);
  const passwords = parsed.data;
  return (device) => {
    const password = passwords[device];
    if (password === undefined)
      throw new StewardError('config_invalid', `${file}: no password for ${device}`);
    return { user: device, password };
  };
}

async function run(flags: SimulateFlags): Promise<void> {
  const site = loadSite(flags.site);
  const { scenario: file } = flags;
  const scenario = file === undefined ? NO_FAULTS : readScenario(readText(file), file, site);
  const log = createLog({ level: 'info', format: 'text' });
  const now = systemClock.now();
  const start = now - flags.historyH * HOUR_MS;
  const fleet = createFleet({
    site,
    scenario,
    seed: flags.seed,
    start,
    now,
    clocksDrift: flags.radio ?? false,
  });
  const signal = untilStopped();
  const link = await connectFleet({
    url: flags.url,
    devices: fleet.devices(),
    credentials: credentialsOf(flags),
    log,
    random: seededRandom(flags.seed).fork('reconnect'),
    signal,
  });
  const progress = progressLine('history', process.stdout);
  try {
    await simulate({
      fleet,
      link,
      radio: flags.radio && createRadio(RADIO, seededRandom(flags.seed).fork('radio')),
      clock: systemClock,
      wait: (ms, stop) => sleep(ms, undefined, { signal: stop }),
      signal,
      log,
      ...(flags.minutes === undefined ? {} : { until: now + flags.minutes * MINUTE_MS }),
      onProgress: ({ at, readings }) => {
        if (at <= now && flags.historyH > 0) progress((at - start) / (now - start), `${readings} readings`);
      },
    });
  } finally {
    const { unacknowledged } = await link.close();
    writeFileSync(flags.truth, `${JSON.stringify(truthOf(fleet), null, 1)}\n`);
    process.stdout.write(
      `${unacknowledged} readings were not acknowledged; the truth is in ${flags.truth}\n`,
    );
  }
}
