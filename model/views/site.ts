import type { Attributes } from '../attributes.ts';
import type { Kind } from '../kinds.ts';

export interface SiteView {
  readonly id: string;
  readonly name: string;
  readonly tz: string;
  readonly lat: number;
  readonly lon: number;
  readonly plan: { readonly width_m: number; readonly height_m: number };
}

export interface ZoneView {
  readonly id: string;
  readonly site: string;
  readonly name: string;
  readonly steward: PersonView;
  readonly outline: readonly (readonly [number, number])[];
  readonly open_tickets: number;
}

export interface PersonView {
  readonly id: string;
  readonly name: string;
}

/** A metric's newest value and when it was measured. */
export interface LatestView {
  readonly value: number;
  readonly ts: string;
}

/**
 * What an asset looks like on the plan, worst first: `fault` a critical or major rule fires, `warning` a lesser one,
 * `silent` not heard for longer than promised, `unknown` never heard, else `ok`.
 */
export type AssetStatus = 'fault' | 'warning' | 'silent' | 'unknown' | 'ok';

export interface AssetView {
  readonly id: string;
  readonly kind: Kind;
  readonly site: string;
  readonly zone: string;
  readonly name: string;
  readonly x_m: number;
  readonly y_m: number;
  readonly circuit: string | null;
  readonly gateway: string | null;
  readonly attributes: Attributes;
  readonly status: AssetStatus;
  readonly last_seen: string | null;
  readonly latest: Readonly<Record<string, LatestView>>;
  /** Ids of its open tickets. */
  readonly tickets: readonly string[];
}

export interface ReadingView {
  readonly ts: string;
  readonly values: Readonly<Record<string, number>>;
}

export interface MetricView {
  readonly name: string;
  readonly unit: string;
  readonly meaning: string;
}

/** `GET /assets/:id/readings`: rows oldest first, and the units of their metrics. */
export interface ReadingsView {
  readonly asset: string;
  readonly tz: string;
  readonly from: string;
  readonly to: string;
  readonly every_ms: number | null;
  readonly metrics: readonly MetricView[];
  readonly items: readonly ReadingView[];
  readonly next: string | null;
}
