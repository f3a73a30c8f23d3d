import { cpus, loadavg, release, totalmem, type } from 'node:os';

/** What a figure was measured on; a figure without it says nothing. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memory_gib: number;
  readonly os: string;
  readonly node: string;
  /** Of the minute before: well above 0 means that something else was at work too. */
  readonly load_before: number;
}

export function machine(): Machine {
  const cores = cpus();
  return {
    cpu: cores[0]?.model.trim() ?? 'unknown',
    cores: cores.length,
    memory_gib: Math.round((totalmem() / 2 ** 30) * 10) / 10,
    os: `${type()} ${release()}`,
    node: process.version,
    load_before: Math.round(loadavg()[0]! * 100) / 100,
  };
}
