import type { Figure, FigureValue } from '../metrics-text.ts';

/** Counts how often a quantity fell into fixed buckets. */
export interface Histogram {
  observe(value: number): void;
  count(): number;
  /** Upper bounds with how many observations were at most that, the last +Inf; and the sum of all. */
  buckets(): readonly (readonly [upTo: number, count: number])[];
  sum(): number;
}

/** `bounds` rise; what is above the last falls into +Inf. */
export function createHistogram(bounds: readonly number[]): Histogram {
  const upTo = [...bounds, Number.POSITIVE_INFINITY];
  const counts = new Float64Array(upTo.length);
  let sum = 0;
  let count = 0;
  return {
    observe: (value) => {
      let i = 0;
      while (value > upTo[i]!) i++;
      counts[i]!++;
      sum += value;
      count++;
    },
    count: () => count,
    buckets: () => {
      let below = 0;
      return upTo.map((bound, i) => {
        below += counts[i]!;
        return [bound, below] as const;
      });
    },
    sum: () => sum,
  };
}

/** From half a millisecond to half a minute: what a disk, a network or a database takes. */
export const SECONDS = [
  0.0005, 0.001, 0.002, 0.005, 0.01, 0.015, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
] as const;
/** From a microsecond to a second: what the processor alone takes. */
export const SHORT_SECONDS = [
  0.000_001, 0.000_002, 0.000_005, 0.000_01, 0.000_02, 0.000_05, 0.000_1, 0.000_5, 0.001, 0.01, 0.1, 1,
] as const;

/** A histogram as Prometheus wants it: p50 and p99 are its `histogram_quantile`. */
export function histogramFigure(name: string, help: string, histogram: Histogram): Figure {
  const values: FigureValue[] = histogram.buckets().map(([bound, value]) => ({
    suffix: '_bucket',
    labels: { le: bound === Number.POSITIVE_INFINITY ? '+Inf' : String(bound) },
    value,
  }));
  values.push({ suffix: '_sum', value: histogram.sum() }, { suffix: '_count', value: histogram.count() });
  return { name, type: 'histogram', help, values };
}
