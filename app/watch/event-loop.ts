import { monitorEventLoopDelay } from 'node:perf_hooks';

/** How late the event loop ran what was due, seconds. */
export interface LoopDelay {
  readonly p50_s: number;
  readonly p99_s: number;
  readonly max_s: number;
}

export interface EventLoopWatch {
  /** Of the last whole span and what has passed of this one, whichever was worse. */
  delay(): LoopDelay;
  stop(): void;
}

const SPAN_MS = 10_000;
const RESOLUTION_MS = 10;
const NS = 1e-9;

/** Watches this process's event loop until it is stopped. */
export function watchEventLoop(): EventLoopWatch {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  // Node counts the whole distance of two looks, its own pause included.
  const late = (ns: number): number => Math.max(0, ns * NS - RESOLUTION_MS / 1_000);
  const look = (): LoopDelay => {
    if (histogram.count === 0) return { p50_s: 0, p99_s: 0, max_s: 0 };
    return {
      p50_s: late(histogram.percentile(50)),
      p99_s: late(histogram.percentile(99)),
      max_s: late(histogram.max),
    };
  };
  let before: LoopDelay = { p50_s: 0, p99_s: 0, max_s: 0 };
  histogram.enable();
  const turning = setInterval(() => {
    before = look();
    histogram.reset();
  }, SPAN_MS);
  turning.unref();
  return {
    delay: () => {
      const now = look();
      return {
        p50_s: Math.max(before.p50_s, now.p50_s),
        p99_s: Math.max(before.p99_s, now.p99_s),
        max_s: Math.max(before.max_s, now.max_s),
      };
    },
    stop: () => {
      clearInterval(turning);
      histogram.disable();
    },
  };
}
