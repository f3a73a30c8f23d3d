import { z } from 'zod';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../model/clock.ts';

/** The last millisecond that RFC 3339 can write: the end of year 9999. */
const MAX_TIME = Date.UTC(10_000, 0) - 1;
const EPOCH = /^\d{1,15}$/;
const RFC3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;
const UNIT_MS = { s: SECOND_MS, m: MINUTE_MS, h: HOUR_MS, d: DAY_MS } as const;
const MAX_EVERY_MS = 366 * DAY_MS;

/** Epoch milliseconds of a time as people or scripts write it; undefined when it is none. */
export function parseTime(text: string): number | undefined {
  if (EPOCH.test(text)) {
    const ms = Number(text);
    return ms <= MAX_TIME ? ms : undefined;
  }
  // A "+" that was not escaped in a query arrives as a blank.
  const written = text.replace(/ (\d\d:\d\d)$/, '+$1');
  const [, year, month, day] = RFC3339.exec(written) ?? [];
  if (year === undefined) return undefined;
  // Date.parse takes 30 February for 2 March.
  const days = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
  if (Number(day) > days) return undefined;
  const ms = Date.parse(written.replace(' ', 'T').toUpperCase());
  return Number.isNaN(ms) || ms < 0 || ms > MAX_TIME ? undefined : ms;
}

/** Milliseconds of `30s`, `5m`, `1h`, `1d`; undefined when it is none, or not within 1 s … 366 d. */
export function parseEvery(text: string): number | undefined {
  const [, amount, unit] = /^(\d{1,8})([smhd])$/.exec(text) ?? [];
  if (unit === undefined) return undefined;
  const ms = Number(amount) * UNIT_MS[unit as keyof typeof UNIT_MS];
  return ms >= SECOND_MS && ms <= MAX_EVERY_MS ? ms : undefined;
}

function parsed(parse: (text: string) => number | undefined, complaint: string, description: string) {
  return z
    .string()
    .transform((text, context): number => {
      const ms = parse(text);
      if (ms === undefined) context.addIssue({ code: 'custom', message: `"${text}" ${complaint}` });
      return ms ?? Number.NaN;
    })
    .describe(description);
}

export const timeInput = (meaning: string) =>
  parsed(
    parseTime,
    'is no time: write RFC 3339 (2026-01-31T18:00:00Z) or epoch milliseconds',
    `${meaning}: RFC 3339 or epoch milliseconds`,
  );

export const everyInput = () =>
  parsed(
    parseEvery,
    'is no width: write 30s, 5m, 1h or 1d, at most 366d',
    'Width of the buckets whose mean is asked for: 30s, 5m, 1h, 1d; absent = every reading as stored',
  );

export const durationInput = (meaning: string) =>
  parsed(parseEvery, 'is no length of time: write 36h or 7d, at most 366d', `${meaning}: 36h, 7d`);
