import type { Severity } from '../../../model/fault.ts';
import type { Kind } from '../../../model/kinds.ts';
import { metricsOf } from '../../../model/metrics.ts';
import type { Trade } from '../../../model/site.ts';
import type { TicketAction, TicketEventType, TicketState } from '../../../model/ticket.ts';
import type { AssetStatus } from '../../../model/views/site.ts';

export const KIND_WORD: Record<Kind, string> = {
  bay: 'Parking bay',
  luminaire: 'Lamp',
  pump: 'Pump',
  circuit: 'Lighting circuit',
  gateway: 'Gateway',
  meter: 'Meter',
  sign: 'Sign',
};

export const KINDS_WORD: Record<Kind, string> = {
  bay: 'Bays',
  luminaire: 'Lamps',
  pump: 'Pumps',
  circuit: 'Circuits',
  gateway: 'Gateways',
  meter: 'Meters',
  sign: 'Signs',
};

export const STATUS_WORD: Record<AssetStatus, string> = {
  fault: 'Fault',
  warning: 'Warning',
  silent: 'Silent',
  unknown: 'Never heard',
  ok: 'In order',
};

export const STATE_WORD: Record<TicketState, string> = {
  open: 'Open',
  assigned: 'Assigned',
  acknowledged: 'Acknowledged',
  in_progress: 'In progress',
  on_hold: 'On hold',
  done: 'Done',
  proving: 'Being proved',
  closed: 'Closed',
  cancelled: 'Cancelled',
};

export const SEVERITY_WORD: Record<Severity, string> = {
  critical: 'Critical',
  major: 'Major',
  minor: 'Minor',
  info: 'Info',
};

export const TRADE_WORD: Record<Trade, string> = {
  steward: 'Zone steward',
  electrician: 'Electrician',
  plumber: 'Plumber',
  parking: 'Parking',
  safety: 'Safety',
};

export const ACTION_WORD: Record<TicketAction, string> = {
  acknowledge: 'Acknowledge',
  start: 'Start work',
  hold: 'Put on hold',
  finish: 'Work is done',
  reopen: 'Re-open',
  cancel: 'Cancel ticket',
  assign: 'Assign',
  note: 'Add a note',
  prove: 'Confirm the repair',
};

export const EVENT_WORD: Record<TicketEventType, string> = {
  opened: 'Opened',
  assigned: 'Assigned',
  acknowledged: 'Acknowledged',
  started: 'Work started',
  held: 'Put on hold',
  finished: 'Work done',
  fault_cleared: 'Fault cleared',
  fault_returned: 'Fault came back',
  members_changed: 'Affected assets changed',
  proved: 'Repair proved',
  reopened: 'Re-opened',
  cancelled: 'Cancelled',
  noted: 'Note',
};

const BAY_CLASS_WORD: Readonly<Record<string, string>> = {
  general: 'General',
  reserved: 'Reserved',
  accessible: 'Accessible',
  charging: 'Charging',
  fire_lane: 'Fire lane',
};

export function bayClassWord(bayClass: string): string {
  return BAY_CLASS_WORD[bayClass] ?? sentence(bayClass);
}

const STATES: Readonly<Record<string, readonly [off: string, on: string]>> = {
  occupied: ['free', 'taken'],
  running: ['stopped', 'running'],
  commanded: ['asked to rest', 'asked to run'],
  energized: ['off', 'on'],
};

const UNIT_SUFFIX = /_(pct|w|v|a|kwh|c|dbm|mm_s|m3_h|kpa|cm|m3|h|s)$/;

/** `power_w` → `Power`: the unit stands beside the value. */
export function metricWord(name: string): string {
  if (name === 'rssi_dbm') return 'Radio signal';
  if (name === 'run_h') return 'Running hours';
  if (name === 'burning_h') return 'Burning hours';
  return sentence(name.replace(UNIT_SUFFIX, ''));
}

function sentence(name: string): string {
  const text = name.replaceAll('_', ' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A number as people read it: three figures that matter, no needless zeros. */
export function numberText(value: number): string {
  const size = Math.abs(value);
  const digits = size >= 100 ? 0 : size >= 10 ? 1 : 2;
  return value.toLocaleString('en-GB', { maximumFractionDigits: digits });
}

const UNIT_OF_SUFFIX: Readonly<Record<string, string>> = {
  pct: '%',
  w: 'W',
  v: 'V',
  a: 'A',
  kwh: 'kWh',
  c: '°C',
  dbm: 'dBm',
  mm_s: 'mm/s',
  m3_h: 'm³/h',
  kpa: 'kPa',
  cm: 'cm',
  m3: 'm³',
  h: 'h',
  s: 's',
};

/** The unit that a name ends with: `dry_run_w` → `W`. */
export function unitInName(name: string): string {
  return UNIT_OF_SUFFIX[UNIT_SUFFIX.exec(name)?.[1] ?? ''] ?? '';
}

/** A metric's value with its unit, a state as a word. */
export function valueText(name: string, value: number, unit: string): string {
  const words = STATES[name];
  if (words && (value === 0 || value === 1)) return words[value];
  if (name === 'shown' && value === -1) return 'dark';
  return unit === '' ? numberText(value) : `${numberText(value)} ${unit}`;
}

export function unitOf(kind: Kind, metric: string): string {
  return metricsOf(kind).get(metric)?.unit ?? '';
}

export function isStateMetric(name: string): boolean {
  return name in STATES;
}

/** `LampOut` → `Lamp out`. */
export function ruleWord(rule: string): string {
  const text = rule.replace(/([a-z])([A-Z])/g, (_, a: string, b: string) => `${a} ${b.toLowerCase()}`);
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A rule's title without the places that each ticket fills in: `{asset.name} is dark` → `… is dark`. */
export function titleWord(title: string): string {
  return title.replaceAll(/"?\{[^}]*\}"?/g, '…');
}

/** `1 bay`, `2 bays`. */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${n.toLocaleString('en-GB')} ${n === 1 ? one : many}`;
}
