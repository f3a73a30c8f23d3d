import type { Directory } from '../../model/directory.ts';
import type { Fault, FaultChange } from '../../model/fault.ts';
import { causeOf } from './fault-of.ts';
import { groupFaultOf } from './group-fault.ts';
import type { Node } from './node.ts';
import type { Nodes } from './nodes.ts';

/** What is told of nodes: a fault while one is visible, its amendments, its end and its proof. */
export interface Showing {
  /** Tells that the node's fault begins or ends, where what is decided of it has changed so. */
  update(node: Node, t: number): void;
  /** Whom a fault stands for has changed: `amendMembers` tells it once all that happens at this time is known. */
  membersChanged(node: Node): void;
  amendMembers(t: number): void;
  /** The asset's own fault has other evidence. */
  amendOwn(node: Node, t: number): void;
  /** Tells that what was cleared is proved, once the node and each member is. */
  proveIfSeen(node: Node, t: number): void;
}

export function createShowing(
  nodes: Nodes,
  directory: Directory,
  tell: (change: FaultChange) => void,
): Showing {
  const changed = new Set<Node>();
  const emit = (type: FaultChange['type'], fault: Fault, at: number): void =>
    tell({ type, fault, at, cause: causeOf(fault.key, at, type) });

  const faultFor = (node: Node, t: number): Fault => {
    if (node.ownShown && node.ownFault) return { ...node.ownFault, members: [...node.members].sort() };
    const memberRule = nodes.rules.find(
      ({ rollup, name }) =>
        rollup?.as === node.rule && [...node.members].some((id) => nodes.known(name, id) !== undefined),
    );
    return groupFaultOf(node, nodes.infoOf(node), memberRule, directory, node.shown?.since ?? t);
  };
  const amend = (node: Node, shown: Fault, t: number): void => {
    node.shown = { ...faultFor(node, t), since: shown.since };
    emit('amended', node.shown, t);
  };
  const proveIfSeen = (node: Node, t: number): void => {
    if (!node.awaiting || !node.shown?.proof || node.ownUnproved || node.unproved.size > 0) return;
    node.awaiting = false;
    emit('proved', node.shown, t);
    node.shown = undefined;
    node.members.clear();
  };
  return {
    membersChanged: (node) => void changed.add(node),
    proveIfSeen,
    update: (node, t) => {
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
    },
    amendOwn: (node, t) => {
      if (node.ownShown && node.shown) amend(node, node.shown, t);
    },
    amendMembers: (t) => {
      for (const node of changed) {
        if (!node.shown || node.awaiting || node.shown.members.length === node.members.size) continue;
        amend(node, node.shown, t);
      }
      changed.clear();
    },
  };
}
