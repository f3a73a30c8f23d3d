import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { formatRuleTestReport } from '../testing/report.ts';
import { runRuleTests } from '../testing/run.ts';

it('ships rules whose own tests pass', () => {
  const files = readdirSync(import.meta.dirname)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => ({ file: name, text: readFileSync(`${import.meta.dirname}/${name}`, 'utf8') }));
  const report = runRuleTests(files);
  expect(formatRuleTestReport(report)).toMatch(/^\d+ rules, \d+ tests in \d+ runs: all passed\n$/);
  expect(report.rules).toBe(11);
  expect(report.tests).toBeGreaterThanOrEqual(14);
});
