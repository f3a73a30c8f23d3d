import { HOUR_MS, MINUTE_MS } from '../model/clock.ts';
import type { Random } from '../model/random.ts';
import { type Coordinates, sunAltitude } from '../model/sun.ts';

/**
 * Light on the ground under a clear sky by the sun's altitude, decades between known points: the ends of nautical and
 * civil twilight (0.008 and 3.4 lux), 400 lux at sunset, and the open day. So 35 lux come 20 minutes after sunset in
 * England, as lighting engineers say (Dundee City Council).
 */
const CLEAR: readonly (readonly [altitude_deg: number, lux: number])[] = [
  [-18, 0.001],
  [-12, 0.008],
  [-6, 3.4],
  [-0.8, 400],
  [6, 5_000],
  [20, 30_000],
  [90, 120_000],
];
/** The darkest clouds let through a tenth: 1,000 lux of an overcast day's 10,000. */
const DARKEST = 10;

/** The sky over a site. */
export interface Daylight {
  /** Light on the ground. */
  lux(at: number): number;
  /** Whether the sun climbs. */
  rises(at: number): boolean;
}

function clear(altitude_deg: number): number {
  const above = Math.max(
    1,
    CLEAR.findIndex(([altitude]) => altitude > altitude_deg),
  );
  const [low, low_lux] = CLEAR[above - 1]!;
  const [high, high_lux] = CLEAR[above]!;
  const share = Math.max(0, (altitude_deg - low) / (high - low));
  return low_lux * (high_lux / low_lux) ** share;
}

/** Clouds come and go by the hour, drawn. */
export function daylightOf(place: Coordinates, random: Random): Daylight {
  const cover = (hour: number): number => random.fork(String(hour)).next();
  return {
    lux: (at) => {
      const hour = Math.floor(at / HOUR_MS);
      const share = at / HOUR_MS - hour;
      const clouds = cover(hour) * (1 - share) + cover(hour + 1) * share;
      return clear(sunAltitude(at, place)) / DARKEST ** clouds;
    },
    rises: (at) => sunAltitude(at + MINUTE_MS, place) > sunAltitude(at, place),
  };
}
