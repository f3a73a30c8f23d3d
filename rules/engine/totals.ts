import { HOUR_MS } from '../../model/clock.ts';
import type { Total } from '../language/layout.ts';
import { riseOf } from './pane.ts';
import type { WindowPlan } from './window.ts';

type Panes = (v: Float64Array, block: number, count: number, window: WindowPlan) => number;

const sumOf =
  (field: 'n' | 'sum' | 'squares'): Panes =>
  (v, block, count, { stride, fields }) => {
    let sum = 0;
    const end = block + count * stride;
    for (let p = block + fields[field]; p < end; p += stride) sum += v[p]!;
    return sum;
  };

/** What panes hold, and what happens from each to the next. */
const chain =
  (field: 'changes' | 'rise', between: (from: number, to: number) => number): Panes =>
  (v, block, count, { stride, fields }) => {
    let sum = 0;
    for (let i = 0, p = block; i < count; i++, p += stride) {
      if (i > 0) sum += between(v[p - stride + fields.last]!, v[p + fields.first]!);
      sum += v[p + fields[field]]!;
    }
    return sum;
  };

/**
 * Totals from the panes. Made anew whenever a pane leaves: taking its share off would let rounding errors grow for
 * ever.
 */
export const TOTAL_OF: Readonly<Record<Total, Panes>> = {
  n: sumOf('n'),
  sum: sumOf('sum'),
  squares: sumOf('squares'),
  min: (v, block, count, { stride, fields }) => {
    let least = Number.POSITIVE_INFINITY;
    for (let i = 0, p = block + fields.min; i < count; i++, p += stride) least = Math.min(least, v[p]!);
    return least;
  },
  max: (v, block, count, { stride, fields }) => {
    let most = Number.NEGATIVE_INFINITY;
    for (let i = 0, p = block + fields.max; i < count; i++, p += stride) most = Math.max(most, v[p]!);
    return most;
  },
  changes: chain('changes', (from, to) => (from === to ? 0 : 1)),
  rise: chain('rise', riseOf),
  oldest: (v, block, _count, { fields }) => v[block + fields.first_at]!,
};

/** A total after one more sample; `last`: the value before it. */
export const TOTAL_AFTER: Readonly<Record<Total, (total: number, value: number, last: number) => number>> = {
  n: (total) => total + 1,
  sum: (total, value) => total + value,
  squares: (total, value) => total + value * value,
  min: (total, value) => Math.min(total, value),
  max: (total, value) => Math.max(total, value),
  changes: (total, value, last) => (value === last ? total : total + 1),
  rise: (total, value, last) => total + riseOf(last, value),
  oldest: (total) => total,
};

/** Least squares through the panes' means, per hour. */
export const slopeOf: Panes = (v, block, count, { stride, fields }) => {
  const origin = v[block + fields.first_at]!;
  let [n, st, sv, stt, stv] = [0, 0, 0, 0, 0];
  for (let i = 0, p = block; i < count; i++, p += stride) {
    const samples = v[p + fields.n]!;
    const t = (v[p + fields.first_at]! - origin + v[p + fields.lag]! / samples) / HOUR_MS;
    const value = v[p + fields.sum]! / samples;
    n += samples;
    st += samples * t;
    sv += samples * value;
    stt += samples * t * t;
    stv += samples * t * value;
  }
  const spread = n * stt - st * st;
  return spread > 0 ? (n * stv - st * sv) / spread : Number.NaN;
};
