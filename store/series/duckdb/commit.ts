import { type DuckDBConnection, DuckDBDataChunk, INTEGER, VARCHAR } from '@duckdb/node-api';
import type { BatchPlan, TablePlan } from './batch.ts';
import { appendColumns, CHUNK_ROWS, emptyColumns, pushRow } from './columns.ts';
import type { Series } from './dictionary.ts';
import { markDirty } from './rollup.ts';
import { quoted } from './tables.ts';

/** Writes the plan, the hours whose roll-up it `touched`, and the position in one transaction: after a crash there are all or none. */
export async function commitBatch(
  writer: DuckDBConnection,
  plan: BatchPlan,
  upTo: number,
  touched: ReadonlyMap<string, ReadonlySet<number>>,
): Promise<void> {
  await writer.run('BEGIN');
  try {
    if (plan.added.length > 0) await appendSeries(writer, plan.added);
    for (const tablePlan of plan.tables.values()) {
      if (tablePlan.fresh.rows > 0) await appendColumns(writer, tablePlan.table.name, tablePlan.fresh);
      if (tablePlan.late.size > 0) await mergeLate(writer, tablePlan);
    }
    await markDirty(writer, touched);
    // Also when it goes back: then the journal is another one, and a higher number of the old one would hide entries.
    await writer.run(`UPDATE meta SET value = ${upTo} WHERE name = 'position'`);
    await writer.run('COMMIT');
  } catch (error) {
    // A failed commit has rolled back already; the error that matters is the first one.
    await writer.run('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

async function appendSeries(writer: DuckDBConnection, added: readonly Series[]): Promise<void> {
  const appender = await writer.createAppender('series');
  for (let from = 0; from < added.length; from += CHUNK_ROWS) {
    const part = added.slice(from, from + CHUNK_ROWS);
    const chunk = DuckDBDataChunk.create([INTEGER, VARCHAR, VARCHAR], part.length);
    chunk.setColumnValues(
      0,
      part.map((series) => series.id),
    );
    chunk.setColumnValues(
      1,
      part.map((series) => series.measurement),
    );
    chunk.setColumnValues(
      2,
      part.map((series) => JSON.stringify(series.tags)),
    );
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
}

/**
 * Last write wins per field; a field that the repeat lacks stays, as InfluxDB does it. A repeat that says what is
 * stored already touches nothing. The bounds let the engine skip every row group outside the span.
 */
async function mergeLate(writer: DuckDBConnection, { table, late }: TablePlan): Promise<void> {
  const columns = emptyColumns(table, late.size);
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  for (const { series, ts, fields } of late.values()) {
    pushRow(columns, series, ts, fields);
    from = Math.min(from, ts);
    to = Math.max(to, ts);
  }
  await appendColumns(writer, table.stage, columns);
  const names = table.fields.map(quoted);
  const differs = names.map(
    (name) => `(late.${name} IS NOT NULL AND late.${name} IS DISTINCT FROM kept.${name})`,
  );
  const united = names.map((name) => `${name} = coalesce(late.${name}, kept.${name})`);
  await writer.run(
    `MERGE INTO ${table.name} AS kept USING ${table.stage} AS late
     ON kept.series = late.series AND kept.ts = late.ts AND kept.ts BETWEEN ${from} AND ${to}
     WHEN MATCHED AND (${differs.join(' OR ')}) THEN UPDATE SET ${united.join(', ')}
     WHEN NOT MATCHED THEN INSERT`,
  );
  await writer.run(`DELETE FROM ${table.stage}`);
}
