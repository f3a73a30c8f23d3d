import type { Fault } from '../../model/fault.ts';
import type { Event, Node } from './node.ts';
import type { Nodes } from './nodes.ts';
import type { Group, Relations } from './relations.ts';
import type { Showing } from './showing.ts';

/**
 * Whether a fault of an asset is told on its own, joins that of its group, or is held back by another one. Events
 * come in the order of time.
 */
export interface Deciding {
  /** What an asset says, or a decision that is due, at time t: never before that of the event. */
  handle(event: Event, t: number): void;
}

/** `enqueue`: takes decisions that are due later. */
export function createDeciding(
  nodes: Nodes,
  relations: Relations,
  showing: Showing,
  enqueue: (event: Event) => void,
): Deciding {
  const { groupOf, firingAmong, isInhibited, quietUntil, timeToRecover, quorum } = relations;
  const held = new Set([...nodes.all()].filter((node) => node.held));

  const letGo = (node: Node): void => {
    node.held = false;
    held.delete(node);
  };
  const decideLater = (node: Node, t: number): void => {
    letGo(node);
    node.decideAt = t + nodes.infoOf(node).wait_ms;
    enqueue({ t: node.decideAt, type: 'decide', rule: node.rule, asset: node.asset });
  };
  const join = (group: Node, node: Node): void => {
    node.absorbed = true;
    node.decideAt = Number.NaN;
    group.members.add(node.asset);
    group.unproved.add(node.asset);
    showing.membersChanged(group);
  };
  const rollUp = (group: Node, members: readonly Node[], t: number): void => {
    if (group.awaiting) group.members.clear();
    group.rolled = true;
    for (const member of members) join(group, member);
    showing.update(group, t);
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
      decideLater(node, quiet - nodes.infoOf(node).wait_ms);
      return;
    }
    const firing = shared ? firingAmong(node.rule, shared.among) : [];
    // Where the group itself says so, as a cabinet does, nobody asks how many of its members could: night may be over.
    if (shared && (shared.group.own || firing.length >= quorum(node, shared.among))) {
      rollUp(shared.group, firing, t);
      return;
    }
    node.ownShown = true;
    showing.update(node, t);
  };
  /** What is left of a group is decided one by one. */
  const breakUp = (group: Node, left: readonly Node[], t: number): void => {
    group.rolled = false;
    group.endedAt = t;
    for (const other of left) {
      if (!other.absorbed) continue;
      other.absorbed = false;
      group.members.delete(other.asset);
      group.unproved.delete(other.asset);
      // Their own good news may still be on its way.
      if (!other.ownShown) decideLater(other, t + timeToRecover(other));
    }
    showing.update(group, t);
  };
  const leaveGroup = (node: Node, { group, among }: Group, t: number): void => {
    if (!group.rolled) return;
    const left = firingAmong(node.rule, among);
    // Half of what it took to fire: a circuit that comes back lamp by lamp does not flap.
    if (left.length < quorum(node, among) / 2) breakUp(group, left, t);
  };
  /** A group that does not say itself any more that it is out: enough of its members must. */
  const stayTogether = (group: Node, t: number): void => {
    const members = [...nodes.all()].filter((node) => node.absorbed && groupOf(node)?.group === group);
    const [first] = members;
    const needed = first ? quorum(first, groupOf(first)!.among) : 0;
    if (members.length < needed || needed === 0) breakUp(group, members, t);
  };

  const onFiring = (node: Node, fault: Fault, t: number): void => {
    node.own = true;
    node.ownFault = fault;
    node.ownUnproved = nodes.infoOf(node).proof !== undefined;
    const shared = groupOf(node);
    if (shared?.group.rolled) join(shared.group, node);
    else decideLater(node, t);
  };
  const onAmended = (node: Node, fault: Fault, t: number): void => {
    node.ownFault = fault;
    showing.amendOwn(node, t);
  };
  const onCleared = (node: Node, t: number): void => {
    node.own = false;
    node.endedAt = t;
    letGo(node);
    node.absorbed = false;
    if (node.ownShown) {
      node.ownShown = false;
      showing.update(node, t);
    }
    const shared = groupOf(node);
    if (shared) leaveGroup(node, shared, t);
    if (node.rolled) stayTogether(node, t);
    for (const other of [...held]) if (!isInhibited(other)) decideLater(other, t);
  };
  const onProved = (node: Node, t: number): void => {
    node.ownUnproved = false;
    showing.proveIfSeen(node, t);
    const shared = groupOf(node);
    if (shared?.group.unproved.delete(node.asset)) showing.proveIfSeen(shared.group, t);
  };
  return {
    handle: (event, t) => {
      const node = nodes.of(event.rule, event.asset);
      if (event.type === 'decide') decide(node, event.t, t);
      else if (event.type === 'firing') onFiring(node, event.fault!, t);
      else if (event.type === 'amended') onAmended(node, event.fault!, t);
      else if (event.type === 'cleared') onCleared(node, t);
      else if (event.type === 'proved') onProved(node, t);
    },
  };
}
