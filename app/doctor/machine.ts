import { accessSync, constants, existsSync, readdirSync, statfsSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { type Finding, finding } from './finding.ts';

const NODE_AT_LEAST = [20, 19] as const;
const MIB = 2 ** 20;
const GIB = 2 ** 30;
/** Below this the journal of a busy hour may not fit; below the other nothing does. */
const LITTLE_BYTES = 2 * GIB;
const TOO_LITTLE_BYTES = 256 * MIB;
const CLOCK_OFF_MS = 60_000;

export function nodeVersion(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const ok = major > NODE_AT_LEAST[0] || (major === NODE_AT_LEAST[0] && minor >= NODE_AT_LEAST[1]);
  const needs = ok ? '' : `: install Node.js ${NODE_AT_LEAST.join('.')} or newer`;
  return finding('node', ok ? 'ok' : 'wrong', `${process.versions.node}${needs}`);
}

/** The folder, or the nearest above it that is there. */
function nearest(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearest(dirname(path));
}

export function diskSpace(data: string): Finding {
  const { bavail, bsize, blocks } = statfsSync(nearest(data));
  const free = bavail * bsize;
  const share = Math.round((bavail / Math.max(1, blocks)) * 100);
  const detail = `${(free / GIB).toFixed(1)} GiB free (${share} %) for ${data}`;
  if (free < TOO_LITTLE_BYTES)
    return finding('disk', 'wrong', `${detail}: make room; without it no reading is acknowledged`);
  return free < LITTLE_BYTES
    ? finding('disk', 'note', `${detail}: make room soon`)
    : finding('disk', 'ok', detail);
}

function cannot(path: string, mode: number): string | undefined {
  try {
    accessSync(path, mode);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Whether whoever runs this may read and write what Steward keeps. Run it as the user that Steward runs as. */
export function fileRights(data: string): Finding {
  const { R_OK, W_OK, X_OK } = constants;
  const own = 'run `steward doctor` as the user of Steward; if it is that one, give it the folder (chown -R)';
  const folder = nearest(data);
  const trouble = cannot(folder, R_OK | W_OK | X_OK);
  if (trouble !== undefined)
    return finding('files', 'wrong', `${trouble}; ${own}, or choose another with --data`);
  if (folder !== data) return finding('files', 'ok', `${data} is not there yet and can be made`);
  for (const name of readdirSync(data)) {
    const path = join(data, name);
    const reason = cannot(path, statSync(path).isDirectory() ? R_OK | W_OK | X_OK : R_OK | W_OK);
    if (reason !== undefined) return finding('files', 'wrong', `${reason}; ${own}`);
  }
  return finding('files', 'ok', `${data} can be read and written`);
}

/** Whether the clock agrees with what is written on the disk: it must not be behind what it wrote itself. */
export function clockAgainstFiles(data: string, now: number): Finding {
  const files = existsSync(data) ? readdirSync(data).map((name) => join(data, name)) : [];
  const newest = Math.max(0, ...files.map((file) => statSync(file).mtimeMs));
  const time = new Date(now).toISOString();
  if (newest - now <= CLOCK_OFF_MS) return finding('clock', 'ok', time);
  const detail = `${time}, but files in ${data} were written ${new Date(newest).toISOString()}: the clock was set back`;
  return finding('clock', 'wrong', `${detail}; set it (timedatectl set-ntp true)`);
}

/** Whether two machines agree on the time; readings of the one would look late or early to the other. */
export function clockAgainst(whose: string, date: string | null, now: number): Finding | undefined {
  const theirs = Date.parse(date ?? '');
  if (Number.isNaN(theirs)) return undefined;
  const offS = Math.round((now - theirs) / 1_000);
  if (Math.abs(now - theirs) <= CLOCK_OFF_MS) return undefined;
  const direction = offS > 0 ? 'ahead of' : 'behind';
  return finding(
    'clock',
    'wrong',
    `this machine is ${Math.abs(offS)} s ${direction} ${whose}; set both clocks (timedatectl set-ntp true)`,
  );
}

/** Tries to listen where Steward would. */
export async function portFree(what: string, host: string, port: number): Promise<Finding> {
  const where = `${host}:${port}`;
  if (port === 0) return finding(what, 'ok', 'any free port');
  const reason = await new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
    const server = createServer();
    server.once('error', resolve);
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
  if (!reason) return finding(what, 'ok', `${where} is free`);
  const advice: Readonly<Record<string, string>> = {
    EADDRINUSE: `something else listens there: stop it (ss -ltnp 'sport = :${port}' names it), or choose another port`,
    EACCES: 'ports below 1024 need rights: choose another, or give Node.js cap_net_bind_service',
    EADDRNOTAVAIL: 'this machine has no such address: correct the host',
    ENOTFOUND: 'this name has no address: correct the host',
  };
  return finding(what, 'wrong', `${where}: ${advice[reason.code ?? ''] ?? reason.message}`);
}
