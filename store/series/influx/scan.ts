import { setTimeout as sleep } from 'node:timers/promises';
import { escape as escaped } from 'influx';
import { MINUTE_MS } from '../../../model/clock.ts';
import { StewardError } from '../../../model/codes.ts';
import { type ColumnsBuilder, columnsBuilder } from '../columns.ts';
import type { Columns, ScanQuery } from '../contract.ts';
import { measurementOf } from '../point-check.ts';
import type { InfluxAnswer } from './queries.ts';

/** Before each further try: an engine that compacts or starts again is back within seconds. */
const WAITS_MS = [250, 1_000, 3_000] as const;

export interface ScanPorts {
  /** Rejects when the engine does not answer or refuses. */
  ask(statements: readonly string[]): Promise<InfluxAnswer>;
  /** For people: which engine it is. */
  readonly name: string;
}

interface Span {
  readonly from: number;
  readonly to: number;
}

type Series = NonNullable<InfluxAnswer['results'][number]['series']>[number];

/** Grouped by asset the engine gives each asset's points by itself, which is what is wanted and costs it no merge. */
function scanQuery(measurement: string, fields: readonly string[], { from, to }: Span): string {
  const names = fields.map((field) => escaped.quoted(field)).join(', ');
  const span = `time >= ${Math.ceil(from)}ms AND time < ${Math.ceil(to)}ms`;
  return `SELECT ${names} FROM ${escaped.quoted(measurement)} WHERE ${span} GROUP BY "asset"`;
}

/** `places`: by column after the time, its place in the answer; −1 = read only as a sign of life. */
function take(builder: ColumnsBuilder, series: readonly Series[], places: readonly number[]): void {
  for (const { tags, values } of series) {
    const place = builder.place(tags?.['asset'] ?? '');
    builder.reserve(values.length);
    const { raw, rows } = builder;
    for (const [i, row] of values.entries()) {
      raw.places[rows + i] = place;
      raw.ts[rows + i] = Number(row[0]);
    }
    for (const [at, column] of places.entries()) {
      if (column < 0) continue;
      const into = raw.values[column]!;
      for (const [i, row] of values.entries()) {
        const value = row[at + 1];
        into[rows + i] = typeof value === 'number' ? value : Number.NaN;
      }
    }
    builder.added(values.length);
  }
}

/** The engine understood and will say the same again. */
function isRefusal(error: unknown): boolean {
  const status = (error as { res?: { statusCode?: number }; statusCode?: number }).res?.statusCode;
  const code = status ?? (error as { statusCode?: number }).statusCode ?? 0;
  return (
    (code >= 400 && code < 500 && code !== 408 && code !== 429) || /refused the query/.test(String(error))
  );
}

function unavailable(name: string, error: unknown): StewardError {
  const reason = error instanceof Error ? error.message : String(error);
  const what = isRefusal(error)
    ? 'check series.database, series.user and series.token'
    : 'start it or correct series.url, and run this again; when it is only slow, ask for a shorter span';
  return new StewardError('series_unavailable', `${name}: ${reason}; ${what}`, { cause: error });
}

/**
 * Reads a span of a measurement. What times out, or comes cut off at the engine's `max-row-limit`, is asked for again
 * in halves.
 *
 * @throws StewardError `series_unavailable` when the engine refuses, or four tries had no answer.
 */
export async function scanInflux(ports: ScanPorts, query: ScanQuery): Promise<Columns> {
  const { measurement } = query;
  const known = measurementOf(measurement)?.fields ?? [];
  // Points without any of the fields are in no answer unless a field that they have is asked for.
  const fields = known.filter((field) => query.signsOfLife || query.fields.includes(field));
  const places = fields.map((field) => query.fields.indexOf(field));
  const builder = columnsBuilder(query.fields.length);

  const read = async (span: Span, failures: number): Promise<void> => {
    let series: readonly Series[];
    try {
      const answer = await ports.ask([scanQuery(measurement, fields, span)]);
      series = answer.results[0]?.series ?? [];
    } catch (error) {
      const wait = WAITS_MS[failures];
      if (isRefusal(error) || wait === undefined) throw unavailable(ports.name, error);
      await sleep(wait);
      await readHalves(span, failures + 1);
      return;
    }
    if (series.some(({ partial }) => partial === true)) await readHalves(span, failures);
    else take(builder, series, places);
  };
  const readHalves = async (span: Span, failures: number): Promise<void> => {
    const middle = Math.floor((span.from + span.to) / 2);
    if (span.to - span.from < MINUTE_MS) await read(span, failures);
    else {
      await read({ from: span.from, to: middle }, failures);
      await read({ from: middle, to: span.to }, failures);
    }
  };
  if (fields.length > 0) await read(query, 0);
  const columns = builder.columns();
  for (const [place, field] of query.fields.entries())
    if (!fields.includes(field)) columns.values[place]!.fill(Number.NaN);
  return columns;
}
