import type { Clock } from '../model/clock.ts';
import type { UnitConfig } from './config.ts';
import type { Profile } from './profile.ts';
import { decodeRegisters } from './registers.ts';
import { planRequests, probeFor, type ReadRequest } from './request-plan.ts';
import { exceptionText } from './rtu-frame.ts';
import type { ReadResult, RtuMaster } from './rtu-master.ts';

export type PollOutcome =
  | { readonly type: 'reading'; readonly ts: number; readonly values: Readonly<Record<string, number>> }
  | { readonly type: 'failed'; readonly why: string }
  | { readonly type: 'gone' };

/** Answers that may still be under way: no controller queues more requests than it has buffers. */
const LOST_MAX = 4;

/** Exceptions that say: not these registers, not so many. */
const REFUSALS = new Set([2, 3]);

/** One controller on a line: reads its whole profile, or says why not. */
export interface UnitPoll {
  readonly config: UnitConfig;
  poll(master: RtuMaster): Promise<PollOutcome>;
}

function failureText(result: Exclude<ReadResult, { type: 'data' | 'gone' }>, request: ReadRequest): string {
  const { table, address, count } = request;
  const asked = `${table} ${address}${count > 1 ? `–${address + count - 1}` : ''}`;
  switch (result.type) {
    case 'exception':
      return `${exceptionText(result.code)}, asked for ${asked}`;
    case 'garbled':
      return `bytes but no valid answer, asked for ${asked}: check wiring, termination, parity`;
    default:
      return `no answer, asked for ${asked}`;
  }
}

/**
 * A reading is whole or not at all: when one request fails, the poll does.
 *
 * An answer that is missing may still come, and nothing in it tells which request it belongs to: taken for the next
 * one's, it would put every later value into the wrong metric. So after a failure the unit is first asked for something
 * whose answer cannot be mistaken for the lost one, and believed again when that has come.
 */
export function unitPoll(config: UnitConfig, profile: Profile, clock: Clock): UnitPoll {
  const plan = planRequests(profile);
  let lost: readonly ReadRequest[] = [];

  const failed = (
    result: Exclude<ReadResult, { type: 'data' }>,
    request: ReadRequest,
  ): Exclude<PollOutcome, { type: 'reading' }> => {
    if (result.type === 'gone') return { type: 'gone' };
    // An exception is an answer, but whose, when others are missing?
    if (result.type !== 'exception' || lost.length > 0) lost = [...lost, request].slice(-LOST_MAX);
    return { type: 'failed', why: failureText(result, request) };
  };
  return {
    config,
    async poll(master) {
      const probe = probeFor(plan, lost);
      if (probe) {
        const result = await master.read(config.unit, probe);
        const isRefused = result.type === 'exception' && REFUSALS.has(result.code);
        if (result.type !== 'data' && !isRefused) return failed(result, probe);
      }
      lost = [];
      const values: Record<string, number> = {};
      let ts: number | undefined;
      for (const request of plan) {
        const result = await master.read(config.unit, request);
        if (result.type !== 'data') return failed(result, request);
        ts ??= clock.now();
        Object.assign(values, decodeRegisters(request, result.data));
      }
      return { type: 'reading', ts: ts ?? clock.now(), values };
    },
  };
}
