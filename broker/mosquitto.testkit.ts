import { spawn, spawnSync } from 'node:child_process';
import { expect } from 'vitest';

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Whether Debian's MQTT clients are here. Where the engines must be there (CI) their absence is a failure. */
export function hasMosquittoClients(): boolean {
  const found = spawnSync('mosquitto_pub', ['--help']).error === undefined;
  if (!found && process.env['CI']) expect.fail('mosquitto_pub is missing: apt-get install mosquitto-clients');
  if (!found) console.warn('skipped: mosquitto_pub is missing (apt-get install mosquitto-clients)');
  return found;
}

/** Runs a client of Debian's `mosquitto-clients` to its end. */
export function mosquitto(
  program: 'mosquitto_pub' | 'mosquitto_sub',
  args: readonly string[],
  input?: Uint8Array,
): Promise<Ended> {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
}
