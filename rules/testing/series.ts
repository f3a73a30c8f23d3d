/** Values of a series: a number, or undefined where the sample is missing. */
export type Values = readonly (number | undefined)[];

const NUMBER = String.raw`(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?`;
const ITEM = new RegExp(`^(?:(_)|(-?${NUMBER})([+-]${NUMBER})?)(?:x(\\d+))?$`);

/**
 * Reads promtool's notation: `98` one sample, `98x3` that value and three more, `0+60x3` 0 60 120 180, `_` a missing
 * sample, `_x3` three of them.
 *
 * Throws a RangeError that names the item it cannot read.
 */
export function parseValues(text: string): Values {
  return text
    .trim()
    .split(/\s+/)
    .flatMap((item) => {
      const match = ITEM.exec(item);
      if (!match) {
        throw new RangeError(`"${item}" is no value: write 98, 98x3 (and three more), 0+60x3, _ or _x3`);
      }
      const [, missing, start, step, times] = match;
      if (missing) return Array.from({ length: Number(times ?? 1) }, () => undefined);
      return Array.from({ length: Number(times ?? 0) + 1 }, (_, i) => Number(start) + i * Number(step ?? 0));
    });
}

/** `L[1-3]` is L1, L2, L3; leading zeros are kept: `p[01-12]`. */
export function expandIds(pattern: string): readonly string[] {
  const match = /^(.*)\[(\d+)-(\d+)\](.*)$/.exec(pattern);
  if (!match) return [pattern];
  const [, head, from, to, tail] = match;
  const count = Number(to) - Number(from) + 1;
  return Array.from(
    { length: Math.max(0, count) },
    (_, i) => `${head}${String(Number(from) + i).padStart(from!.length, '0')}${tail}`,
  );
}

/** Ids that the pattern means: a range, or `*` for any text. */
export function matchIds(pattern: string, ids: readonly string[]): readonly string[] {
  if (!pattern.includes('*')) return expandIds(pattern).filter((id) => ids.includes(id));
  const [head, ...rest] = pattern.split('*');
  const tail = rest.join('*');
  return ids.filter((id) => id.length >= pattern.length - 1 && id.startsWith(head!) && id.endsWith(tail));
}
