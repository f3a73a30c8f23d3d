import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where a running Steward is reached: for `steward doctor`, scripts and tests. */
export interface RunningAt {
  readonly pid: number;
  readonly http_url: string;
  readonly mqtt_url: string;
}

const NAME = 'running.json';

export function writeRunning(data: string, at: RunningAt): void {
  writeFileSync(join(data, NAME), `${JSON.stringify(at)}\n`);
}

export function removeRunning(data: string): void {
  rmSync(join(data, NAME), { force: true });
}

export function readRunning(data: string): RunningAt | undefined {
  try {
    return JSON.parse(readFileSync(join(data, NAME), 'utf8')) as RunningAt;
  } catch {
    return undefined;
  }
}
