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
  expect(report.rules).toBe(29);
  expect(report.tests).toBeGreaterThanOrEqual(26);
});

it('has a reference whose examples are true', () => {
  const page = readFileSync(`${import.meta.dirname}/../../docs/rules.md`, 'utf8');
  const text = [...page.matchAll(/^```yaml\n(.*?)^```/gms)].map(([, block]) => block).join('');
  const report = runRuleTests([{ file: 'docs/rules.md', text }]);
  expect(formatRuleTestReport(report)).toBe('1 rules, 1 tests in 3 runs: all passed\n');
});

it('has a word for the mechanic about every fault, and about none that is not', () => {
  const page = readFileSync(`${import.meta.dirname}/../../docs/faults.md`, 'utf8');
  const told = [...page.matchAll(/^### (.+)$/gm)].flatMap(([, names]) => names!.split(', '));
  const shipped = readdirSync(import.meta.dirname)
    .filter((name) => name.endsWith('.yaml'))
    .flatMap((name) => [
      ...readFileSync(`${import.meta.dirname}/${name}`, 'utf8').matchAll(/^ +- rule: (\w+)$/gm),
    ])
    .map(([, rule]) => rule);
  expect(told.sort()).toEqual(shipped.sort());
});
