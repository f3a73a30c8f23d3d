import { DAY_MS, MINUTE_MS } from '../../model/clock.ts';
import { seededRandom } from '../../model/random.ts';
import type { Reading } from '../../model/reading.ts';
import { parseDuration } from '../language/duration.ts';

/** How readings reach the engine; the tickets must be the same. */
export interface Variant {
  readonly name: string;
  readonly shuffle_ms: number;
  readonly duplicate: number;
  /** After the start; Infinity = never. */
  readonly restart_ms: number;
  /** What was measured in between never arrives; after the start, and to = from for no gap. */
  readonly gap_ms: readonly [from: number, to: number];
}

export const PLAIN: Variant = {
  name: 'as measured',
  shuffle_ms: 0,
  duplicate: 0,
  restart_ms: Number.POSITIVE_INFINITY,
  gap_ms: [0, 0],
};

/** `shuffle 10m`, `duplicate 5%`, `restart at 30m` or `gap 30m to 40m`; undefined when it is none of them. */
export function parseVariant(name: string): Variant | undefined {
  const [, shuffle] = /^shuffle (\S+)$/.exec(name) ?? [];
  const [, percent] = /^duplicate (\d+(?:\.\d+)?)\s*%$/.exec(name) ?? [];
  const [, restart] = /^restart at (\S+)$/.exec(name) ?? [];
  const ms = parseDuration(shuffle ?? restart ?? '');
  if (shuffle && ms !== undefined) return { ...PLAIN, name, shuffle_ms: ms };
  if (restart && ms !== undefined) return { ...PLAIN, name, restart_ms: ms };
  const [, from, to] = /^gap (\S+) to (\S+)$/.exec(name) ?? [];
  const gap = [parseDuration(from ?? ''), parseDuration(to ?? '')] as const;
  if (gap[0] !== undefined && gap[1] !== undefined && gap[0] < gap[1]) {
    return { ...PLAIN, name, gap_ms: [gap[0], gap[1]] };
  }
  if (percent) return { ...PLAIN, name, duplicate: Number(percent) / 100 };
  return undefined;
}

export interface Arrival {
  readonly at: number;
  readonly reading: Reading;
}

/** Readings with the time at which they arrive, in that order. The same every time. */
export function arrivalsOf(
  readings: readonly Reading[],
  variant: Variant,
  start: number,
): readonly Arrival[] {
  const [from, to] = variant.gap_ms;
  const random = seededRandom(readings.length + Math.round(variant.shuffle_ms % DAY_MS));
  const arrivals = readings.flatMap((reading): Arrival[] => {
    if (reading.ts >= start + from && reading.ts < start + to) return [];
    // Up to, never quite: what comes later than it may is another matter.
    const at = reading.ts + Math.floor(random.next() * variant.shuffle_ms);
    const first = { at, reading: { ...reading, received: at } };
    if (random.next() >= variant.duplicate) return [first];
    return [first, { ...first, at: at + Math.floor(random.next() * 5 * MINUTE_MS) }];
  });
  return arrivals.sort((a, b) => a.at - b.at);
}
