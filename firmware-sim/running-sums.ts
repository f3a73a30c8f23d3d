import { DAY_MS } from '../model/clock.ts';

/** Mean over the samples of the last `span_ms`, the newest included. */
export function meanOver(span_ms: number): (ts: number, value: number) => number {
  const kept: { ts: number; value: number }[] = [];
  return (ts, value) => {
    kept.push({ ts, value });
    while (kept[0]!.ts <= ts - span_ms) kept.shift();
    return kept.reduce((sum, one) => sum + one.value, 0) / kept.length;
  };
}

/**
 * A mean that forgets, with a time constant of the time that counts; undefined values and the time before them do not.
 * While it is young it is the plain mean.
 */
export function smoothOver(constant_ms: number): (ts: number, value: number | undefined) => number {
  let last = 0;
  let counted_ms = 0;
  let mean: number | undefined;
  return (ts, value) => {
    const step_ms = Math.min(ts - last, constant_ms);
    last = ts;
    if (value === undefined) return mean ?? Number.NaN;
    if (mean === undefined) mean = value;
    else {
      counted_ms += step_ms;
      mean += Math.max(1 - Math.exp(-step_ms / constant_ms), step_ms / counted_ms) * (value - mean);
    }
    return mean;
  };
}

/** What a counter rose by over the last `span_ms`. */
export function riseOver(span_ms: number): (ts: number, value: number) => number {
  const kept: { ts: number; value: number }[] = [];
  return (ts, value) => {
    kept.push({ ts, value });
    while (kept[0]!.ts <= ts - span_ms) kept.shift();
    return value - kept[0]!.value;
  };
}

/** A mean of the asset's own first days, then frozen: what it is compared with. */
export function ownMean(span_ms: number): (ts: number, value: number) => number {
  let first: number | undefined;
  let sum = 0;
  let count = 0;
  return (ts, value) => {
    first ??= ts;
    if (ts - first < span_ms) {
      sum += value;
      count++;
    }
    return sum / count;
  };
}

/** Days until a least-squares line through the last `span_ms` is at nothing; infinite when it does not fall. */
export function daysLeft(span_ms: number): (ts: number, value: number) => number {
  const kept: { x: number; y: number }[] = [];
  return (ts, value) => {
    kept.push({ x: ts / DAY_MS, y: value });
    while (kept[0]!.x <= (ts - span_ms) / DAY_MS) kept.shift();
    const mean = (of: (point: { x: number; y: number }) => number): number =>
      kept.reduce((sum, point) => sum + of(point), 0) / kept.length;
    const mx = mean(({ x }) => x);
    const my = mean(({ y }) => y);
    const slope = mean(({ x, y }) => (x - mx) * (y - my)) / mean(({ x }) => (x - mx) ** 2);
    return slope < 0 ? value / -slope : Number.POSITIVE_INFINITY;
  };
}
