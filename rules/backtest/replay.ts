import type { Directory } from '../../model/directory.ts';
import type { Reading } from '../../model/reading.ts';
import { createEngine } from '../engine/engine.ts';
import type { RuleSet } from '../language/rule.ts';
import { createLedger, type RaisedTicket } from './ledger.ts';

/** All that was measured until a time, as it lies in the store. */
export interface Slice {
  /** Everything measured before is in this slice or in one before it; epoch milliseconds. */
  readonly until: number;
  /** Each asset's in the order of time; the engine keeps assets apart, so their order does not matter. */
  readonly readings: readonly Reading[];
}

export interface ReplayProgress {
  readonly at: number;
  readonly readings: number;
  /** Done of all, 0 to 1. */
  readonly share: number;
}

export interface ReplayOptions {
  /** Each set has an engine of its own and hears the same readings. */
  readonly rules: readonly RuleSet[];
  readonly directory: Directory;
  readonly slices: AsyncIterable<Slice>;
  /** Where the slices begin and end, epoch milliseconds. */
  readonly begin: number;
  readonly to: number;
  readonly reopenWindowMs: number;
  /** For the engine's share of the time; monotonic milliseconds. */
  now(): number;
  onProgress?(progress: ReplayProgress): void;
}

export interface Replay {
  /** By place in `rules`, warm-up included. */
  readonly tickets: readonly (readonly RaisedTicket[])[];
  readonly readings: number;
  /** Values in all readings. */
  readonly samples: number;
  /** Event time of the first reading; null when there was none. */
  readonly first: number | null;
  /** Time that the engines took; the rest is reading the store. */
  readonly engineMs: number;
}

function countSamples(readings: readonly Reading[]): number {
  let samples = 0;
  for (const { values } of readings) for (const _ in values) samples++;
  return samples;
}

/** Runs stored readings through the engine that runs live, on the clock of the data. */
export async function replay(options: ReplayOptions): Promise<Replay> {
  const { directory, slices, begin, to, reopenWindowMs, now, onProgress } = options;
  const runs = options.rules.map((rules) => ({
    engine: createEngine({ rules, directory, upSince: begin }),
    ledger: createLedger(reopenWindowMs, to),
    // What was measured until `to` is decided when the most patient rule has waited for late samples.
    patience: Math.max(0, ...[...rules.infos.values()].map((info) => info.lateness_ms)),
  }));
  const sum = { readings: 0, samples: 0, engineMs: 0 };
  let first: number | null = null;
  for await (const { until, readings } of slices) {
    const started = now();
    for (const { engine, ledger } of runs) {
      for (const reading of readings) {
        const changes = engine.step(reading);
        if (changes.length > 0) ledger.take(changes);
      }
      ledger.take(engine.advance(until));
    }
    sum.engineMs += now() - started;
    sum.readings += readings.length;
    sum.samples += countSamples(readings);
    for (const { ts } of first === null ? readings : []) first = Math.min(first ?? ts, ts);
    onProgress?.({ at: until, readings: sum.readings, share: (until - begin) / (to - begin) });
  }
  for (const { engine, ledger, patience } of runs) ledger.take(engine.advance(to + patience + 1));
  return { tickets: runs.map(({ ledger }) => ledger.tickets()), ...sum, first };
}
