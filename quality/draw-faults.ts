import { COUNTS_ONLY, ENDLESS, type FaultKind } from '../firmware-sim/fault-kinds.ts';
import type { Scenario, ScenarioFault } from '../firmware-sim/scenario.ts';
import type { Random } from '../model/random.ts';
import type { Asset, Site } from '../model/site.ts';

/** How one kind of fault is spread over the site. Durations are drawn between least and most. */
interface Spread {
  readonly fits: (asset: Asset) => boolean;
  /** Share of the fitting assets that it happens to in 30 days; at least `few` of them where there are so many. */
  readonly share: number;
  readonly few: number;
  readonly least_h: number;
  readonly most_h: number;
  /** How long a gradual one takes to come. */
  readonly onset_h?: number;
  /** First and last day on which it may begin: what is compared with its own past needs one. */
  readonly from_d?: number;
  readonly until_d?: number;
}

const ofKind =
  (kind: string) =>
  (asset: Asset): boolean =>
    asset.kind === kind;
const bayOf =
  (...classes: string[]) =>
  (asset: Asset): boolean =>
    asset.kind === 'bay' && classes.includes(String(asset.attributes['bay_class']));
const pumpOf =
  (...duties: string[]) =>
  (asset: Asset): boolean =>
    asset.kind === 'pump' && duties.includes(String(asset.attributes['duty']));

const BATTERIES = bayOf('general', 'reserved', 'accessible');
const limited = (asset: Asset): boolean =>
  asset.kind === 'bay' && Number(asset.attributes['limit_minutes']) > 0;

const METERED_LAMPS = (asset: Asset): boolean =>
  asset.kind === 'luminaire' && asset.attributes['model'] !== COUNTS_ONLY;

const SPREADS: Record<FaultKind, Spread> = {
  lamp_out: { fits: METERED_LAMPS, share: 0.04, few: 3, least_h: 20, most_h: 120 },
  lamp_cycling: { fits: METERED_LAMPS, share: 0.02, few: 2, least_h: 26, most_h: 96 },
  day_burner: { fits: METERED_LAMPS, share: 0.02, few: 2, least_h: 26, most_h: 120 },
  day_burner_counted: {
    fits: (asset) => asset.attributes['model'] === COUNTS_ONLY,
    share: 0.2,
    few: 1,
    least_h: 40,
    most_h: 120,
    from_d: 2,
  },
  wrong_level: { fits: METERED_LAMPS, share: 0.02, few: 2, least_h: 26, most_h: 120 },
  power_factor_low: {
    fits: METERED_LAMPS,
    share: 0.02,
    few: 2,
    least_h: 100,
    most_h: 300,
    onset_h: 72,
  },
  driver_hot: { fits: METERED_LAMPS, share: 0.02, few: 2, least_h: 60, most_h: 200, onset_h: 48 },
  lumen_life: { fits: METERED_LAMPS, share: 0.01, few: 2, least_h: 24, most_h: 24 },
  circuit_out: { fits: ofKind('circuit'), share: 0.3, few: 1, least_h: 16, most_h: 48 },
  pump_dry_run: { fits: pumpOf('drainage', 'booster'), share: 0.08, few: 1, least_h: 0.7, most_h: 6 },
  pump_vibration: {
    fits: (asset) => pumpOf('booster')(asset) && asset.attributes['vibration_class'] !== 'own',
    share: 0.12,
    few: 1,
    least_h: 60,
    most_h: 200,
    onset_h: 48,
  },
  vibration_rise: {
    fits: (asset) => pumpOf('booster')(asset) && asset.attributes['vibration_class'] === 'own',
    share: 0.3,
    few: 1,
    least_h: 60,
    most_h: 200,
    onset_h: 48,
    from_d: 8,
  },
  pump_service_due: { fits: pumpOf('drainage', 'booster'), share: 0.06, few: 1, least_h: 24, most_h: 24 },
  starts_service_due: { fits: pumpOf('drainage'), share: 0.06, few: 1, least_h: 24, most_h: 24 },
  bearing_hot: { fits: pumpOf('booster'), share: 0.12, few: 1, least_h: 40, most_h: 120, onset_h: 24 },
  fails_to_start: { fits: pumpOf('drainage', 'booster'), share: 0.06, few: 1, least_h: 3, most_h: 24 },
  runs_on: { fits: pumpOf('drainage', 'fire'), share: 0.1, few: 1, least_h: 26, most_h: 60 },
  short_cycling: { fits: pumpOf('drainage'), share: 0.1, few: 1, least_h: 4, most_h: 24 },
  starts_often: { fits: pumpOf('drainage'), share: 0.06, few: 1, least_h: 30, most_h: 72 },
  cavitation: { fits: pumpOf('booster'), share: 0.1, few: 1, least_h: 2, most_h: 24, from_d: 8 },
  efficiency_loss: {
    fits: pumpOf('drainage'),
    share: 0.12,
    few: 1,
    least_h: 300,
    most_h: 480,
    onset_h: 96,
    from_d: 8,
  },
  seal_leak: { fits: ofKind('pump'), share: 0.06, few: 1, least_h: 4, most_h: 100 },
  bay_stuck: { fits: BATTERIES, share: 0.02, few: 2, least_h: 90, most_h: 240 },
  sensor_drift: { fits: BATTERIES, share: 0.02, few: 2, least_h: 200, most_h: 400, onset_h: 48, from_d: 8 },
  overstay: { fits: limited, share: 0.2, few: 3, least_h: 5, most_h: 12 },
  fire_lane_occupied: { fits: bayOf('fire_lane'), share: 0.4, few: 2, least_h: 1.5, most_h: 12 },
  device_silent: { fits: (asset) => asset.kind !== 'gateway', share: 0.01, few: 3, least_h: 8, most_h: 120 },
  clock_reset: { fits: (asset) => asset.kind !== 'gateway', share: 0.005, few: 2, least_h: 8, most_h: 120 },
  gateway_silent: { fits: ofKind('gateway'), share: 0.15, few: 1, least_h: 1.5, most_h: 12 },
  gateway_outage: { fits: ofKind('gateway'), share: 0.5, few: 2, least_h: 0.05, most_h: 4 },
  gate_miscounts: { fits: ofKind('meter'), share: 0.3, few: 1, least_h: 30, most_h: 100 },
  battery_low: { fits: BATTERIES, share: 0.02, few: 2, least_h: 24, most_h: 200 },
  battery_draining: { fits: BATTERIES, share: 0.01, few: 2, least_h: 480, most_h: 600, until_d: 8 },
  // Last, so that what was drawn before it was known stays as it was.
  calendar_service_due: { fits: pumpOf('fire', 'booster'), share: 0.1, few: 1, least_h: 24, most_h: 24 },
};

/** Nothing begins on the first day: windows fill, and who came before is not known. */
const QUIET_D = 1;

function drawOne(fault: FaultKind, asset: Asset, random: Random, days: number): ScenarioFault {
  const { least_h, most_h, onset_h = 0, from_d = QUIET_D, until_d = days } = SPREADS[fault];
  // Short ones are as likely as long ones on the scale of people: 1–2 h as 4–8 h.
  const duration_h = least_h * (most_h / least_h) ** random.next();
  const last_d = Math.max(from_d, Math.min(until_d, days - duration_h / 48));
  const offset_min = Math.round((from_d + random.next() * (last_d - from_d)) * 1440);
  const duration_min = ENDLESS.has(fault) ? undefined : Math.round(duration_h * 60);
  return {
    fault,
    asset: asset.id,
    when: { anchor: 'now', offset_min, duration_min },
    vibration_mm_s: undefined,
    battery_pct: undefined,
    onset_h,
  };
}

/**
 * Faults of every kind, drawn over assets and time, told from the beginning of the simulation. An asset has one fault
 * of its own at most, so that what is found can be told apart; its circuit and its gateway fail besides.
 */
export function drawFaults(random: Random, site: Site, days: number): Scenario {
  const taken = new Set<string>();
  const faults: ScenarioFault[] = [];
  for (const fault of Object.keys(SPREADS) as FaultKind[]) {
    const { fits, share, few } = SPREADS[fault];
    const luck = random.fork(fault);
    const fitting = site.assets.filter((asset) => fits(asset) && !taken.has(asset.id));
    const count = Math.min(fitting.length, Math.max(few, Math.round(fitting.length * share * (days / 30))));
    for (let i = 0; i < count; i++) {
      const [asset] = fitting.splice(luck.int(fitting.length), 1);
      taken.add(asset!.id);
      faults.push(drawOne(fault, asset!, luck, days));
    }
  }
  return { faults };
}
