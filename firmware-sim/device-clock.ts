import { DAY_MS } from '../model/clock.ts';
import type { Random } from '../model/random.ts';
import type { Ailments } from './injection.ts';

/** Where a clock without a battery begins. */
const CLOCK_ZERO = Date.UTC(2000, 0, 1);
/**
 * Watch crystals are off by ±20 ppm, and lose 0.034 ppm more for every square of a degree that they are from 25 °C: 42 at
 * −10 °C (data sheets of tuning-fork crystals). Standard deviation, parts per million.
 */
const DRIFT_PPM = 40;
/** So many devices are told the time when they join, and never again. */
const NEVER_SET_SHARE = 0.05;

/** What time a device believes it is; without ailment or drift the right one. */
export interface DeviceClock {
  says(at: number): number;
  /** It has forgotten what time it is. */
  isLost(at: number): boolean;
}

/** `random`: its crystal, when it drifts. Its network sets it once a day. */
export function deviceClock(ailments: Ailments, start: number, random: Random | undefined): DeviceClock {
  const rate = random ? (DRIFT_PPM / 1e6) * random.normal() : 0;
  const isSet = random ? random.next() >= NEVER_SET_SHARE : true;
  const first = start - (random ? random.int(DAY_MS) : 0);
  const lastSet = (at: number): number => (isSet ? at - ((at - first) % DAY_MS) : first);
  return {
    says: (at) => {
      const reset = ailments.at('clock_reset', at);
      return reset ? CLOCK_ZERO + (at - reset.from) : Math.round(at + rate * (at - lastSet(at)));
    },
    isLost: (at) => ailments.at('clock_reset', at) !== undefined,
  };
}
