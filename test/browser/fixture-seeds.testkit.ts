import type { Severity } from '../../model/fault.ts';
import type { Trade } from '../../model/site.ts';
import type { TicketState } from '../../model/ticket.ts';
import type { EvidenceView } from '../../model/views/ticket.ts';
import { site } from './fixture-site.testkit.ts';

/** A ticket's own part; the rest follows from its asset and its state. */
export interface Seed {
  readonly id: string;
  readonly rule: string;
  readonly asset: string;
  readonly severity: Severity;
  readonly title: string;
  readonly trade: Trade;
  readonly state: TicketState;
  readonly agoMin: number;
  readonly limitMin: number;
  readonly evidence: Pick<EvidenceView, 'expression' | 'text' | 'values' | 'metrics'>;
  readonly proof?: string;
  readonly members?: readonly string[];
}

const POWER = { name: 'power_w', unit: 'W', meaning: 'active power drawn' };

function lampsOf(circuit: string): readonly string[] {
  return site.assets.filter((asset) => asset.circuit === circuit).map(({ id }) => id);
}

export const SEEDS: readonly Seed[] = [
  {
    id: 'T-1',
    rule: 'PumpDryRun',
    asset: 'pump-02',
    severity: 'critical',
    title: 'Drinking water booster runs dry',
    trade: 'plumber',
    state: 'assigned',
    agoMin: 14,
    limitMin: 240,
    evidence: {
      expression: 'running && avg(power_w, "30s") < dry_run_w',
      text: 'The pump turns, but for 30 s it drew 640 W on average, less than the 2200 W below which it runs dry.',
      values: { running: 1, 'avg(power_w, "30s")': 640.4, dry_run_w: 2200 },
      metrics: [POWER, { name: 'flow_m3_h', unit: 'm³/h', meaning: 'volume flow through the pump' }],
    },
    proof: 'one full duty cycle above the dry-run power',
  },
  {
    id: 'T-2',
    rule: 'CircuitOut',
    asset: 'circuit-3',
    severity: 'major',
    title: 'Circuit 3 is out: its lamps are dark',
    trade: 'electrician',
    state: 'in_progress',
    agoMin: 190,
    limitMin: 120,
    evidence: {
      expression: 'night(30) && expected_level > 0.0 && avg(power_w, "10m") < 0.2 * rated_w',
      text: 'It is night and the lamps of the circuit should burn, but they draw next to nothing.',
      values: { 'night(30)': true, expected_level: 100, 'avg(power_w, "10m")': 0.4 },
      metrics: [POWER],
    },
    proof: 'one full night at expected power',
    members: lampsOf('circuit-3'),
  },
  {
    id: 'T-3',
    rule: 'LampOut',
    asset: 'lamp-002',
    severity: 'minor',
    title: 'Lamp "Orchard Drive, lamp 2" is dark',
    trade: 'electrician',
    state: 'proving',
    agoMin: 26 * 60,
    limitMin: 5000,
    evidence: {
      expression: 'night(30) && avg(power_w, "10m") < 0.2 * rated_w',
      text: 'It is night, but the lamp draws less than a fifth of its rated power.',
      values: { 'avg(power_w, "10m")': 0.3, rated_w: 60 },
      metrics: [POWER],
    },
    proof: 'one full night at expected power',
  },
  {
    id: 'T-4',
    rule: 'FireLaneOccupied',
    asset: 'bay-240',
    severity: 'major',
    title: 'A vehicle stands in the fire lane',
    trade: 'parking',
    state: 'acknowledged',
    agoMin: 35,
    limitMin: 60,
    evidence: {
      expression: 'bay_class == "fire_lane" && occupied',
      text: 'A vehicle has stood for 5 minutes where nobody may ever park.',
      values: { occupied: 1, bay_class: 'fire_lane' },
      metrics: [{ name: 'occupied', unit: '', meaning: 'a vehicle stands in the bay' }],
    },
  },
];
