import type { Directory } from '../../model/directory.ts';
import type { Fault, FaultChange } from '../../model/fault.ts';
import type { RuleInfo } from '../language/rule.ts';
import { createDeciding } from './deciding.ts';
import { createHeap } from './heap.ts';
import { before, type CorrelatorState, copyNode, type Event, type Queued } from './node.ts';
import { createNodes } from './nodes.ts';
import { createRelations } from './relations.ts';
import { createShowing } from './showing.ts';

/**
 * Second layer: waits until a whole circuit or gateway could speak, then tells one fault of the group or single
 * ones. Works through events strictly in event time, however they arrived.
 */
export interface Correlator {
  readonly rules: readonly RuleInfo[];
  hear(event: Event): void;
  /** Decides everything before `horizon`. */
  advance(horizon: number): void;
  active(): readonly Fault[];
  state(): CorrelatorState;
}

export function createCorrelator(
  rules: readonly RuleInfo[],
  directory: Directory,
  tell: (change: FaultChange) => void,
  restored?: CorrelatorState,
): Correlator {
  const names = new Set(rules.map(({ name }) => name));
  const isKnown = ({ rule, asset }: Pick<Event, 'rule' | 'asset'>): boolean =>
    names.has(rule) && directory.asset(asset) !== undefined;
  const nodes = createNodes(rules, (restored?.nodes ?? []).filter(isKnown).map(copyNode));
  const queue = createHeap<Queued>(before);
  for (const event of restored?.queue ?? []) if (isKnown(event)) queue.push(event);
  let heard = 1 + Math.max(0, ...(restored?.queue ?? []).map(({ n }) => n));
  const enqueue = (event: Event): void => queue.push({ ...event, n: heard++ });
  let now = restored?.now ?? Number.NEGATIVE_INFINITY;
  const showing = createShowing(nodes, directory, tell);
  const { handle } = createDeciding(nodes, createRelations(nodes, directory), showing, enqueue);

  return {
    rules,
    hear: enqueue,
    advance: (horizon) => {
      for (let next = queue.peek(); next && next.t < horizon; ) {
        // What comes later than it may is heard now: the past has been told.
        now = Math.max(now, next.t);
        const t = now;
        do {
          queue.pop();
          handle(next, t);
          next = queue.peek();
        } while (next && next.t <= t);
        showing.amendMembers(t);
      }
      // What a gateway kept for hours ends its silence hours ago, but its devices have had no time to be heard since.
      now = Math.max(now, horizon);
    },
    active: () => [...nodes.all()].flatMap(({ shown, awaiting }) => (shown && !awaiting ? [shown] : [])),
    state: () => ({
      rules: [...names],
      nodes: Array.from(nodes.all(), copyNode),
      queue: [...queue.items()],
      now,
    }),
  };
}
