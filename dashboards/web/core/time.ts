const formats = new Map<string, Intl.DateTimeFormat>();

function partsAt(at: number, tz: string): Record<string, string> {
  let format = formats.get(tz);
  if (!format) {
    format = new Intl.DateTimeFormat('en-GB', {
      timeZone: tz,
      hourCycle: 'h23',
      weekday: 'short',
      day: 'numeric',
      month: 'short',
      year: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
    });
    formats.set(tz, format);
  }
  return Object.fromEntries(format.formatToParts(at).map((part) => [part.type, part.value]));
}

const DAY_MS = 86_400_000;

/** The wall clock at the site, as short as it can be understood: `14:05`, `yesterday 14:05`, `Sat 22 Nov 14:05`. */
export function siteTime(at: number, tz: string, now: number): string {
  const day = (ms: number): string => {
    const parts = partsAt(ms, tz);
    return `${parts['day']} ${parts['month']} ${parts['year']}`;
  };
  const parts = partsAt(at, tz);
  const clock = `${parts['hour']}:${parts['minute']}`;
  if (day(at) === day(now)) return clock;
  if (day(at) === day(now - DAY_MS)) return `yesterday ${clock}`;
  if (day(at) === day(now + DAY_MS)) return `tomorrow ${clock}`;
  const year = parts['year'] === partsAt(now, tz)['year'] ? '' : ` ${parts['year']}`;
  return `${parts['weekday']} ${parts['day']} ${parts['month']}${year} ${clock}`;
}

/** A length of time in its largest sensible unit: `8 s`, `12 min`, `3 h`, `2 h 10 min`, `4 days`. */
export function span(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 10 && minutes % 60 >= 5) return `${hours} h ${minutes % 60} min`;
  if (hours < 48) return `${hours} h`;
  return `${Math.floor(hours / 24)} days`;
}

/** How long ago, or how far ahead: `just now`, `12 min ago`, `in 3 h`. */
export function ago(at: number, now: number): string {
  const apart = now - at;
  if (Math.abs(apart) < 5_000) return 'just now';
  return apart > 0 ? `${span(apart)} ago` : `in ${span(-apart)}`;
}
