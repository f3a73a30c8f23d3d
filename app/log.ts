import { type Logger, pino } from 'pino';
import type { Config } from './config-schema.ts';

const LEVEL_NAMES: Readonly<Record<number, string>> = {
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'error',
  60: 'fatal',
};
const OWN_KEYS = new Set(['level', 'time', 'pid', 'hostname', 'msg']);

/** One line for people: time, level, message, then what else was said as key=value. */
function textLine(json: string): string {
  const record = JSON.parse(json) as Record<string, unknown>;
  const time = new Date(Number(record['time'])).toISOString();
  const more = Object.entries(record)
    .filter(([key]) => !OWN_KEYS.has(key))
    .map(([key, value]) => {
      const message = (value as { message?: string } | null)?.message;
      return `${key}=${message ?? (typeof value === 'string' ? value : JSON.stringify(value))}`;
    });
  const level = LEVEL_NAMES[Number(record['level'])] ?? 'log';
  return `${[time, level.padEnd(5), record['msg'] ?? '', ...more].join(' ')}\n`;
}

/** The log goes to standard error; standard output is for what a command was asked for. */
export function createLog({ level, format }: Config['log']): Logger {
  if (format === 'json') return pino({ level, base: null }, process.stderr);
  return pino({ level, base: null }, { write: (line: string) => process.stderr.write(textLine(line)) });
}
