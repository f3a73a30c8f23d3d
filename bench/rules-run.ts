import { keepReadingsYoung } from '../app/young-readings.ts';
import { createEngine, type Engine } from '../rules/engine/engine.ts';
import { loadRules } from '../rules/language/load.ts';
import { timeHandWritten, timeJsonRules } from './rules-baselines.ts';
import { createLoad, fleetDirectory, type Load, START, subjectsOf } from './rules-load.ts';
import { rulesText } from './rules-text.ts';

/** One run in a process of its own: its memory is its own, and no other run has shaped its machine code. */
export interface RulesRun {
  readonly engine: 'steward' | 'hand_written' | 'json_rules_engine';
  readonly assets: number;
  readonly rules: number;
  readonly samples: number;
  /** Whether to take a snapshot at the end and go on from it. */
  readonly restart: boolean;
}

export type RulesRunReport = Readonly<Record<string, number>>;

/** As many as the rules take from the journal at once. */
const CHUNK = 2_000;
const MIB = 2 ** 20;
const JSON_RULES_SAMPLES = 20_000;

const rss = (): number => Math.round(process.memoryUsage.rss() / MIB);

/** Steps through readings that are made outside of the time; answers how long the engine took, milliseconds. */
function drive(engine: Engine, load: Load, samples: number): { ms: number; changes: number } {
  let [ms, changes] = [0, 0];
  for (let done = 0; done < samples; done += CHUNK) {
    const readings = load.next(CHUNK);
    const begun = performance.now();
    changes += engine.stepAll(readings).length;
    changes += engine.advance(load.now()).length;
    ms += performance.now() - begun;
  }
  return { ms, changes };
}

/** A snapshot while readings go on: the longest that one piece, or a batch in between, holds others up. */
function capture(engine: Engine, load: Load): { bytes: Uint8Array; longest_ms: number; all_ms: number } {
  const pieces: Uint8Array[] = [];
  let longest_ms = 0;
  let since = performance.now();
  const begun = since;
  const timed = (): void => {
    longest_ms = Math.max(longest_ms, performance.now() - since);
  };
  const captured = engine.capture()[Symbol.iterator]();
  for (;;) {
    const piece = captured.next();
    timed();
    if (piece.done) break;
    pieces.push(Uint8Array.from(piece.value));
    const some = pieces.length % 20 === 0 ? load.next(250) : [];
    since = performance.now();
    engine.stepAll(some);
    timed();
    since = performance.now();
  }
  return { bytes: Buffer.concat(pieces), longest_ms, all_ms: performance.now() - begun };
}

function runSteward({ assets, rules, samples, restart }: RulesRun): RulesRunReport {
  keepReadingsYoung();
  const set = loadRules([{ file: 'bench.yaml', text: rulesText(rules) }]);
  const subjects = subjectsOf(rules);
  const directory = fleetDirectory(assets, subjects);
  const engine = createEngine({ rules: set, directory, upSince: START });
  const load = createLoad(directory, subjects, 1);
  // Windows of ten minutes are full after two rounds of five minutes.
  const warmUp = drive(engine, load, Math.max(samples / 2, 2 * assets * Math.min(subjects.length, 7)));
  const { ms, changes } = drive(engine, load, samples);
  const report = {
    samples_per_s: Math.round((samples / ms) * 1000),
    changes: warmUp.changes + changes,
    rss_mib: rss(),
  };
  if (!restart) return report;
  const { bytes, longest_ms, all_ms } = capture(engine, load);
  const rss_snapshot_mib = rss();
  const begun = performance.now();
  const again = createEngine({ rules: set, directory, upSince: START, snapshot: bytes });
  again.step(load.next(1)[0]!);
  return {
    ...report,
    snapshot_mib: Math.round(bytes.length / MIB),
    snapshot_pause_ms: Math.round(longest_ms * 10) / 10,
    snapshot_all_ms: Math.round(all_ms),
    rss_snapshot_mib,
    restore_ms: Math.round(performance.now() - begun),
  };
}

async function run(order: RulesRun): Promise<RulesRunReport> {
  if (order.engine === 'steward') return runSteward(order);
  const subjects = subjectsOf(order.rules);
  const directory = fleetDirectory(order.assets, subjects);
  const load = createLoad(directory, subjects, 1);
  if (order.engine === 'json_rules_engine') {
    return { samples_per_s: await timeJsonRules(load, JSON_RULES_SAMPLES) };
  }
  return { samples_per_s: timeHandWritten(directory, load, order.samples, CHUNK), rss_mib: rss() };
}

process.send?.(await run(JSON.parse(process.argv[2]!)));
