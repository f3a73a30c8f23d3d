import { copyHold, type Hold, newHold } from './hold.ts';

export const QUIET = 0;
export const PENDING = 1;
export const FIRING = 2;
export const RECOVERING = 3;

/** How far one rule is with one asset. Numbers only, so that keeping and taking back is cheap. */
export interface Progress {
  phase: number;
  /** Event time of the last evaluation, and of the next that is due though no sample comes. */
  time: number;
  wake: number;
  since: number;
  /** 1 when the urgent level was reached. */
  raised: number;
  /** When it cleared, while the proof is awaited; −1 otherwise. */
  clearedAt: number;
  readonly hold: Hold;
  readonly urgent: Hold;
  readonly keep: Hold;
  readonly healthy: Hold;
  /** Proof by a span: 1 inside it, 1 when it is lost, 1 when health was seen; since when health is missing (−1). */
  inSpan: number;
  spoiled: number;
  sawGood: number;
  badFrom: number;
  /** Proof by a cycle: whether it ran at the last known sample; −1 = not known. */
  ran: number;
}

export function newProgress(): Progress {
  return {
    phase: QUIET,
    time: Number.NEGATIVE_INFINITY,
    wake: Number.POSITIVE_INFINITY,
    since: 0,
    raised: 0,
    clearedAt: -1,
    hold: newHold(),
    urgent: newHold(),
    keep: newHold(),
    healthy: newHold(),
    inSpan: 0,
    spoiled: 0,
    sawGood: 0,
    badFrom: -1,
    ran: -1,
  };
}

export function copyProgress(from: Progress, to: Progress): void {
  to.phase = from.phase;
  to.time = from.time;
  to.wake = from.wake;
  to.since = from.since;
  to.raised = from.raised;
  to.clearedAt = from.clearedAt;
  copyHold(from.hold, to.hold);
  copyHold(from.urgent, to.urgent);
  copyHold(from.keep, to.keep);
  copyHold(from.healthy, to.healthy);
  to.inSpan = from.inSpan;
  to.spoiled = from.spoiled;
  to.sawGood = from.sawGood;
  to.badFrom = from.badFrom;
  to.ran = from.ran;
}
