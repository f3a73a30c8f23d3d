const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(tz: string): Intl.DateTimeFormat {
  let format = formats.get(tz);
  if (!format) {
    format = new Intl.DateTimeFormat('en-GB', {
      timeZone: tz,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
    });
    formats.set(tz, format);
  }
  return format;
}

/** Whether `tz` is a time zone that this machine knows. */
export function isTimeZone(tz: string): boolean {
  try {
    formatOf(tz);
    return true;
  } catch {
    return false;
  }
}

/** The wall clock of a place: its day as `YYYY-MM-DD` and the minutes since its midnight. */
export interface LocalTime {
  readonly day: string;
  readonly minute: number;
}

// Time zones move by whole quarters of an hour, so one answer serves its quarter.
const QUARTER_MS = 900_000;
let last: { tz: string; quarter: number; day: string; minute: number } | undefined;

/** Throws a RangeError when `tz` is not a time zone. */
export function localTime(at: number, tz: string): LocalTime {
  const quarter = Math.floor(at / QUARTER_MS);
  if (last?.tz !== tz || last.quarter !== quarter) {
    const parts = Object.fromEntries(
      formatOf(tz)
        .formatToParts(quarter * QUARTER_MS)
        .map((part) => [part.type, part.value]),
    );
    const minute = Number(parts['hour']) * 60 + Number(parts['minute']);
    last = { tz, quarter, day: `${parts['year']}-${parts['month']}-${parts['day']}`, minute };
  }
  return { day: last.day, minute: last.minute + Math.floor((at - quarter * QUARTER_MS) / 60_000) };
}

/** Minutes since midnight of `HH:MM`. */
export function minuteOfDay(hhmm: string): number {
  return Number(hhmm.slice(0, 2)) * 60 + Number(hhmm.slice(3, 5));
}
