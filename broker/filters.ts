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

/** Whether an ordinary filter and a shape of one-level names and `+` have a topic in common. */
export function mayMatch(filter: string, shape: readonly string[]): boolean {
  const levels = filter.split('/');
  for (let i = 0; i < levels.length; i++) {
    if (levels[i] === '#') return i <= shape.length;
    if (i >= shape.length) return false;
    if (levels[i] !== '+' && shape[i] !== '+' && levels[i] !== shape[i]) return false;
  }
  return levels.length === shape.length;
}

/** Whether a topic that does not begin with `$` is one of those that the filter names. */
export function filterMatches(filter: string, topic: string): boolean {
  return mayMatch(filter, topic.split('/'));
}
