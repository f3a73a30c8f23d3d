/**
 * Whether a text is a subscription filter of MQTT 3.1.1 (4.7): `+` and `#` alone in their level, `#` only at the end.
 * `$share/…` is none: it is of MQTT 5, and Aedes would grant it and never deliver.
 */
export function isFilter(filter: string): boolean {
  if (filter === '' || isShared(filter) || filter.includes('\0')) return false;
  const levels = filter.split('/');
  return levels.every((level, i) => {
    if (level === '#') return i === levels.length - 1;
    return level === '+' || !/[+#]/.test(level);
  });
}

/** A shared subscription of MQTT 5: right by its form, and never granted here. */
export function isShared(filter: string): boolean {
  return filter.startsWith('$share/');
}

/** Whether a filter and a shape of one-level names and `+` have a topic in common that does not begin with `$`. */
export function mayMatch(filter: string, shape: readonly string[]): boolean {
  const levels = filter.split('/');
  for (let i = 0; i < levels.length; i++) {
    if (levels[i] === '#') return i <= shape.length;
    if (i >= shape.length) return false;
    if (levels[i] !== '+' && shape[i] !== '+' && levels[i] !== shape[i]) return false;
  }
  return levels.length === shape.length;
}

/** Whether a topic is one of those that the filter names. */
export function filterMatches(filter: string, topic: string): boolean {
  // 4.7.2: what begins with a wildcard names no topic that begins with $.
  if (topic.startsWith('$') && /^[+#]/.test(filter)) return false;
  return mayMatch(filter, topic.split('/'));
}
