import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { formatRuleTestReport } from '../testing/report.ts';
import { runRuleTests } from '../testing/run.ts';

const files = readdirSync(import.meta.dirname)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => ({ file: name, text: readFileSync(`${import.meta.dirname}/${name}`, 'utf8') }));

it('ships rules whose own tests pass', () => {
  const report = runRuleTests(files);
  expect(formatRuleTestReport(report)).toMatch(/^\d+ rules, \d+ tests in \d+ runs: all passed\n$/);
  expect(report.rules).toBe(29);
  expect(report.tests).toBeGreaterThanOrEqual(26);
});

it('ships limits of makers by model that work', () => {
  const text = readFileSync(`${import.meta.dirname}/../../examples/rules/models.yaml`, 'utf8');
  const report = runRuleTests([...files, { file: 'models.yaml', text }]);
  expect(formatRuleTestReport(report)).toContain('all passed');
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

it('tells the mechanic of every fault what to check first and what to bring', () => {
  const page = readFileSync(`${import.meta.dirname}/../../docs/faults.md`, 'utf8');
  const sections = page.split(/^#{2,3} (?=[A-Z])/m).filter((section) => /^[A-Z]\w*[a-z][A-Z]/.test(section));
  expect(sections.length).toBeGreaterThan(20);
  for (const section of sections) expect(section).toMatch(/First[^.]*:.*(Bring|bring):/s);
});
