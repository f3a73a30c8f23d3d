const RFC3339 =
  /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d\d):(\d\d))$/;

/**
 * Epoch milliseconds of an RFC 3339 time, or undefined when it is none. Stricter than `Date.parse`, which takes a
 * 30th of February for the 2nd of March. A leap second is the second that follows it.
 */
export function parseRfc3339(text: string): number | undefined {
  const match = RFC3339.exec(text);
  if (!match) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const offsetHour = Number(match[9] ?? 0);
  const offsetMinute = Number(match[10] ?? 0);
  if (hour > 23 || minute > 59 || second > 60 || offsetHour > 23 || offsetMinute > 59) return undefined;
  const midnight = new Date(Date.UTC(year, month - 1, day));
  if (midnight.getUTCMonth() !== month - 1 || midnight.getUTCDate() !== day) return undefined;
  const fraction_ms = Number((match[7] ?? '0').padEnd(3, '0').slice(0, 3));
  const offset_min = (offsetHour * 60 + offsetMinute) * (match[8] === '-' ? -1 : 1);
  return midnight.getTime() + ((hour * 60 + minute - offset_min) * 60 + second) * 1_000 + fraction_ms;
}

/** Epoch milliseconds of a time as devices write it: epoch milliseconds or RFC 3339; undefined when it is neither. */
export function parseTime(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? Math.round(value) : undefined;
  return typeof value === 'string' ? parseRfc3339(value) : undefined;
}
