import type { Directory } from '../../model/directory.ts';
import type { Asset } from '../../model/site.ts';
import type { RuleInfo } from '../language/rule.ts';
import type { Node } from './node.ts';
import type { Nodes } from './nodes.ts';

/** What a fault can roll up into, and the assets that its own is one of. */
export interface Group {
  readonly group: Node;
  readonly among: readonly Asset[];
}

/** How faults hang together along the physical tree. */
export interface Relations {
  groupOf(node: Node): Group | undefined;
  firingAmong(rule: string, among: readonly Asset[]): readonly Node[];
  /** Whether a rule that silences this one fires for the asset, or for its circuit or gateway where that counts. */
  isInhibited(node: Node): boolean;
  /** Until when it is held back for what has ended: it is news only if it is still so when it could be heard again. */
  quietUntil(node: Node): number;
  /** How long the asset needs to be well when what ailed all has ended, ms: heard, and for so long as its rule asks. */
  timeToRecover(node: Node): number;
  /** How many must fire to be one fault. */
  quorum(node: Node, among: readonly Asset[]): number;
}

/** One may be lost, and the next may come a little late. */
const HEARTBEATS_TO_SPEAK = 3;

/** The assets for which a rule holds another one back, when it fires for one of them. */
export function inhibitingAssets(
  { inhibited_by_own }: RuleInfo,
  rule: string,
  { id, circuit, gateway }: Asset,
): readonly string[] {
  return inhibited_by_own.includes(rule) ? [id] : [id, circuit, gateway].filter((one) => one !== '');
}

export function createRelations(nodes: Nodes, directory: Directory): Relations {
  const { infoOf } = nodes;
  const groupOf = (node: Node): Group | undefined => {
    const { rollup } = infoOf(node);
    const asset = directory.asset(node.asset);
    const subject = rollup && asset?.[rollup.by];
    if (!rollup || !subject || !directory.asset(subject)) return undefined;
    const all = rollup.by === 'circuit' ? directory.fedBy(subject) : directory.carriedBy(subject);
    const kinds = infoOf(node).kinds;
    return {
      group: nodes.of(rollup.as, subject),
      among: all.filter((other) => kinds.includes(other.kind) && other.id !== subject),
    };
  };
  const firingAmong = (rule: string, among: readonly Asset[]): readonly Node[] =>
    among.flatMap(({ id }) => {
      const node = nodes.known(rule, id);
      return node?.own ? [node] : [];
    });
  const inhibitors = (node: Node): readonly Node[] => {
    const asset = directory.asset(node.asset);
    if (!asset) return [];
    const info = infoOf(node);
    return info.inhibited_by.flatMap((rule) =>
      inhibitingAssets(info, rule, asset).flatMap((id) => nodes.known(rule, id) ?? []),
    );
  };
  const isInhibited = (node: Node): boolean => inhibitors(node).some(({ own, rolled }) => own || rolled);
  const timeToRecover = (node: Node): number => {
    const heartbeat_s = Number(directory.asset(node.asset)?.attributes['heartbeat_s']);
    return HEARTBEATS_TO_SPEAK * 1_000 * heartbeat_s + infoOf(node).keep_ms;
  };
  const quietUntil = (node: Node): number => {
    const ends = inhibitors(node).flatMap(({ endedAt }) => (endedAt > 0 ? [endedAt] : []));
    return Math.max(...ends) + timeToRecover(node);
  };
  const quorum = (node: Node, among: readonly Asset[]): number => {
    const { min, share } = infoOf(node).rollup!;
    return Math.max(min, Math.ceil(share * among.length));
  };
  return { groupOf, firingAmong, isInhibited, quietUntil, timeToRecover, quorum };
}
