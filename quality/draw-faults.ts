import type { FaultKind } from '../firmware-sim/fault-kinds.ts';
import type { Scenario, ScenarioFault } from '../firmware-sim/scenario.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../model/clock.ts';
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

const SPREADS: Record<FaultKind, Spread> = {
  lamp_out: { fits: ofKind('luminaire'), share: 0.04, few: 3, least_h: 20, most_h: 120 },
  circuit_out: { fits: ofKind('circuit'), share: 0.3, few: 1, least_h: 16, most_h: 48 },
  day_burner: { fits: ofKind('luminaire'), share: 0.03, few: 2, least_h: 26, most_h: 120 },
  pump_dry_run: { fits: pumpOf('drainage', 'booster'), share: 0.12, few: 1, least_h: 0.7, most_h: 6 },
  pump_vibration: { fits: pumpOf('booster'), share: 0.15, few: 1, least_h: 12, most_h: 96 },
  pump_service_due: { fits: pumpOf('drainage', 'booster'), share: 0.1, few: 1, least_h: 0, most_h: 0 },
  bay_stuck: {
    fits: bayOf('general', 'reserved', 'accessible'),
    share: 0.03,
    few: 2,
    least_h: 80,
    most_h: 240,
  },
  fire_lane_occupied: { fits: bayOf('fire_lane'), share: 0.4, few: 2, least_h: 1.5, most_h: 12 },
  device_silent: { fits: (asset) => asset.kind !== 'gateway', share: 0.02, few: 3, least_h: 8, most_h: 120 },
  gateway_silent: { fits: ofKind('gateway'), share: 0.15, few: 1, least_h: 1, most_h: 12 },
  gateway_outage: { fits: ofKind('gateway'), share: 0.5, few: 2, least_h: 0.05, most_h: 4 },
  battery_low: {
    fits: bayOf('general', 'reserved', 'accessible'),
    share: 0.03,
    few: 2,
    least_h: 24,
    most_h: 200,
  },
};

/** Nothing begins on the first day: windows fill, and who came before is not known. */
const QUIET_MS = DAY_MS;

function drawOne(fault: FaultKind, asset: Asset, random: Random, days: number): ScenarioFault {
  const { least_h, most_h } = SPREADS[fault];
  // Short ones are as likely as long ones on the scale of people: 1–2 h as 4–8 h.
  const duration_h = least_h * (most_h / least_h) ** random.next();
  const span_ms = Math.max(0, days * DAY_MS - QUIET_MS - HOUR_MS);
  const offset_min = (QUIET_MS + random.next() * span_ms) / MINUTE_MS;
  const duration_min = fault === 'pump_service_due' ? undefined : Math.round(duration_h * 60);
  return {
    fault,
    asset: asset.id,
    when: { anchor: 'now', offset_min: Math.round(offset_min), duration_min },
    vibration_mm_s: undefined,
    battery_pct: undefined,
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
