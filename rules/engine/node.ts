import type { Fault, FaultChange } from '../../model/fault.ts';

/** What the first layer says of one asset, or a decision that is due (`decide`). */
export interface Event {
  readonly t: number;
  readonly type: FaultChange['type'] | 'decide';
  readonly rule: string;
  readonly asset: string;
  readonly fault?: Fault | undefined;
}

/** An event with its place among all that were heard: one asset may say two things at one time. */
export interface Queued extends Event {
  readonly n: number;
}

/** A rule and an asset (or a circuit, or a gateway) as the second layer sees it. */
export interface Node {
  readonly rule: string;
  readonly asset: string;
  /** The asset's own condition fires; it was let through; it waits for an inhibitor to go; when it is decided. */
  own: boolean;
  ownShown: boolean;
  held: boolean;
  decideAt: number;
  ownFault: Fault | undefined;
  ownUnproved: boolean;
  /** Shown by the fault of the group that it belongs to. */
  absorbed: boolean;
  /** Enough members of the group fire. */
  rolled: boolean;
  members: Set<string>;
  unproved: Set<string>;
  shown: Fault | undefined;
  /** Cleared, and its proof is awaited. */
  awaiting: boolean;
  /** When its condition, or that of its group, last ended; NaN = never. */
  endedAt: number;
}

export interface CorrelatorState {
  readonly rules: readonly string[];
  readonly nodes: readonly Node[];
  readonly queue: readonly Queued[];
  readonly now: number;
}

// At one time: what assets say first, then decisions; each in the order of names, of one name as it was said.
const order = (e: Event): string => `${e.type === 'decide' ? 1 : 0}${e.rule}/${e.asset}`;
export function before(a: Queued, b: Queued): boolean {
  if (a.t !== b.t) return a.t < b.t;
  const [first, second] = [order(a), order(b)];
  return first === second ? a.n < b.n : first < second;
}

export function newNode(rule: string, asset: string): Node {
  return {
    rule,
    asset,
    own: false,
    ownShown: false,
    held: false,
    decideAt: Number.NaN,
    ownFault: undefined,
    ownUnproved: false,
    absorbed: false,
    rolled: false,
    members: new Set(),
    unproved: new Set(),
    shown: undefined,
    awaiting: false,
    endedAt: Number.NaN,
  };
}

export const copyNode = (node: Node): Node => ({
  ...node,
  members: new Set(node.members),
  unproved: new Set(node.unproved),
});
