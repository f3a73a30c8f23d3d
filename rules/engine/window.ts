import { HOUR_MS } from '../../model/clock.ts';
import type { WindowReader } from '../language/context.ts';

/** A window is kept as at most this many panes (and one): its far edge is exact to 1/128 of its width. */
const PANES = 128;

/** Samples of one pane, folded. A pane with one sample keeps it exactly. */
export interface Pane {
  slice: number;
  n: number;
  sum: number;
  squares: number;
  min: number;
  max: number;
  /** Sum of the times after `firstAt`, for the slope. */
  lag: number;
  firstAt: number;
  first: number;
  lastAt: number;
  last: number;
  changes: number;
  rise: number;
}

export interface Window extends WindowReader {
  /** Samples come in the order of time; each time once. */
  add(ts: number, value: number): void;
  panes(): readonly Pane[];
}

// A counter that falls was reset: what it shows has risen since.
const riseOf = (from: number, to: number): number => (to >= from ? to - from : to);

function paneOf(slice: number, ts: number, value: number): Pane {
  return {
    slice,
    n: 1,
    sum: value,
    squares: value * value,
    min: value,
    max: value,
    lag: 0,
    firstAt: ts,
    first: value,
    lastAt: ts,
    last: value,
    changes: 0,
    rise: 0,
  };
}

function fold(pane: Pane, ts: number, value: number): void {
  pane.n++;
  pane.sum += value;
  pane.squares += value * value;
  if (value < pane.min) pane.min = value;
  if (value > pane.max) pane.max = value;
  pane.lag += ts - pane.firstAt;
  if (value !== pane.last) pane.changes++;
  pane.rise += riseOf(pane.last, value);
  pane.lastAt = ts;
  pane.last = value;
}

/** Least squares through the panes' means, per hour. */
function slopeOf(panes: readonly Pane[]): number {
  const origin = panes[0]?.firstAt ?? 0;
  let [n, st, sv, stt, stv] = [0, 0, 0, 0, 0];
  for (const pane of panes) {
    const t = (pane.firstAt - origin + pane.lag / pane.n) / HOUR_MS;
    const v = pane.sum / pane.n;
    n += pane.n;
    st += pane.n * t;
    sv += pane.n * v;
    stt += pane.n * t * t;
    stv += pane.n * t * v;
  }
  const spread = n * stt - st * st;
  return spread > 0 ? (n * stv - st * sv) / spread : Number.NaN;
}

/** `width_ms` long, ending at the newest sample. `kept`: panes of a snapshot. */
export function createWindow(width_ms: number, kept: readonly Pane[] = []): Window {
  const panes: Pane[] = kept.map((pane) => ({ ...pane }));
  const pane_ms = Math.max(1, Math.floor(width_ms / PANES));
  const total = (of: (pane: Pane) => number): number => {
    let sum = 0;
    for (const pane of panes) sum += of(pane);
    return sum;
  };
  const between = (of: (from: number, to: number) => number): number => {
    let sum = 0;
    for (let i = 1; i < panes.length; i++) sum += of(panes[i - 1]!.last, panes[i]!.first);
    return sum;
  };
  const count = (): number => total((pane) => pane.n);
  const avg = (): number => total((pane) => pane.sum) / count();
  return {
    add: (ts, value) => {
      const slice = Math.floor(ts / pane_ms);
      const newest = panes.at(-1);
      if (newest?.slice === slice) fold(newest, ts, value);
      else panes.push(paneOf(slice, ts, value));
      let old = 0;
      while (panes[old]!.lastAt <= ts - width_ms) old++;
      if (old > 0) panes.splice(0, old);
    },
    panes: () => panes,
    avg,
    count,
    sum: () => total((pane) => pane.sum),
    min: () => panes.reduce((least, pane) => Math.min(least, pane.min), Number.POSITIVE_INFINITY),
    max: () => panes.reduce((most, pane) => Math.max(most, pane.max), Number.NEGATIVE_INFINITY),
    changes: () => total((pane) => pane.changes) + between((from, to) => (from === to ? 0 : 1)),
    rate: () => {
      const ms = (panes.at(-1)?.lastAt ?? 0) - (panes[0]?.firstAt ?? 0);
      return ms > 0 ? ((total((pane) => pane.rise) + between(riseOf)) * HOUR_MS) / ms : Number.NaN;
    },
    slope: () => slopeOf(panes),
    stddev: () => {
      const mean = avg();
      return Math.sqrt(Math.max(0, total((pane) => pane.squares) / count() - mean * mean));
    },
  };
}
