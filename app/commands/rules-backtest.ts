import type { Command } from 'commander';
import { rfc3339, SECOND_MS, systemClock } from '../../model/clock.ts';
import { StewardError } from '../../model/codes.ts';
import type { BacktestReportView } from '../../model/views/backtest.ts';
import { formatBacktest } from '../../rules/backtest/format.ts';
import { rulesForBacktest } from '../../rules/backtest/rule-sets.ts';
import { parseDuration } from '../../rules/language/duration.ts';
import type { RecordsStore } from '../../store/records/contract.ts';
import type { BacktestAsked } from '../backtest/in-process.ts';
import { backtestOverHttp } from '../backtest/over-http.ts';
import { planOf } from '../backtest/plan.ts';
import type { Config } from '../config-schema.ts';
import { DEMO_DEFAULTS } from '../demo-defaults.ts';
import { leftMs, progressLine } from '../progress-line.ts';
import { type RuleFile, ruleFilesOf } from '../rule-files.ts';
import { readRunning } from '../running.ts';
import { readText } from '../site-file.ts';
import { EXIT_INTERRUPTED } from '../until-stopped.ts';
import { type CommonFlags, configOf, withCommonFlags } from './common.ts';
import { withRecords } from './with-records.ts';

interface BacktestFlags extends CommonFlags {
  readonly rule: readonly string[];
  readonly against?: readonly string[];
  readonly from: string;
  readonly to?: string;
  readonly warmUp?: string;
  readonly demo?: boolean;
  readonly json?: boolean;
}

export function addBacktestCommand(rules: Command): void {
  withCommonFlags(rules.command('backtest'))
    .description('what rules would have raised, on the readings that are stored')
    .requiredOption(
      '--rule <file...>',
      'rule files to test, in the place of rules in force of the same names',
    )
    .requiredOption('--from <time>', 'RFC 3339, a date, or how long ago: 90d')
    .option('--to <time>', 'the same (default: the end of the readings; now while Steward runs)')
    .option('--against <file...>', 'compare with these (default: the rules in force of the same names)')
    .option('--warm-up <duration>', 'read so much before --from (default: the longest window, at least 1d)')
    .option('--demo', 'on the demo estate')
    .option('--json', 'for machines')
    .action(run);
}

/** Throws request_invalid. */
function timeOf(flag: string, text: string, now: number): number {
  const ago = parseDuration(text);
  const time = ago === undefined ? Date.parse(text) : now - ago;
  if (!/^\d/.test(text) || Number.isNaN(time)) {
    const how = 'write 2026-01-31, 2026-01-31T18:00:00Z, or how long ago: 90d';
    throw new StewardError('request_invalid', `${flag}: "${text}" is no time; ${how}`);
  }
  return time;
}

function filesOf(paths: readonly string[]): RuleFile[] {
  return paths.map((file) => ({ file, text: readText(file) }));
}

/** Throws request_invalid, file_unreadable, rule_invalid. */
function askedOf(flags: BacktestFlags, config: Config): BacktestAsked {
  const against = flags.against && filesOf(flags.against);
  const sources = { tested: filesOf(flags.rule), against, inForce: ruleFilesOf(config) };
  const plan = planOf(rulesForBacktest(sources.tested, against, sources.inForce));
  const now = systemClock.now();
  const from = timeOf('--from', flags.from, now);
  const to = flags.to === undefined ? undefined : timeOf('--to', flags.to, now);
  if (to !== undefined && from >= to) throw new StewardError('request_invalid', '--from is not before --to');
  const warmUpMs = flags.warmUp === undefined ? undefined : parseDuration(flags.warmUp);
  if (flags.warmUp !== undefined && warmUpMs === undefined) {
    const text = `--warm-up: "${flags.warmUp}" is no duration such as 36h or 7d`;
    throw new StewardError('request_invalid', text);
  }
  return { sources, plan, from, to, warmUpMs };
}

function tell(report: BacktestReportView, json: boolean): void {
  const perSecond = (ms: number): string =>
    Math.round(report.samples / (ms / SECOND_MS)).toLocaleString('en');
  const { readings, samples, elapsed_ms, engine_ms } = report;
  process.stderr.write(
    `${readings.toLocaleString('en')} readings, ${samples.toLocaleString('en')} samples in ${(elapsed_ms / SECOND_MS).toFixed(1)} s: ${perSecond(elapsed_ms)} samples/s, engine alone ${perSecond(engine_ms)}\n`,
  );
  process.stdout.write(json ? `${JSON.stringify(report, null, 1)}\n` : formatBacktest(report));
}

/** While Steward runs it alone can read its DuckDB file, so it is asked to run the backtest. */
async function reportOf(
  flags: BacktestFlags,
  config: Config,
  records: RecordsStore,
  signal: AbortSignal,
): Promise<BacktestReportView> {
  const asked = askedOf(flags, config);
  const started = performance.now();
  const progress = progressLine('backtest', process.stderr);
  const told = ({ share, readings }: { readonly share: number; readonly readings: number }): void => {
    const left = leftMs(share, performance.now() - started);
    const eta = left === undefined || share >= 1 ? '' : `, ${Math.ceil(left / SECOND_MS)} s left`;
    progress(share, `${readings.toLocaleString('en')} readings${eta}`);
  };
  told({ share: 0, readings: 0 });
  try {
    // Other commands need not wait until the series engines are loaded.
    const { backtestInProcess } = await import('../backtest/in-process.ts');
    return await backtestInProcess(asked, config, records, { signal, onProgress: told });
  } catch (error) {
    const at = readRunning(config.data);
    if (!(error instanceof StewardError && error.code === 'data_locked') || at === undefined) throw error;
    process.stderr.write(`Steward is running: it runs the backtest itself, at ${at.http_url}\n`);
    const { sources, from, to } = asked;
    const request = {
      rules: sources.tested,
      against: sources.against,
      from: rfc3339(from),
      to: to === undefined ? undefined : rfc3339(to),
      warm_up: flags.warmUp,
    };
    return backtestOverHttp(request, at, config.data, { signal, onProgress: told });
  }
}

async function run(flags: BacktestFlags): Promise<void> {
  const config = configOf(flags, flags.demo ? DEMO_DEFAULTS : undefined);
  const stopping = new AbortController();
  const stop = (): void => stopping.abort();
  process.once('SIGINT', stop).once('SIGTERM', stop);
  try {
    await withRecords(config, async (records) => {
      tell(await reportOf(flags, config, records, stopping.signal), flags.json === true);
    });
  } catch (error) {
    if (!stopping.signal.aborted) throw error;
    process.stderr.write('\nsteward: the backtest was stopped; nothing was kept\n');
    process.exitCode = EXIT_INTERRUPTED;
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop);
  }
}
