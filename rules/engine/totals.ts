import { HOUR_MS } from '../../model/clock.ts';
import type { Total } from '../language/cells.ts';
import type { PaneFields } from '../language/pane-fields.ts';
import type { WindowPlan } from './window-plan.ts';

// A counter that falls was reset: what it shows has risen since.
export const riseOf = (from: string, to: string): string => `(${to} >= ${from} ? ${to} - ${from} : ${to})`;

/** JavaScript that keeps a total in a variable. Panes lie in `a`, the first at `first`, the one in hand at `p`. */
export interface TotalCode {
  /** The total of no panes. */
  readonly none: string;
  /** A statement that takes the pane in hand. */
  readonly pane: (total: string, fields: PaneFields, stride: number) => string;
  /** The total with one more sample `x`, after the sample `last`. */
  readonly sample: (total: string) => string;
}

const sumOf = (field: 'n' | 'sum' | 'squares', sample: TotalCode['sample']): TotalCode => ({
  none: '0',
  pane: (total, fields) => `${total} += a[p + ${fields[field]}];`,
  sample,
});

const extremeOf = (field: 'min' | 'max', none: string, beats: '<' | '>'): TotalCode => ({
  none,
  pane: (total, fields) =>
    `if (a[p + ${fields[field]}] ${beats} ${total}) ${total} = a[p + ${fields[field]}];`,
  sample: (total) => `x ${beats} ${total} ? x : ${total}`,
});

/** What panes hold, and what happens from each to the next. */
const chain = (field: 'changes' | 'rise', between: (from: string, to: string) => string): TotalCode => ({
  none: '0',
  pane: (total, { last, first, [field]: inside }, stride) =>
    `if (p > first) ${total} += ${between(`a[p + ${last - stride}]`, `a[p + ${first}]`)};
    ${total} += a[p + ${inside}];`,
  sample: (total) => `${total} + ${between('last', 'x')}`,
});

/**
 * Totals are made anew from the panes whenever one leaves: taking its share off would let rounding errors grow for
 * ever.
 */
export const TOTAL_CODE: Readonly<Record<Total, TotalCode>> = {
  n: sumOf('n', (total) => `${total} + 1`),
  sum: sumOf('sum', (total) => `${total} + x`),
  squares: sumOf('squares', (total) => `${total} + x * x`),
  min: extremeOf('min', 'Infinity', '<'),
  max: extremeOf('max', '-Infinity', '>'),
  changes: chain('changes', (from, to) => `(${from} === ${to} ? 0 : 1)`),
  rise: chain('rise', riseOf),
  oldest: {
    none: 'NaN',
    pane: (total, fields) => `if (p === first) ${total} = a[p + ${fields.first_at}];`,
    sample: (total) => total,
  },
};

/** Least squares through the means of panes in `a` from `first` on, per hour. */
export function slopeOf(
  a: Float64Array,
  first: number,
  count: number,
  { stride, fields }: WindowPlan,
): number {
  const origin = a[first + fields.first_at]!;
  let [n, st, sv, stt, stv] = [0, 0, 0, 0, 0];
  for (let i = 0, p = first; i < count; i++, p += stride) {
    const samples = a[p + fields.n]!;
    const t = (a[p + fields.first_at]! - origin + a[p + fields.lag]! / samples) / HOUR_MS;
    const value = a[p + fields.sum]! / samples;
    n += samples;
    st += samples * t;
    sv += samples * value;
    stt += samples * t * t;
    stv += samples * t * value;
  }
  const spread = n * stt - st * st;
  return spread > 0 ? (n * stv - st * sv) / spread : Number.NaN;
}
