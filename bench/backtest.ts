import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BacktestSources } from '../app/backtest/order.ts';
import { type BacktestPlan, planOf } from '../app/backtest/plan.ts';
import { runBacktest } from '../app/backtest/run.ts';
import { storedSlices } from '../app/backtest/slices.ts';
import { libraryRulesFolder } from '../app/paths.ts';
import { rulesIn } from '../app/rule-files.ts';
import { DAY_MS } from '../model/clock.ts';
import { limitedTo, rulesForBacktest } from '../rules/backtest/rule-sets.ts';
import { openDuckdbFileScan } from '../store/series/duckdb/scan-file.ts';
import { fillLampYear, LAMP_SITE, plainScanMs } from './lamp-year.ts';

const FROM = Date.UTC(2025, 0, 1);
const DEFAULT_DAYS = 365;
const REOPEN_WINDOW_MS = 30 * DAY_MS;

interface Measured {
  readonly samples: number;
  readonly readMs: number;
  readonly wholeMs: number;
  readonly engineMs: number;
  readonly tickets: number;
  readonly plainMs: number;
  /** Of the whole process with all its threads. */
  readonly cpuMs: number;
}

/** Reads all that the rules look at and throws it away. */
async function readOnly(file: string, { wanted }: BacktestPlan, to: number): Promise<number> {
  const series = await openDuckdbFileScan(file);
  const begun = performance.now();
  for await (const { blocks } of storedSlices({ series, wanted, begin: FROM, to })) blocks.at(0);
  const ms = performance.now() - begun;
  series.close();
  return ms;
}

async function measure(file: string, sources: BacktestSources, to: number): Promise<Measured> {
  const plan = planOf(rulesForBacktest(sources.tested, sources.against, sources.inForce));
  const metrics = plan.wanted.find(({ kind }) => kind === 'luminaire')?.metrics ?? [];
  const plainMs = await plainScanMs(file, metrics);
  const readMs = await readOnly(file, plan, to);
  const series = await openDuckdbFileScan(file);
  const cpu = process.cpuUsage();
  const report = await runBacktest(
    {
      sources,
      sites: [LAMP_SITE],
      begin: FROM,
      from: FROM,
      to,
      real: [],
      reopenWindowMs: REOPEN_WINDOW_MS,
    },
    plan,
    series,
    { signal: new AbortController().signal, onProgress: () => {} },
  );
  const { user, system } = process.cpuUsage(cpu);
  const cpuMs = (user + system) / 1_000;
  series.close();
  const { samples, elapsed_ms, engine_ms, tickets } = report;
  return {
    ...{ samples, readMs, plainMs, cpuMs },
    ...{ wholeMs: elapsed_ms, engineMs: engine_ms, tickets: tickets.length },
  };
}

/** A year of 1,000 lamps through the rules: what a person waits for who tries a rule on the past. */
export async function benchBacktest(
  say: (line: string) => void,
  args: readonly string[],
): Promise<Record<string, number>> {
  const at = args.indexOf('--days');
  const days = at < 0 ? DEFAULT_DAYS : Number(args[at + 1]);
  if (!(days > 0)) throw new Error('--days takes a number above 0');
  const to = FROM + days * DAY_MS;
  const folder = mkdtempSync(join(tmpdir(), 'steward-bench-'));
  const file = join(folder, 'series.duckdb');
  try {
    const readings = await fillLampYear(file, FROM, to);
    const size_mb = Math.round(statSync(file).size / 1e6);
    say(`${readings.toLocaleString('en')} readings of ${days} days, generated in SQL, ${size_mb} MB`);
    const inForce = rulesIn(libraryRulesFolder);
    const lighting = inForce.filter(({ file: name }) => name.endsWith('lighting.yaml'));
    const cases = {
      lamp_out: limitedTo(lighting, (rule) => rule === 'LampOut' || rule === 'CircuitOut'),
      lighting,
    };
    const figures: Record<string, number> = { readings };
    for (const [name, tested] of Object.entries(cases)) {
      const sources = { tested, against: 'nothing', inForce } as const;
      const { samples, readMs, wholeMs, engineMs, tickets, plainMs, cpuMs } = await measure(
        file,
        sources,
        to,
      );
      const perSecond = (ms: number): number => Math.round((samples / ms) * 1_000);
      figures[`${name}_samples_per_s`] = perSecond(wholeMs);
      figures[`${name}_reader_samples_per_s`] = perSecond(readMs);
      figures[`${name}_engine_samples_per_s`] = perSecond(engineMs);
      figures[`${name}_cpu_us_per_sample`] = Math.round((cpuMs / samples) * 1e6) / 1_000;
      figures[`${name}_to_plain_scan`] = Math.round((plainMs / wholeMs) * 1_000) / 1_000;
      say(
        `${name}: ${samples.toLocaleString('en')} samples in ${(wholeMs / 1_000).toFixed(1)} s, ${perSecond(wholeMs).toLocaleString('en')}/s, ${tickets} tickets; reading alone ${perSecond(readMs).toLocaleString('en')}/s, engine alone ${perSecond(engineMs).toLocaleString('en')}/s, DuckDB's own scan of these columns ${perSecond(plainMs).toLocaleString('en')}/s`,
      );
    }
    return figures;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
