import type { Directory } from '../../model/directory.ts';
import type { Columns } from '../../store/series/contract.ts';
import { createEngine, type Engine } from '../engine/engine.ts';
import type { RuleSet } from '../language/rule.ts';
import { createLedger, type Ledger, type RaisedTicket } from './ledger.ts';

/** What the assets of one kind measured. */
export interface Block {
  readonly metrics: readonly string[];
  /** A column of `values` for each of the metrics. */
  readonly columns: Columns;
}

/** All that was measured until a time, as it lies in the store. */
export interface Slice {
  /** Everything measured before is in this slice or in one before it; epoch milliseconds. */
  readonly until: number;
  readonly blocks: readonly Block[];
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
  /** Time that the engines took; the rest is waiting for the store. */
  readonly engineMs: number;
}

interface Run {
  readonly engine: Engine;
  readonly ledger: Ledger;
  /** How long after a time the most patient rule has waited for late samples of it. */
  readonly patience: number;
}

/** Asset by asset, which keeps the state of each in the processor's cache. Assets that the sites lack are left out. */
function stepBlock({ engine, ledger }: Run, block: Block, directory: Directory): void {
  const { assets, starts, ts, values } = block.columns;
  for (const [place, id] of assets.entries()) {
    const asset = directory.asset(id);
    if (!asset) continue;
    const [from, to] = [starts[place]!, starts[place + 1]!];
    // When they had arrived is not stored: taken as on time.
    const changes = engine.stepRows({
      kind: asset.kind,
      asset: id,
      ts,
      metrics: block.metrics,
      values,
      from,
      to,
    });
    if (changes.length > 0) ledger.take(changes);
  }
}

function countSamples({ values }: Columns): number {
  let samples = 0;
  for (const column of values) {
    for (let row = 0; row < column.length; row++) if (!Number.isNaN(column[row]!)) samples++;
  }
  return samples;
}

/** Runs stored readings through the engine that runs live, on the clock of the data. */
export async function replay(options: ReplayOptions): Promise<Replay> {
  const { directory, slices, begin, to, reopenWindowMs, now, onProgress } = options;
  const runs = options.rules.map(
    (rules): Run => ({
      engine: createEngine({ rules, directory, upSince: begin }),
      ledger: createLedger(reopenWindowMs, to),
      patience: Math.max(0, ...[...rules.infos.values()].map((info) => info.lateness_ms)),
    }),
  );
  const sum = { readings: 0, samples: 0, engineMs: 0 };
  let first = Number.POSITIVE_INFINITY;
  for await (const { until, blocks } of slices) {
    const started = now();
    for (const run of runs) {
      for (const block of blocks) stepBlock(run, block, directory);
      run.ledger.take(run.engine.advance(until));
    }
    sum.engineMs += now() - started;
    for (const { columns } of blocks) {
      sum.readings += columns.ts.length;
      sum.samples += countSamples(columns);
      for (const start of columns.starts) first = Math.min(first, columns.ts[start] ?? first);
    }
    onProgress?.({ at: until, readings: sum.readings, share: (until - begin) / (to - begin) });
  }
  // What was measured until `to` is decided when nobody waits for late samples any more.
  for (const { engine, ledger, patience } of runs) ledger.take(engine.advance(to + patience + 1));
  return {
    tickets: runs.map(({ ledger }) => ledger.tickets()),
    ...sum,
    first: Number.isFinite(first) ? first : null,
  };
}
