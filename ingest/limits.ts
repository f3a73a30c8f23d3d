import { DAY_MS, MINUTE_MS } from '../model/clock.ts';

/** How much and how far off a message may be. */
export interface IngestLimits {
  /** Larger payloads are not looked into. */
  readonly maxPayloadBytes: number;
  /** How far `ts` may be ahead of the arrival: one fast clock must not make a fleet late. */
  readonly futureMs: number;
  /** How old a reading may be when it arrives. */
  readonly pastMs: number;
}

export const DEFAULT_LIMITS: IngestLimits = {
  maxPayloadBytes: 256 * 1024,
  futureMs: 5 * MINUTE_MS,
  pastMs: 90 * DAY_MS,
};
