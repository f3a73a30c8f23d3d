/**
 * Whether a subscription filter is one of MQTT 3.1.1 (4.7): `+` and `#` alone in their level, `#` only at the end.
 * `$share/…` is not, and topics that begin with `$` are nobody's business: both are refused.
 */
export function isOrdinaryFilter(filter: string): boolean {
  if (filter === '' || filter.startsWith('$') || filter.includes('\0')) return false;
  const levels = filter.split('/');
  return levels.every((level, i) => {
    if (level === '#') return i === levels.length - 1;
    return level === '+' || !/[+#]/.test(level);
  });
}
