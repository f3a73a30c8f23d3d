import type { Random } from '../model/random.ts';
import type { Asset } from '../model/site.ts';
import type { Calendar } from './calendar.ts';
import type { Ailments } from './injection.ts';

/** What the controller on the pole draws when its lamp is off. */
const STANDBY_W = 0.4;
/** A cold LED draws more; it settles in about a quarter of an hour. */
const COLD_SHARE = 0.05;
const SETTLE_MIN = 7;

/** A lamp without its meter: what it is told and what it draws, a function of time alone. */
export interface Lamp {
  /** The level it is told, in percent. */
  level(at: number): number;
  power(at: number): number;
  /** Whether its circuit is live; the controllers have a feed of their own and go on speaking. */
  fed(at: number): boolean;
}

/** `circuit` are the ailments of the circuit that feeds it. */
export function lampOf(
  asset: Asset,
  calendar: Calendar,
  ailments: Ailments,
  circuit: Ailments | undefined,
  random: Random,
): Lamp {
  const rated_w = Number(asset.attributes['rated_w']);
  // No two drivers are alike: ±3 % of rated power.
  const share = 1 + 0.03 * (2 * random.next() - 1);
  const fed = (at: number): boolean => circuit?.at('circuit_out', at) === undefined;
  // A day-burner's relay is welded: no schedule, no dimming.
  const level = (at: number): number => (ailments.at('day_burner', at) ? 100 : calendar.lit(at).level_pct);
  return {
    level,
    fed,
    power: (at) => {
      if (!fed(at)) return 0;
      const told = level(at);
      if (told === 0 || ailments.at('lamp_out', at)) return STANDBY_W;
      const cold = 1 + COLD_SHARE * Math.exp(-calendar.lit(at).minutes / SETTLE_MIN);
      return STANDBY_W + rated_w * share * (told / 100) * (told === 100 ? cold : 1);
    },
  };
}
