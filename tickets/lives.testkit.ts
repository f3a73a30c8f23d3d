import fc from 'fast-check';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../model/clock.ts';
import type { FaultChange } from '../model/fault.ts';
import { TICKET_ACTIONS, type TicketAction } from '../model/ticket.ts';
import { changeAt, START } from './tickets.testkit.ts';

/** Assets whose faults come and go. */
export const ASSETS = ['l1', 'l2'] as const;

/** Lives are long: the default would try five steps or ten. */
export const LONG = { maxLength: 45, size: 'max' } as const;

/** What may happen next, some time after what happened before. */
export type Step = { readonly afterMs: number } & (
  | { readonly do: 'fault'; readonly asset: string; readonly clears: boolean; readonly proof: boolean }
  | {
      readonly do: 'act';
      /** Asset whose newest ticket is meant, or the one before it. */
      readonly asset: string;
      readonly older: boolean;
      readonly by: string;
      /** Which of what is possible, or any action at all. */
      readonly pick: number;
      readonly action: TicketAction | undefined;
    }
  | { readonly do: 'sweep' }
  | { readonly do: 'replay'; readonly back: number; readonly alone: boolean }
);

/** Mostly within hours, sometimes beyond the re-opening window. */
export const afterMs = fc.oneof(
  fc.integer({ min: 1, max: 3 * HOUR_MS }),
  fc.integer({ min: 1, max: 40 * DAY_MS }),
);
/** Any step of a life. */
export const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('fault' as const),
      afterMs,
      asset: fc.constantFrom(...ASSETS),
      clears: fc.boolean(),
      proof: fc.boolean(),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('act' as const),
      afterMs,
      asset: fc.constantFrom(...ASSETS),
      older: fc.nat(9).map((n) => n === 0),
      by: fc.constantFrom('erin', 'erin', 'stew', 'mia', 'mia', 'vic'),
      pick: fc.nat(999),
      action: fc.option(fc.constantFrom(...TICKET_ACTIONS), { freq: 3, nil: undefined }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('sweep' as const), afterMs }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('replay' as const),
      afterMs,
      back: fc.integer({ min: 1, max: 30 }),
      alone: fc.boolean(),
    }),
  },
);

/**
 * A rules engine as far as the desk can see it, with the lateness of event time: it speaks of a quarter of an hour
 * ago. Fires when idle; when firing, clears; when cleared, fires again or says that it is proved.
 */
export function engine() {
  const said: FaultChange[] = [];
  const phase = new Map<string, FaultChange['type']>();
  return {
    said,
    next: (now: number, asset: string, clears: boolean, proof: boolean): FaultChange => {
      const before = phase.get(asset) ?? 'proved';
      let type: FaultChange['type'] = 'firing';
      if (before === 'firing') type = clears ? 'cleared' : 'amended';
      else if (before === 'cleared' && clears) type = 'proved';
      if (type !== 'amended') phase.set(asset, type);
      const change = changeAt(type, now - START - 15 * MINUTE_MS, {
        asset,
        members: type === 'amended' ? [`m${said.length}`] : ['m'],
        proof: proof ? 'one night' : undefined,
        severity: said.length % 3 === 0 ? 'critical' : 'minor',
      });
      said.push(change);
      return change;
    },
  };
}
