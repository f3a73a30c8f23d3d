import type { Reading } from './reading.ts';

/** What the series engine keeps: one row of a measurement. Same measurement, tags and time = the same point. */
export interface Point {
  readonly measurement: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Epoch milliseconds. */
  readonly ts: number;
  readonly fields: Readonly<Record<string, number>>;
}

/** Measurement = kind; tags say where; fields are the metrics, always floats. */
export function readingPoint(reading: Reading): Point {
  return {
    measurement: reading.kind,
    tags: { site: reading.site, zone: reading.zone, asset: reading.asset },
    ts: reading.ts,
    fields: reading.values,
  };
}
