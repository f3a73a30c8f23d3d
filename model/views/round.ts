import type { PersonView } from './site.ts';

/**
 * Why telemetry cannot vouch for a lamp: `never_heard`; `silent` not heard for longer than promised; `unmetered` heard,
 * but never a power; `disputed` a power between dark and lit.
 */
export type DoubtReason = 'never_heard' | 'silent' | 'unmetered' | 'disputed';

export interface RoundLampView {
  readonly asset: string;
  readonly name: string;
  readonly x_m: number;
  readonly y_m: number;
  /** Ids of its open tickets, also those of a rolled-up fault that it is a member of. */
  readonly tickets: readonly string[];
}

export interface DoubtfulLampView extends RoundLampView {
  readonly reason: DoubtReason;
}

/** Every lamp of the zone is in exactly one of `lit`, `dark`, `cannot_vouch` and `waiting`. */
export interface RoundZoneView {
  readonly zone: string;
  readonly zone_name: string;
  readonly site: string;
  readonly site_name: string;
  readonly tz: string;
  /** Who walks: the zone's safety supervisor, else its steward. */
  readonly supervisor: PersonView;
  /** Whether lamps are asked to burn now. */
  readonly lights_due: boolean;
  readonly lamps: number;
  readonly lit: number;
  /** Heard, but not since they are asked to burn: they are judged when they are. */
  readonly waiting: number;
  readonly dark: readonly RoundLampView[];
  /** The only ones to walk to, in walking order. */
  readonly cannot_vouch: readonly DoubtfulLampView[];
}

/** `GET /rounds/tonight`. */
export interface RoundView {
  readonly at: string;
  readonly items: readonly RoundZoneView[];
  readonly next: null;
}
