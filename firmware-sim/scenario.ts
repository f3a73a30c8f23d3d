import { z } from 'zod';
import type { Asset, Site } from '../model/site.ts';
import { type Mistake, readStrictYaml } from '../model/strict-yaml.ts';
import { didYouMean } from '../model/suggest.ts';
import { ENDLESS, FAULT_NAMES, type FaultKind, GRADUAL, misfit } from './fault-kinds.ts';
import { parseWhen, type When } from './scenario-time.ts';

const entry = z.strictObject({
  fault: z.enum(FAULT_NAMES),
  asset: z.string(),
  when: z.string(),
  /** pump_vibration: what the housing shows while the motor runs. */
  vibration_mm_s: z.number().positive().max(1000).optional(),
  /** battery_low: what is left when it begins. */
  battery_pct: z.number().min(0).max(100).optional(),
  /** How long a gradual fault takes to come; 0 = it is there at once. */
  onset_h: z.number().min(0).optional(),
  note: z.string().optional(),
});
// A list whose every line is commented out is null in YAML.
export const scenarioSchema = z.strictObject({ faults: z.array(entry).nullish() });
type Entry = z.output<typeof entry>;

/** One fault to be made, as the scenario file tells it. */
export interface ScenarioFault {
  readonly fault: FaultKind;
  readonly asset: string;
  readonly when: When;
  readonly vibration_mm_s: number | undefined;
  readonly battery_pct: number | undefined;
  readonly onset_h: number;
}

export interface Scenario {
  readonly faults: readonly ScenarioFault[];
}

/** Nothing goes wrong. */
export const NO_FAULTS: Scenario = { faults: [] };

/** A device speaks for an asset when the asset promises a heartbeat; signs are told by others. A meter counts cars. */
export function isSimulated(asset: Asset): boolean {
  return asset.kind !== 'sign' && Number(asset.attributes['heartbeat_s']) > 0;
}

function assetMistake({ fault, asset: id }: Entry, site: Site): string | undefined {
  const asset = site.assets.find((other) => other.id === id);
  if (!asset) {
    const ids = site.assets.map((other) => other.id);
    return `no asset "${id}" in the site "${site.id}"${didYouMean(id, ids)}`;
  }
  if (!isSimulated(asset)) return `"${id}" is not simulated: it has heartbeat_s 0, or is a sign`;
  return misfit(fault, asset);
}

function mistakesOf(entry: Entry, i: number, site: Site): Mistake[] {
  const mistakes: Mistake[] = [];
  const at = (key: string, message: string): number => mistakes.push({ path: ['faults', i, key], message });
  const wrongAsset = assetMistake(entry, site);
  if (wrongAsset !== undefined) at('asset', wrongAsset);
  const when = parseWhen(entry.when);
  if (!when)
    at('when', 'write -30h, "-2h for 40m", last_night+2h or "night_before_last+1h for 3h" (d, h, m)');
  if (when?.duration_min !== undefined && ENDLESS.has(entry.fault)) {
    at('when', `${entry.fault} ends when the site file or the counter is set anew: leave out "for"`);
  }
  if (entry.vibration_mm_s !== undefined && entry.fault !== 'pump_vibration') {
    at('vibration_mm_s', 'only pump_vibration has it');
  }
  if (entry.battery_pct !== undefined && entry.fault !== 'battery_low') {
    at('battery_pct', 'only battery_low has it');
  }
  if (entry.onset_h !== undefined && !GRADUAL.has(entry.fault)) {
    at('onset_h', `${entry.fault} is there at once`);
  }
  return mistakes;
}

/**
 * Reads a scenario: which faults the simulated devices of the site have, and when.
 *
 * Throws scenario_invalid that lists every mistake with file, line and column.
 */
export function readScenario(text: string, file: string, site: Site): Scenario {
  const yaml = readStrictYaml(text, file, scenarioSchema, 'scenario_invalid');
  const entries = yaml.value.faults ?? [];
  const mistakes = entries.flatMap((fault, i) => mistakesOf(fault, i, site));
  if (mistakes.length > 0) throw yaml.error('scenario_invalid', mistakes);
  return {
    faults: entries.map(({ fault, asset, when, vibration_mm_s, battery_pct, onset_h = 0 }) => ({
      fault,
      asset,
      when: parseWhen(when)!,
      vibration_mm_s,
      battery_pct,
      onset_h,
    })),
  };
}
