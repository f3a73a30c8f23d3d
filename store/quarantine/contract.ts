import type { Rejection } from '../../model/rejection.ts';

export interface Quarantined extends Rejection {
  /** Counts from 1 in the order of arrival; one that is rejected again keeps its own. */
  readonly id: number;
  /** Whether the payload was kept whole: what was cut cannot be replayed. */
  readonly whole: boolean;
}

export interface QuarantineQuery {
  readonly limit: number;
  /** Only ids below, for the next page. */
  readonly before?: number | undefined;
  readonly code?: string | undefined;
  /** Bytes of each payload that are given out; all that were kept by default. */
  readonly payloadBytes?: number | undefined;
}

/** What can be read. */
export interface QuarantineReader {
  /** Newest first. */
  list(query: QuarantineQuery): readonly Quarantined[];
  get(id: number): Quarantined | undefined;
  /** Ids that are kept, of one code or of all, oldest first. */
  ids(code?: string): readonly number[];
  counts(): QuarantineCounts;
  close(): Promise<void>;
}

export interface QuarantineCounts {
  readonly kept: number;
  /** Bytes of the payloads kept. */
  readonly bytes: number;
  /** Rejected since the beginning. */
  readonly total: number;
  /** Gone since the start because they were too old, or too many: not those that a replay settled. */
  readonly dropped: number;
  /** Rejected since the beginning, by code. */
  readonly byCode: Readonly<Record<string, number>>;
  /** Kept now, by code. */
  readonly keptByCode: Readonly<Record<string, number>>;
}

/**
 * Messages that were not accepted. Bounded in number, in bytes and in age: beyond, the oldest go, because a broken
 * device must not fill the disk; how many there were is counted.
 */
export interface Quarantine extends QuarantineReader {
  /** Resolves when the rejections are on disk; their messages may be acknowledged then. */
  keep(rejections: readonly Rejection[]): Promise<void>;
  /**
   * What a replay left of `id`, durably: nothing (it is removed), or what is still rejected: the first takes its
   * place, others are kept as new ones. An id that is gone stays gone.
   */
  settle(id: number, rejections: readonly Rejection[]): Promise<void>;
  /** Removes, from the oldest on, what was received before that time; resolves to how many went. */
  expire(before: number): Promise<number>;
}
