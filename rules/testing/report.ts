import type { RuleTestReport } from './run.ts';

/** The report for a terminal: each failure with its place, then one line that sums up. */
export function formatRuleTestReport(report: RuleTestReport): string {
  const lines = report.failures.map(
    ({ place, test, variant, message }) => `${place}: ${test} [${variant}]\n    ${message}`,
  );
  const { rules, tests, runs, failures } = report;
  const verdict = failures.length === 0 ? 'all passed' : `${failures.length} expectations failed`;
  return [...lines, `${rules} rules, ${tests} tests in ${runs} runs: ${verdict}`, ''].join('\n');
}
