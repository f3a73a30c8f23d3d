import type { Attributes } from './attributes.ts';
import type { Kind } from './kinds.ts';

/** What a person is called for. `steward` answers for the zone when no other trade does. */
export const TRADES = ['steward', 'electrician', 'plumber', 'parking', 'safety'] as const;
export type Trade = (typeof TRADES)[number];

/** What a person may do: everything, work on tickets, or look. */
export const ROLES = ['manager', 'staff', 'viewer'] as const;
export type Role = (typeof ROLES)[number];

export interface Person {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly email?: string | undefined;
  readonly phone?: string | undefined;
}

/** A part of a site that one steward answers for. `staff` maps a trade to the person who is called for it. */
export interface Zone {
  readonly id: string;
  readonly name: string;
  readonly steward: string;
  readonly staff: Readonly<Partial<Record<Trade, string>>>;
  /** Outline on the plan, metres east and north… drawn x right, y down; at least three corners. */
  readonly outline: readonly (readonly [x_m: number, y_m: number])[];
}

export interface Asset {
  /** Unique in the installation, whatever the site: tickets, tags and URLs name it alone. */
  readonly id: string;
  readonly kind: Kind;
  readonly site: string;
  readonly zone: string;
  readonly name: string;
  /** Place on the site's plan, metres right of and below its upper left corner. */
  readonly x_m: number;
  readonly y_m: number;
  /** The circuit that feeds it, the gateway that carries its device; empty when there is none. */
  readonly circuit: string;
  readonly gateway: string;
  readonly attributes: Attributes;
  /** Names of the attributes that the site file gives it; the others have the default of the trade. */
  readonly given?: readonly string[] | undefined;
}

/** From `at` (local clock, `HH:MM`) until the next step the lamps are asked for `level_pct`. */
export interface LightingStep {
  readonly at: string;
  readonly level_pct: number;
}

/** Nights that are not like the others: those that begin on a weekday (`fri`), a date or a day of the year (`12-24`). */
export interface SpecialNights {
  readonly on: readonly string[];
  readonly level_pct: number;
  readonly steps: readonly LightingStep[];
}

/**
 * Lamps are on from sunset + `offset_min` to sunrise − `before_sunrise_min` (`offset_min` where it is left out), at
 * `level_pct` unless a step of the night says otherwise; a step of 0 % is a part of the night without light. With
 * `photocell` each has a cell of its own that finds out when it is dark: offsets do not count, and nobody knows what a
 * lamp should do in twilight.
 */
export interface Lighting {
  readonly photocell?: boolean | undefined;
  readonly offset_min: number;
  readonly before_sunrise_min?: number | undefined;
  readonly level_pct: number;
  readonly steps: readonly LightingStep[];
  /** The first that fits the night counts. */
  readonly nights?: readonly SpecialNights[] | undefined;
}

export interface Place {
  /** IANA time zone, degrees north and degrees east. */
  readonly tz: string;
  readonly lat: number;
  readonly lon: number;
}

export interface Site extends Place {
  readonly id: string;
  readonly name: string;
  /** Size of the plan in metres. */
  readonly plan: { readonly width_m: number; readonly height_m: number };
  readonly lighting: Lighting;
  /** Other schedules by name; a circuit or a luminaire asks for one with `schedule`. */
  readonly schedules?: Readonly<Record<string, Lighting>> | undefined;
  readonly zones: readonly Zone[];
  readonly people: readonly Person[];
  readonly assets: readonly Asset[];
}

/** The hardware that speaks for an asset. Its id is its MQTT client id and user name. */
export interface Device {
  readonly id: string;
  /** The asset it is bound to now. A gateway's device may publish for every asset that names the gateway. */
  readonly asset: string;
  readonly bound_from: number;
}
