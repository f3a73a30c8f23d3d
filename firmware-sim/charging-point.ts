import { HOUR_MS } from '../model/clock.ts';
import type { Random } from '../model/random.ts';

/** What a charging point delivers: full power until the car has what it came for. */
export interface ChargingPoint {
  plugIn(at: number): void;
  plugOut(at: number): void;
  power(at: number): number;
  /** Energy that the point has delivered since its counter began, kWh. */
  energy(at: number): number;
}

/** Onboard chargers: one phase 16 A and 32 A, three phases 16 A. */
const CHARGERS_W = [3_680, 7_360, 11_040] as const;
const SMALLEST_KWH = 6;
const SPREAD_KWH = 38;

export function chargingPoint(start: number, random: Random): ChargingPoint {
  let before_kwh = 2_000 + 9_000 * random.next();
  let since = start;
  let until = start;
  let drawn_w = 0;
  const energy = (at: number): number =>
    before_kwh + (drawn_w / 1000) * (Math.max(0, Math.min(at, until) - since) / HOUR_MS);
  const settle = (at: number): void => {
    before_kwh = energy(at);
    since = at;
    until = at;
  };
  return {
    plugIn: (at) => {
      settle(at);
      drawn_w = (CHARGERS_W[random.int(CHARGERS_W.length)] ?? 7_360) * (0.97 + 0.02 * random.next());
      until = at + Math.round(((SMALLEST_KWH + SPREAD_KWH * random.next()) / (drawn_w / 1000)) * HOUR_MS);
    },
    plugOut: settle,
    power: (at) => (at >= since && at < until ? drawn_w : 0),
    energy,
  };
}
