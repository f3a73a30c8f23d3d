import type { Directory } from '../../model/directory.ts';
import type { Fault, FaultChange } from '../../model/fault.ts';
import type { RuleInfo } from '../language/rule.ts';
import { causeOf } from './fault-of.ts';
import { groupFaultOf } from './group-fault.ts';
import { createHeap } from './heap.ts';
import {
  before,
  type CorrelatorState,
  copyNode,
  type Event,
  type Node,
  newNode,
  type Queued,
} from './node.ts';
import { createRelations } from './relations.ts';

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
  const infos = new Map(rules.map((info) => [info.name, info]));
  const nodes = new Map<string, Node>();
  const queue = createHeap<Queued>(before);
  let heard = 1 + Math.max(0, ...(restored?.queue ?? []).map(({ n }) => n));
  const enqueue = (event: Event): void => queue.push({ ...event, n: heard++ });
  const held = new Set<Node>();
  const changed = new Set<Node>();
  let now = restored?.now ?? Number.NEGATIVE_INFINITY;

  const nodeOf = (rule: string, asset: string): Node => {
    const key = `${rule}/${asset}`;
    let node = nodes.get(key);
    if (!node) {
      node = newNode(rule, asset);
      nodes.set(key, node);
    }
    return node;
  };
  const infoOf = (node: Node): RuleInfo => infos.get(node.rule)!;
  const { groupOf, firingAmong, isInhibited, quietUntil, timeToSpeak, quorum } = createRelations(
    infos,
    directory,
    nodes,
    nodeOf,
  );
  const emit = (type: FaultChange['type'], fault: Fault, at: number): void =>
    tell({ type, fault, at, cause: causeOf(fault.key, at, type) });

  const decideLater = (node: Node, t: number): void => {
    node.held = false;
    held.delete(node);
    node.decideAt = t + infoOf(node).wait_ms;
    enqueue({ t: node.decideAt, type: 'decide', rule: node.rule, asset: node.asset });
  };
  const release = (t: number): void => {
    for (const node of [...held]) if (!isInhibited(node)) decideLater(node, t);
  };

  const faultFor = (node: Node, t: number): Fault => {
    if (node.ownShown && node.ownFault) return { ...node.ownFault, members: [...node.members].sort() };
    const memberRule = rules.find(
      ({ rollup, name }) =>
        rollup?.as === node.rule && [...node.members].some((id) => nodes.has(`${name}/${id}`)),
    );
    return groupFaultOf(node, infoOf(node), memberRule, directory, node.shown?.since ?? t);
  };
  const proveIfSeen = (node: Node, t: number): void => {
    if (!node.awaiting || !node.shown?.proof || node.ownUnproved || node.unproved.size > 0) return;
    node.awaiting = false;
    emit('proved', node.shown, t);
    node.shown = undefined;
    node.members.clear();
  };
  const update = (node: Node, t: number): void => {
    const visible = node.ownShown || node.rolled;
    const wasVisible = node.shown !== undefined && !node.awaiting;
    if (visible && !wasVisible) {
      node.shown = undefined;
      node.shown = faultFor(node, t);
      node.awaiting = false;
      emit('firing', node.shown, t);
    } else if (visible) {
      changed.add(node);
    } else if (wasVisible) {
      emit('cleared', node.shown!, t);
      node.awaiting = true;
      changed.delete(node);
      proveIfSeen(node, t);
    }
  };
  const join = (group: Node, node: Node): void => {
    node.absorbed = true;
    node.decideAt = Number.NaN;
    group.members.add(node.asset);
    group.unproved.add(node.asset);
    changed.add(group);
  };
  const onFiring = (node: Node, fault: Fault, t: number): void => {
    node.own = true;
    node.ownFault = fault;
    node.ownUnproved = infoOf(node).proof !== undefined;
    const shared = groupOf(node);
    if (shared?.group.rolled) join(shared.group, node);
    else decideLater(node, t);
  };
  const onAmended = (node: Node, fault: Fault, t: number): void => {
    node.ownFault = fault;
    if (!node.ownShown || !node.shown) return;
    node.shown = { ...faultFor(node, t), since: node.shown.since };
    emit('amended', node.shown, t);
  };
  const decide = (node: Node, due: number, t: number): void => {
    if (!node.own || node.ownShown || node.absorbed || node.decideAt !== due) return;
    const shared = groupOf(node);
    if (isInhibited(node) || (shared && isInhibited(shared.group))) {
      node.held = true;
      held.add(node);
      return;
    }
    const quiet = Math.max(quietUntil(node), shared ? quietUntil(shared.group) : t);
    if (t < quiet) {
      decideLater(node, quiet - infoOf(node).wait_ms);
      return;
    }
    const firing = shared ? firingAmong(node.rule, shared.among) : [];
    if (shared && firing.length >= quorum(node, shared.among)) {
      if (shared.group.awaiting) shared.group.members.clear();
      shared.group.rolled = true;
      for (const member of firing) join(shared.group, member);
      update(shared.group, t);
      return;
    }
    node.ownShown = true;
    update(node, t);
  };
  const leaveGroup = (node: Node, t: number): void => {
    const shared = groupOf(node);
    if (!shared?.group.rolled) return;
    const { group } = shared;
    const left = firingAmong(node.rule, shared.among);
    // Half of what it took to fire: a circuit that comes back lamp by lamp does not flap.
    if (left.length >= quorum(node, shared.among) / 2) return;
    group.rolled = false;
    group.endedAt = t;
    for (const other of left) {
      if (!other.absorbed) continue;
      other.absorbed = false;
      group.members.delete(other.asset);
      group.unproved.delete(other.asset);
      // Their own good news may still be on its way.
      if (!other.ownShown) decideLater(other, t + timeToSpeak(other));
    }
    update(group, t);
  };
  const onCleared = (node: Node, t: number): void => {
    node.own = false;
    node.endedAt = t;
    node.held = false;
    held.delete(node);
    node.absorbed = false;
    if (node.ownShown) {
      node.ownShown = false;
      update(node, t);
    }
    leaveGroup(node, t);
    release(t);
  };
  const onProved = (node: Node, t: number): void => {
    node.ownUnproved = false;
    proveIfSeen(node, t);
    const shared = groupOf(node);
    if (shared?.group.unproved.delete(node.asset)) proveIfSeen(shared.group, t);
  };
  const handle = (event: Event, t: number): void => {
    const node = nodeOf(event.rule, event.asset);
    if (event.type === 'decide') decide(node, event.t, t);
    else if (event.type === 'firing') onFiring(node, event.fault!, t);
    else if (event.type === 'amended') onAmended(node, event.fault!, t);
    else if (event.type === 'cleared') onCleared(node, t);
    else if (event.type === 'proved') onProved(node, t);
  };
  const tellAmended = (t: number): void => {
    for (const node of changed) {
      if (!node.shown || node.awaiting || node.shown.members.length === node.members.size) continue;
      node.shown = { ...faultFor(node, t), since: node.shown.since };
      emit('amended', node.shown, t);
    }
    changed.clear();
  };

  for (const node of restored?.nodes ?? []) {
    if (!infos.has(node.rule) || !directory.asset(node.asset)) continue;
    const copy = copyNode(node);
    nodes.set(`${node.rule}/${node.asset}`, copy);
    if (copy.held) held.add(copy);
  }
  for (const event of restored?.queue ?? []) {
    if (infos.has(event.rule) && directory.asset(event.asset)) queue.push(event);
  }

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
        tellAmended(t);
      }
      // What a gateway kept for hours ends its silence hours ago, but its devices have had no time to be heard since.
      now = Math.max(now, horizon);
    },
    active: () => [...nodes.values()].flatMap((node) => (node.shown && !node.awaiting ? [node.shown] : [])),
    state: () => ({
      rules: rules.map(({ name }) => name),
      nodes: [...nodes.values()].map(copyNode),
      queue: [...queue.items()],
      now,
    }),
  };
}
