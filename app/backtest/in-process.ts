import { join } from 'node:path';
import { systemClock } from '../../model/clock.ts';
import { StewardError } from '../../model/codes.ts';
import type { Kind } from '../../model/kinds.ts';
import type { BacktestReportView } from '../../model/views/backtest.ts';
import type { RecordsStore } from '../../store/records/contract.ts';
import type { SeriesScan } from '../../store/series/contract.ts';
import { openDuckdbFileScan } from '../../store/series/duckdb/scan-file.ts';
import { ticketPolicy } from '../../tickets/policy.ts';
import type { Config } from '../config-schema.ts';
import { openSeries } from '../open-stores.ts';
import { loadSites } from '../site-file.ts';
import { type BacktestSources, realTickets } from './order.ts';
import type { BacktestPlan } from './plan.ts';
import { type RunOptions, runBacktest } from './run.ts';

interface Readings extends SeriesScan {
  /** Time of the newest reading of a kind; undefined when there is none. */
  newest(kind: Kind): Promise<number | undefined>;
  close(): Promise<void> | void;
}

async function openReadings(config: Config): Promise<Readings> {
  const at = (...names: string[]): string => join(config.data, ...names);
  if (config.series.engine === 'duckdb') return openDuckdbFileScan(at('series.duckdb'));
  const series = await openSeries(config, { at });
  return {
    scan: (query) => series.scan(query),
    newest: async (kind) => {
      const rows = await series.latest(kind);
      const times = rows.flatMap(({ values }) => Object.values(values).map(({ ts }) => ts));
      return times.reduce<number | undefined>((a, b) => (a === undefined || b > a ? b : a), undefined);
    },
    close: () => series.close(),
  };
}

/** The end of what is stored: silence since then is that of a Steward which does not run. */
async function endOfReadings(readings: Readings, kinds: Iterable<Kind>, now: number): Promise<number> {
  let newest: number | undefined;
  for (const kind of kinds) {
    const ofKind = await readings.newest(kind);
    if (ofKind !== undefined && ofKind > (newest ?? 0)) newest = ofKind;
  }
  return newest === undefined ? now : Math.min(now, newest + 1);
}

export interface BacktestAsked {
  readonly sources: BacktestSources;
  /** Of these sources. */
  readonly plan: BacktestPlan;
  /** Epoch milliseconds. */
  readonly from: number;
  readonly to?: number | undefined;
  readonly warmUpMs?: number | undefined;
}

/**
 * Runs a backtest where no Steward runs, or beside one on InfluxDB.
 *
 * @throws StewardError `data_locked` when a running Steward has the readings; `not_found`, `request_invalid` and what
 * `runBacktest` throws.
 */
export async function backtestInProcess(
  { sources, plan, from, to: asked, warmUpMs }: BacktestAsked,
  config: Config,
  { tickets }: Pick<RecordsStore, 'tickets'>,
  options: RunOptions,
): Promise<BacktestReportView> {
  const readings = await openReadings(config);
  try {
    const kinds = plan.wanted.map(({ kind }) => kind);
    const to = asked ?? (await endOfReadings(readings, kinds, systemClock.now()));
    if (from >= to) {
      const end = new Date(to).toISOString();
      throw new StewardError('request_invalid', `--from is not before the end of the readings, ${end}`);
    }
    const warmUp = warmUpMs ?? plan.warmUpMs;
    const order = {
      sources,
      sites: loadSites(config.sites),
      begin: Math.max(0, from - warmUp),
      from,
      to,
      real: await realTickets(tickets, plan.names),
      reopenWindowMs: ticketPolicy(config.tickets).reopenWindowMs,
    };
    return await runBacktest(order, plan, readings, options);
  } finally {
    await readings.close();
  }
}
