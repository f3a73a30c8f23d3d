import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { openQuarantine } from '../../store/quarantine/sqlite.ts';
import { eventually, type StewardProcess } from '../steward.testkit.ts';
import { type Ledger, powerOf } from './load.testkit.ts';
import type { Pump } from './small-site.testkit.ts';

/** What the devices were promised against what is kept. All but `stored` must be 0. */
export interface Reckoning {
  readonly stored: number;
  /** Acknowledged, but not stored. */
  readonly lost: number;
  /** Rows beyond the first of the same asset and time. */
  readonly doubled: number;
  /** Stored with another value than was sent, or never sent. */
  readonly wrong: number;
  /** Acknowledged rejections that are not in quarantine. */
  readonly refusedLost: number;
}

/** Resolves when everything that was journalled is in the series engine. */
export async function seriesCaughtUp(steward: StewardProcess): Promise<void> {
  await eventually(
    'the series engine has everything that was journalled',
    async () => {
      const text = await (await fetch(`${steward.http}/metrics`)).text();
      return /^steward_journal_lag\{follower="series"\} 0$/m.test(text);
    },
    120_000,
  );
}

/** Reads the files of a Steward that has stopped, row by row: no query of ours may hide a repeat. */
export async function reckon(data: string, { t0, sent, acknowledged, refused }: Ledger): Promise<Reckoning> {
  let [stored, doubled, wrong, lost] = [0, 0, 0, 0];
  const instance = await DuckDBInstance.create(join(data, 'series.duckdb'), { access_mode: 'READ_ONLY' });
  const connection = await instance.connect();
  const rows = await connection.runAndReadAll(
    'SELECT asset, epoch_ms(time) AS ts, power_w FROM pump ORDER BY asset, ts',
  );
  const seen = new Map<Pump, Set<number>>([...sent.keys()].map((pump) => [pump, new Set()]));
  for (const [asset, ts, power] of rows.getRows()) {
    const pump = asset as Pump;
    const i = Number(ts) - t0;
    stored++;
    if (seen.get(pump)?.has(i)) doubled++;
    seen.get(pump)?.add(i);
    if (i < 0 || i >= (sent.get(pump) ?? 0) || power !== powerOf(i)) wrong++;
  }
  connection.closeSync();
  instance.closeSync();
  for (const [pump, numbers] of acknowledged) for (const i of numbers) if (!seen.get(pump)!.has(i)) lost++;

  const quarantine = await openQuarantine({ dir: join(data, 'quarantine') });
  const kept = new Set(
    quarantine.list({ limit: 1_000_000 }).map(({ payload }) => Buffer.from(payload).toString()),
  );
  await quarantine.close();
  const refusedLost = [...refused].filter((payload) => !kept.has(payload)).length;
  return { stored, lost, doubled, wrong, refusedLost };
}
