import type { ReadyView } from '../../model/views/watch.ts';
import type { RunningAt } from '../running.ts';
import { type Finding, finding } from './finding.ts';
import { rejections } from './kept.ts';

const TIMEOUT_MS = 5_000;

async function ask(at: RunningAt, path: string): Promise<Response> {
  return fetch(`${at.http_url}${path}`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** The samples of one figure: value of its only label (empty without one) → value. */
export function samples(text: string, name: string): Map<string, number> {
  const line = new RegExp(`^${name}(?:\\{[a-z_]+="([^"]*)"\\})? (\\S+)$`, 'gm');
  return new Map([...text.matchAll(line)].map((match) => [match[1] ?? '', Number(match[2])]));
}

function ofFigures(text: string): Finding[] {
  const only = (name: string): number => samples(text, name).get('') ?? 0;
  const depth = only('steward_journal_depth');
  const ages = Math.max(0, ...samples(text, 'steward_journal_oldest_age_seconds').values());
  const age = depth > 0 ? `, the oldest for ${Math.round(ages)} s` : '';
  const lost = only('steward_journal_lost_total');
  const never = only('steward_devices_never_heard');
  const devices = only('steward_devices');
  const connected = only('steward_clients_connected');
  return [
    finding('waiting', 'ok', `${depth} entries wait in the journal${age}`),
    ...(lost > 0
      ? [
          finding(
            'journal',
            'wrong',
            `the disk has lost ${lost} entries: the log names files and positions; look at the disk (smartctl, dmesg)`,
          ),
        ]
      : []),
    rejections(Object.fromEntries(samples(text, 'steward_rejected_by_code_total'))),
    never === 0
      ? finding('devices', 'ok', `${devices} devices, all heard; ${connected} clients connected`)
      : finding(
          'devices',
          'note',
          `${never} of ${devices} devices were never heard (the page Devices names them): is their power on, and do they use the address and password that \`steward devices add\` printed?`,
        ),
  ];
}

/** What a running Steward says of itself. */
export async function runningParts(at: RunningAt): Promise<Finding[]> {
  try {
    const ready = (await (await ask(at, '/readyz')).json()) as ReadyView;
    const parts = Object.entries(ready.parts).map(([what, { ok, detail }]) =>
      finding(what, ok ? 'ok' : 'wrong', detail),
    );
    return [
      finding('steward', 'ok', `runs as process ${at.pid}, ${at.http_url}`),
      ...parts,
      ...ofFigures(await (await ask(at, '/metrics')).text()),
    ];
  } catch (error) {
    const reason = (error as Error).message;
    const detail = isAlive(at.pid)
      ? `process ${at.pid} is there and ${at.http_url} does not answer (${reason}): it may be starting or blocked; look at its log, then restart it`
      : `process ${at.pid} has ended without saying so: it was killed, by hand or for want of memory (journalctl -k says); start it again, nothing acknowledged is lost`;
    return [finding('steward', 'wrong', detail)];
  }
}
