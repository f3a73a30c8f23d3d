import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../app/paths.ts';
import { seededRandom } from '../model/random.ts';
import type { Site } from '../model/site.ts';
import { drawEstate } from '../quality/estate.ts';
import { numberAfter } from './arguments.ts';
import { rssMib, startStewardProcess } from './steward-process.ts';

const DEFAULT_ASSETS = 3_000;
const DEFAULT_MINUTES = 3;
const LOOK_MS = 1_000;
/** The kernel counts processor time in hundredths of a second. */
const TICK_S = 0.01;

/** A site as its file tells it. */
function siteFileOf({
  id,
  name,
  tz,
  lat,
  lon,
  plan,
  lighting,
  schedules,
  people,
  zones,
  assets,
}: Site): string {
  const rows = assets.map(({ site: _, attributes, ...row }) => ({ ...row, ...attributes }));
  const zoneRows = zones.map(({ outline: _, ...zone }) => zone);
  // JSON is YAML.
  return JSON.stringify({
    site: { id, name, tz, lat, lon, plan, lighting, schedules },
    people,
    zones: zoneRows,
    assets: rows,
  });
}

/** Processor time of all threads so far, seconds. */
function cpuS(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return TICK_S * (Number(fields[11]) + Number(fields[12]));
}

/** `steward simulate` with thousands of devices, each an MQTT client of its own, over a bad network, beside Steward. */
export async function benchSimulate(
  say: (line: string) => void,
  args: readonly string[],
): Promise<Record<string, number>> {
  const assets = numberAfter(args, '--assets', DEFAULT_ASSETS);
  const minutes = numberAfter(args, '--minutes', DEFAULT_MINUTES);
  const folder = mkdtempSync(join(tmpdir(), 'steward-bench-simulate-'));
  const file = join(folder, 'site.yaml');
  writeFileSync(file, siteFileOf(drawEstate(seededRandom(1), assets)));
  const steward = await startStewardProcess(file);
  try {
    const url = `mqtt://127.0.0.1:${steward.mqttPort}`;
    const words = ['simulate', '--site', file, '--url', url, '--data-of', steward.data, '--radio'];
    const more = ['--minutes', String(minutes), '--truth', join(folder, 'truth.json')];
    const child = spawn(process.execPath, [join(packageRoot, 'dist', 'app', 'main.js'), ...words, ...more], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    child.stdout.on('data', (chunk) => {
      said += chunk;
    });
    const begun = performance.now();
    const before_s = cpuS(steward.pid);
    const most = { steward: 0, simulator: 0, connected: 0, cpu_s: 0 };
    const looking = setInterval(async () => {
      if (child.exitCode !== null) return;
      most.simulator = Math.max(most.simulator, rssMib(child.pid!));
      most.cpu_s = cpuS(child.pid!);
      most.steward = Math.max(most.steward, steward.rss_mib());
      most.connected = Math.max(most.connected, await steward.figure('steward_clients_connected'));
    }, LOOK_MS);
    const [code] = await once(child, 'close');
    clearInterval(looking);
    if (code !== 0) throw new Error(`steward simulate ended with ${code}`);
    const seconds = (performance.now() - begun) / 1_000;
    const share = (cpu_s: number): number => Math.round((100 * cpu_s) / seconds);
    const figures = {
      clients: most.connected,
      readings: await steward.figure('steward_readings_total'),
      rejected: await steward.figure('steward_rejected_total'),
      unacknowledged: Number(/^(\d+) readings were not acknowledged/m.exec(said)?.[1]),
      steward_rss_mib: most.steward,
      simulator_rss_mib: most.simulator,
      steward_cpu_pct: share(cpuS(steward.pid) - before_s),
      simulator_cpu_pct: share(most.cpu_s),
    };
    say(
      `${figures.clients} simulated devices for ${minutes} min: ${figures.readings} readings, ${figures.rejected} rejected`,
    );
    say(`not acknowledged at the end: ${figures.unacknowledged}`);
    say(`Steward ${figures.steward_rss_mib} MiB and ${figures.steward_cpu_pct} % of a core`);
    say(`simulator ${figures.simulator_rss_mib} MiB and ${figures.simulator_cpu_pct} % of a core`);
    return figures;
  } finally {
    await steward.end();
    rmSync(folder, { recursive: true, force: true });
  }
}
