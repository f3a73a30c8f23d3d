import type { Rejection } from '../../model/rejection.ts';

export interface Quarantined extends Rejection {
  /** Counts from 1 in the order of arrival. */
  readonly id: number;
}

export interface QuarantineQuery {
  readonly limit: number;
  /** Only ids below, for the next page. */
  readonly before?: number | undefined;
  readonly code?: string | undefined;
}

/**
 * Messages that were not accepted, newest first. Bounded: beyond its limit the oldest go, because a broken device
 * must not fill the disk; how many went is counted.
 */
export interface Quarantine {
  /** Resolves when the rejections are on disk; their messages may be acknowledged then. */
  keep(rejections: readonly Rejection[]): Promise<void>;
  list(query: QuarantineQuery): readonly Quarantined[];
  /** Kept now, rejected since the beginning, by code. */
  counts(): {
    readonly kept: number;
    readonly total: number;
    readonly byCode: Readonly<Record<string, number>>;
  };
  close(): Promise<void>;
}
