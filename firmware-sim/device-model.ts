import type { Random } from '../model/random.ts';
import type { Asset } from '../model/site.ts';
import type { Calendar } from './calendar.ts';
import type { Ailments } from './injection.ts';

/** One telemetry object as a device sends it: its time and its metrics. */
export interface Sample {
  readonly ts: number;
  readonly [metric: string]: number | boolean;
}

/** A device and the thing that it watches, moved from event to event. */
export interface DeviceModel {
  /** When something happens next, epoch milliseconds. */
  next(): number;
  /** Moves to `next()`; what the device says there, or undefined when it stays quiet. */
  step(): Sample | undefined;
  /** Whether what it said last is news that it sends again until it is acknowledged, not a routine report. */
  readonly isNews?: () => boolean;
}

/** What every model is made from. */
export interface ModelOptions {
  readonly asset: Asset;
  readonly calendar: Calendar;
  readonly ailments: Ailments;
  readonly random: Random;
  readonly start: number;
}

/** Milliseconds between two reports: the device keeps the heartbeat that its asset promises. */
export function heartbeatMs({ attributes }: Asset): number {
  return Number(attributes['heartbeat_s']) * 1000;
}

/** What a sensor's converter leaves of a value. */
export function round(value: number, digits: number): number {
  const scale = 10 ** digits;
  return Math.round(value * scale) / scale;
}

export function clamp(value: number, min: number, max: number): number {
  return Math.min(max, Math.max(min, value));
}
