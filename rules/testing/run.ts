import type { FaultChange } from '../../model/fault.ts';
import { type Mistake, type Path, readStrictYaml } from '../../model/strict-yaml.ts';
import { createEngine, type Engine } from '../engine/engine.ts';
import { loadRules, type RuleSource } from '../language/load.ts';
import type { RuleSet } from '../language/rule.ts';
import { type RuleTest, ruleFileSchema } from '../language/schema.ts';
import { differences, ledgerOf } from './expect.ts';
import { type Scenario, scenarioOf } from './scenario.ts';
import { arrivalsOf, PLAIN, parseVariant, type Variant } from './variant.ts';

export interface RuleTestFailure {
  /** `file:line:column` of the expectation, or of the mistake in the test. */
  readonly place: string;
  readonly test: string;
  readonly variant: string;
  readonly message: string;
}

export interface RuleTestReport {
  readonly rules: number;
  readonly tests: number;
  /** Tests times their variants. */
  readonly runs: number;
  readonly readings: number;
  readonly failures: readonly RuleTestFailure[];
}

/** What the engine says when readings arrive as the variant has it. */
function play(rules: RuleSet, scenario: Scenario, variant: Variant): readonly FaultChange[] {
  const { directory, readings, start, end } = scenario;
  const changes: FaultChange[] = [];
  let engine: Engine = createEngine({ rules, directory, upSince: start });
  let restart = start + variant.restart_ms;
  for (const { at, reading } of arrivalsOf(readings, variant, start)) {
    if (at >= restart) {
      changes.push(...engine.advance(restart));
      engine = createEngine({ rules, directory, upSince: restart, snapshot: engine.snapshot() });
      restart = Number.POSITIVE_INFINITY;
    }
    changes.push(...engine.advance(at), ...engine.step(reading));
  }
  const patience = Math.max(0, ...rules.lanes.map((lane) => lane.lateness_ms));
  changes.push(...engine.advance(end + patience + 1));
  return changes.filter((change) => change.at <= end);
}

function runTest(
  rules: RuleSet,
  test: RuleTest,
  fail: (path: Path, variant: string, message: string) => void,
): { runs: number; readings: number } {
  const mistakes: Mistake[] = [];
  const scenario = scenarioOf(test, (mistake) => mistakes.push(mistake));
  const variants: Variant[] = [PLAIN];
  for (const [i, name] of test.variants.entries()) {
    const variant = parseVariant(name);
    if (variant) variants.push(variant);
    else {
      const message = `"${name}" is no variant: write shuffle 10m, duplicate 5%, restart at 30m or gap 30m to 40m`;
      mistakes.push({ path: ['variants', i], message });
    }
  }
  if (mistakes.length > 0) {
    for (const { path, message } of mistakes) fail(path, PLAIN.name, message);
    return { runs: 0, readings: 0 };
  }
  for (const variant of variants) {
    const changes = play(rules, scenario, variant);
    for (const [i, expectation] of test.expect.entries()) {
      const ledger = ledgerOf(changes, scenario.start, expectation.at);
      for (const message of differences(expectation, ledger)) fail(['expect', i], variant.name, message);
    }
  }
  return { runs: variants.length, readings: scenario.readings.length * variants.length };
}

/**
 * Runs the tests that stand in rule files, on event time and without a server. All files are one set of rules.
 *
 * Throws StewardError `rule_invalid` when a file or a rule has a mistake; what a test finds is in the report.
 */
export function runRuleTests(files: readonly RuleSource[]): RuleTestReport {
  const rules = loadRules(files);
  const failures: RuleTestFailure[] = [];
  const sum = { tests: 0, runs: 0, readings: 0 };
  for (const { file, text } of files) {
    const read = readStrictYaml(text, file, ruleFileSchema, 'rule_invalid');
    for (const [i, test] of read.value.tests.entries()) {
      const name = test.name ?? `test ${i + 1}`;
      const done = runTest(rules, test, (path, variant, message) => {
        failures.push({ place: read.where(['tests', i, ...path]), test: name, variant, message });
      });
      sum.tests++;
      sum.runs += done.runs;
      sum.readings += done.readings;
    }
  }
  return { rules: rules.infos.size, ...sum, failures };
}
