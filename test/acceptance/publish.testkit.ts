import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { StewardProcess } from '../steward.testkit.ts';

export interface Publication {
  readonly steward: StewardProcess;
  readonly device: string;
  readonly topic: string;
  readonly payload: string | Buffer;
  /** Instead of the device's own. */
  readonly password?: string;
}

/** Debian's `mosquitto_pub` with the device's credentials, QoS 1; resolves with its exit code once it has ended. */
export async function mosquittoPub({
  steward,
  device,
  topic,
  payload,
  password = steward.deviceSecret(device),
}: Publication): Promise<{ readonly code: number | null; readonly err: string }> {
  const { hostname, port } = steward.mqtt;
  const child = spawn(
    'mosquitto_pub',
    ['-h', hostname, '-p', port, '-q', '1', '-i', device, '-u', device, '-P', password, '-t', topic, '-s'],
    { stdio: ['pipe', 'ignore', 'pipe'] },
  );
  let err = '';
  child.stderr.on('data', (chunk) => (err += chunk));
  child.stdin.on('error', () => {});
  child.stdin.end(payload);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, err };
}

/** The test bench pump of the demo estate: no simulated device speaks for it. */
export const BENCH = {
  device: 'dev-pump-12',
  asset: 'pump-12',
  topic: 'site/alder-wharf/pump/pump-12/telemetry',
};
