/** How a machine is judged when it vibrates: a standard and its class, or its own past. */
export const VIBRATION_CLASSES = [
  'iso10816_7_1',
  'iso10816_7_2',
  'iso10816_3_rigid',
  'iso10816_3_flexible',
  'own',
] as const;
export type VibrationClass = (typeof VIBRATION_CLASSES)[number];

/** Zone limits, mm/s RMS: B/C and C/D. */
type ZoneLimits = readonly [bc_mm_s: number, cd_mm_s: number];

interface Zones {
  /** Above this power, in watts, the second pair holds. */
  readonly above_w: number;
  readonly small: ZoneLimits;
  readonly large: ZoneLimits;
}

// ISO 10816-7 (rotodynamic pumps; category I: high reliability asked) and ISO 10816-3 (machines from 15 kW, by
// foundation), both from secondary sources.
const ZONES: Readonly<Record<Exclude<VibrationClass, 'own'>, Zones>> = {
  iso10816_7_1: { above_w: 200_000, small: [4, 6.6], large: [5, 7.6] },
  iso10816_7_2: { above_w: 200_000, small: [5.1, 8.5], large: [6.1, 9.5] },
  iso10816_3_rigid: { above_w: 300_000, small: [2.8, 4.5], large: [4.5, 7.1] },
  iso10816_3_flexible: { above_w: 300_000, small: [4.5, 7.1], large: [7.1, 11] },
};

/** What vibration begins to be unwell and to do harm; a machine judged by its own past has those of ISO 10816-7. */
export function vibrationLimits(by: VibrationClass, rated_w: number): ZoneLimits {
  const { above_w, small, large } = ZONES[by === 'own' ? 'iso10816_7_1' : by];
  return rated_w > above_w ? large : small;
}

/** Watts of a horsepower, and of the motors that NEMA MG 10 tells starts for. */
const HORSEPOWER_W = 745.7;
const NEMA_HP = [5, 25, 100] as const;

/** Starts an hour by poles, for those motors. */
const NEMA_STARTS: Readonly<Record<2 | 4 | 6, readonly [number, number, number]>> = {
  2: [8.1, 4.4, 2.6],
  4: [16.3, 8.8, 5.2],
  6: [18.4, 10, 5.9],
};

/** Most starts an hour of a motor: NEMA MG 10, between its rows on a straight line of logarithms. */
export function hourlyStartsLimit(rated_w: number, poles: 2 | 4 | 6): number {
  const starts = NEMA_STARTS[poles];
  const hp = Math.min(Math.max(rated_w / HORSEPOWER_W, NEMA_HP[0]), NEMA_HP[2]);
  const i = hp < NEMA_HP[1] ? 0 : 1;
  const [from, to] = [NEMA_HP[i]!, NEMA_HP[i + 1]!];
  const share = Math.log(hp / from) / Math.log(to / from);
  return Math.round(10 * starts[i]! * (starts[i + 1]! / starts[i]!) ** share) / 10;
}
