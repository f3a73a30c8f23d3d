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
}

export const PLAIN: Variant = {
  name: 'as measured',
  shuffle_ms: 0,
  duplicate: 0,
  restart_ms: Number.POSITIVE_INFINITY,
};

/** `shuffle 10m`, `duplicate 5%` or `restart at 30m`; undefined when it is none of them. */
export function parseVariant(name: string): Variant | undefined {
  const [, shuffle] = /^shuffle (\S+)$/.exec(name) ?? [];
  const [, percent] = /^duplicate (\d+(?:\.\d+)?)\s*%$/.exec(name) ?? [];
  const [, restart] = /^restart at (\S+)$/.exec(name) ?? [];
  const ms = parseDuration(shuffle ?? restart ?? '');
  if (shuffle && ms !== undefined) return { ...PLAIN, name, shuffle_ms: ms };
  if (restart && ms !== undefined) return { ...PLAIN, name, restart_ms: ms };
  if (percent) return { ...PLAIN, name, duplicate: Number(percent) / 100 };
  return undefined;
}

export interface Arrival {
  readonly at: number;
  readonly reading: Reading;
}

/** Readings with the time at which they arrive, in that order. The same every time. */
export function arrivalsOf(readings: readonly Reading[], variant: Variant): readonly Arrival[] {
  const random = seededRandom(readings.length + Math.round(variant.shuffle_ms % DAY_MS));
  const arrivals = readings.flatMap((reading): Arrival[] => {
    // Up to, never quite: what comes later than it may is another matter.
    const at = reading.ts + Math.floor(random.next() * variant.shuffle_ms);
    const first = { at, reading: { ...reading, received: at } };
    if (random.next() >= variant.duplicate) return [first];
    return [first, { ...first, at: at + Math.floor(random.next() * 5 * MINUTE_MS) }];
  });
  return arrivals.sort((a, b) => a.at - b.at);
}
