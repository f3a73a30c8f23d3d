import type { Health } from '../../model/health.ts';
import type { Point } from '../../model/point.ts';

/** A point that the engine refused for good, and its reason. */
export interface RejectedPoint {
  readonly point: Point;
  readonly reason: string;
  /** `series_rejected` when absent. */
  readonly code?: 'series_too_many';
}

/** What became of a batch, point by point. */
export interface Settlement {
  readonly stored: number;
  readonly rejected: readonly RejectedPoint[];
  /** Not stored now, but may be later: the caller writes these again. */
  readonly keep: readonly Point[];
  /** How long the engine asks the caller to wait before. */
  readonly retryAfterMs?: number | undefined;
  /** Why points are kept. */
  readonly reason?: string | undefined;
}

/** Which values, from when to when, and how they are summed up. Times are epoch milliseconds, `from` ≤ ts < `to`. */
export interface SeriesQuery {
  readonly measurement: string;
  readonly fields: readonly string[];
  /** Exact tag values; an absent tag matches all. */
  readonly where: Readonly<Record<string, string>>;
  readonly from: number;
  readonly to: number;
  /** Width of the buckets whose mean is asked for, aligned to the epoch; absent = each point as stored. */
  readonly every_ms?: number | undefined;
  readonly limit?: number | undefined;
}

/** Values at a time, oldest first; a field that has no value there is absent. */
export interface Row {
  readonly ts: number;
  readonly values: Readonly<Record<string, number>>;
}

/** The newest value of each field of one asset. */
export interface LatestRow {
  readonly asset: string;
  readonly values: Readonly<Record<string, { readonly value: number; readonly ts: number }>>;
}

/** Every asset's points of a measurement. Times are epoch milliseconds, `from` ≤ ts < `to`. */
export interface ScanQuery {
  readonly measurement: string;
  readonly fields: readonly string[];
  readonly from: number;
  readonly to: number;
  /** Also the points that have none of the fields: they are signs of life. */
  readonly signsOfLife: boolean;
}

/** Points column by column, asset by asset, each asset's oldest first. */
export interface Columns {
  readonly assets: readonly string[];
  /** Where the rows of each asset begin, and at last where all end. */
  readonly starts: Uint32Array;
  /** By row. */
  readonly ts: Float64Array;
  /** By field asked for, by row; NaN = no value. A field that nobody knows has none. */
  readonly values: readonly Float64Array[];
}

/** Reads many points quickly, for those who go through them all. */
export interface SeriesScan {
  /** All of the span is in memory together: the caller keeps it short. */
  scan(query: ScanQuery): Promise<Columns>;
}

/**
 * A time-series engine. The suite in `conformance.testkit.ts` says the same as code.
 *
 * An implementation owes:
 * - Writing is idempotent: the same measurement, tags, field and time is one point; the last write wins.
 * - `write` settles every point and never throws for a bad one; an unreachable engine keeps them all.
 * - What is stored is durable and visible to the next query.
 */
export interface SeriesStore extends SeriesScan {
  readonly engine: 'duckdb' | 'influx';
  /**
   * Journal position up to which the engine itself knows that it has stored, or undefined when it cannot know (then
   * the journal's cursor is the truth and a replay is idempotent).
   */
  position(): Promise<number | undefined>;
  /** `upTo`: journal position that these points complete; kept with them, atomically, by engines that can. */
  write(points: readonly Point[], upTo: number, signal: AbortSignal): Promise<Settlement>;
  window(query: SeriesQuery): Promise<readonly Row[]>;
  /** Newest values of every asset of a measurement. */
  latest(measurement: string): Promise<readonly LatestRow[]>;
  /** Points stored of a measurement (rows: one asset at one time). */
  count(measurement: string): Promise<number>;
  health(): Promise<Health>;
  /** Resolves when nothing is left in flight. */
  close(): Promise<void>;
}
