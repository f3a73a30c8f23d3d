import type { Asset, Site } from '../model/site.ts';
import type { Census, CountedAt } from './census.ts';
import { heartbeatMs, type Sample } from './device-model.ts';
import type { Injection } from './injection.ts';
import { type Symptom, symptomOf } from './symptoms.ts';

/** Follows what is heard of a device, to say when its fault could be seen. */
export interface Sighting {
  readonly injection: Injection;
  /** In order of time, from before the fault began. */
  hear(sample: Sample): void;
  /**
   * When the telemetry began to show the documented condition for as long as its hold asks; null as long as it has not
   * shown it for two reports more, so that nobody could miss it. Epoch milliseconds.
   */
  observable(now: number): number | null;
}

/** A condition that the samples fulfil. `slack_ms`: two reports. */
function seen(symptom: Symptom, injection: Injection, slack_ms: number): Sighting {
  const enough_ms = symptom.hold_ms + slack_ms;
  let begin: number | undefined;
  let first: number | undefined;
  let last = Number.NEGATIVE_INFINITY;
  let observable: number | null = null;
  return {
    injection,
    hear: (sample) => {
      const { ts } = sample;
      const since = symptom.since(sample);
      const isBroken = ts - last > 2 * slack_ms;
      last = ts;
      if (observable !== null || ts < injection.from) return;
      if (since === undefined || isBroken) begin = undefined;
      if (since === undefined) return;
      begin ??= Math.max(since, injection.from);
      if (ts - begin >= symptom.hold_ms) first ??= begin;
      if (ts - begin >= enough_ms) observable = first ?? begin;
    },
    observable: () => observable,
  };
}

/** Silence: seen by what is not heard. */
function unheard(symptom: Symptom, injection: Injection, slack_ms: number, silent_ms: number): Sighting {
  const enough_ms = silent_ms + symptom.hold_ms + slack_ms;
  let last: number | undefined;
  let observable: number | null = null;
  const look = (at: number): number | null => {
    if (last === undefined || at < injection.from) return null;
    return at - last >= enough_ms ? Math.max(last + silent_ms, injection.from) : null;
  };
  return {
    injection,
    hear: ({ ts }) => {
      observable ??= look(ts);
      last = ts;
    },
    observable: (now) => observable ?? look(now),
  };
}

/** Two reports: one may be lost, and the next one tells. */
const REPORTS = 2;

export function sightingOf(
  injection: Injection,
  asset: Asset,
  site: Site,
  census: (zone: string, counted: CountedAt) => Census,
): Sighting {
  const symptom = symptomOf(injection.fault, asset, site, census);
  const slack_ms = REPORTS * heartbeatMs(asset);
  return symptom.silent_ms === undefined
    ? seen(symptom, injection, slack_ms)
    : unheard(symptom, injection, slack_ms, symptom.silent_ms);
}
