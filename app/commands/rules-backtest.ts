import { join } from 'node:path';
import type { Command } from 'commander';
import { DAY_MS, systemClock } from '../../model/clock.ts';
import { StewardError } from '../../model/codes.ts';
import type { Directory } from '../../model/directory.ts';
import type { Ticket } from '../../model/ticket.ts';
import { backtestJson, formatBacktest } from '../../rules/backtest/format.ts';
import { type BacktestReport, backtest } from '../../rules/backtest/report.ts';
import { type BacktestRules, rulesForBacktest } from '../../rules/backtest/rule-sets.ts';
import { parseDuration } from '../../rules/language/duration.ts';
import type { TicketRecords } from '../../store/records/contract.ts';
import { openDuckdbScan } from '../../store/series/duckdb/scan.ts';
import { ticketPolicy } from '../../tickets/policy.ts';
import type { Config } from '../config-schema.ts';
import { openSeries } from '../open-stores.ts';
import { progressLine } from '../progress-line.ts';
import { type RuleFile, ruleFilesOf } from '../rule-files.ts';
import { readText } from '../site-file.ts';
import { type ReadKind, readFromDuckdb, readFromSeries, storedReadings } from '../stored-readings.ts';
import { type CommonFlags, configOf, withCommonFlags } from './common.ts';
import { DEMO_DEFAULTS } from './start.ts';
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

const PAGE = 500;

export function addBacktestCommand(rules: Command): void {
  withCommonFlags(rules.command('backtest'))
    .description('what rules would have raised, on the readings that are stored')
    .requiredOption(
      '--rule <file...>',
      'rule files to test, in the place of rules in force of the same names',
    )
    .requiredOption('--from <time>', 'RFC 3339, a date, or how long ago: 90d')
    .option('--to <time>', 'the same (default: now)')
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

interface Span {
  readonly begin: number;
  readonly from: number;
  readonly to: number;
}

function spanOf(flags: BacktestFlags, { rules, against }: BacktestRules): Span {
  const now = systemClock.now();
  const from = timeOf('--from', flags.from, now);
  const to = flags.to === undefined ? now : timeOf('--to', flags.to, now);
  if (from >= to) throw new StewardError('request_invalid', '--from is not before --to');
  const lanes = [rules, against].flatMap((set) => set?.lanes ?? []);
  const widths = lanes.flatMap((lane) => lane.layout.windows.map(({ width_ms }) => width_ms));
  const given = flags.warmUp === undefined ? Math.max(DAY_MS, ...widths) : parseDuration(flags.warmUp);
  if (given === undefined) {
    throw new StewardError(
      'request_invalid',
      `--warm-up: "${flags.warmUp}" is no duration such as 36h or 7d`,
    );
  }
  return { begin: Math.max(0, from - given), from, to };
}

async function openReadings(
  config: Config,
  directory: Directory,
): Promise<{ readonly read: ReadKind; close(): Promise<void> | void }> {
  const at = (...names: string[]): string => join(config.data, ...names);
  if (config.series.engine === 'duckdb') {
    const scan = await openDuckdbScan(at('series.duckdb'));
    return { read: readFromDuckdb(scan), close: () => scan.close() };
  }
  const series = await openSeries(config, { at });
  return { read: readFromSeries(series, directory), close: () => series.close() };
}

async function realTickets(records: TicketRecords, names: ReadonlySet<string>): Promise<readonly Ticket[]> {
  const all: Ticket[] = [];
  for (const rule of names) {
    let cursor: string | undefined;
    do {
      const page = await records.list({ rule, limit: PAGE, cursor });
      all.push(...page.items);
      cursor = page.next ?? undefined;
    } while (cursor !== undefined);
  }
  return all.sort((a, b) => a.opened_at - b.opened_at);
}

function tell(report: BacktestReport, ms: number, json: boolean): void {
  const perSecond = (of: number): string => Math.round(report.samples / (of / 1_000)).toLocaleString('en');
  const readings = report.readings.toLocaleString('en');
  const samples = report.samples.toLocaleString('en');
  process.stderr.write(
    `${readings} readings, ${samples} samples in ${(ms / 1_000).toFixed(1)} s: ${perSecond(ms)} samples/s, engine alone ${perSecond(report.engine_ms)}\n`,
  );
  process.stdout.write(
    json
      ? `${JSON.stringify({ ...backtestJson(report), elapsed_ms: ms }, null, 1)}\n`
      : formatBacktest(report),
  );
}

function filesOf(paths: readonly string[]): RuleFile[] {
  return paths.map((file) => ({ file, text: readText(file) }));
}

function run(flags: BacktestFlags): Promise<void> {
  const config = configOf(flags, flags.demo ? DEMO_DEFAULTS : undefined);
  const against = flags.against && filesOf(flags.against);
  const rules = rulesForBacktest(filesOf(flags.rule), against, ruleFilesOf(config));
  const span = spanOf(flags, rules);
  return withRecords(config, async ({ tickets }, directory) => {
    const readings = await openReadings(config, directory);
    try {
      const started = performance.now();
      const progress = progressLine('backtest', process.stderr);
      const sets = rules.against ? [rules.rules, rules.against] : [rules.rules];
      const slices = storedReadings({ read: readings.read, directory, rules: sets, ...span });
      const report = await backtest({
        ...rules,
        ...span,
        directory,
        slices,
        real: await realTickets(tickets, rules.names),
        reopenWindowMs: ticketPolicy(config.tickets).reopenWindowMs,
        now: () => performance.now(),
        onProgress: (done) => progress(done.share, `${done.readings.toLocaleString('en')} readings`),
      });
      tell(report, performance.now() - started, flags.json === true);
    } finally {
      await readings.close();
    }
  });
}
