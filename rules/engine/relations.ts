import type { Directory } from '../../model/directory.ts';
import type { Asset } from '../../model/site.ts';
import type { RuleInfo } from '../language/rule.ts';
import type { Node } from './node.ts';

/** How faults hang together along the physical tree. */
export interface Relations {
  /** The group that a fault can roll up into, and the assets that it is one of. */
  groupOf(node: Node): { group: Node; among: readonly Asset[] } | undefined;
  firingAmong(rule: string, among: readonly Asset[]): readonly Node[];
  /** Whether a rule that silences this one fires for the asset, its circuit or its gateway. */
  isInhibited(node: Node): boolean;
  /** How many must fire to be one fault. */
  quorum(node: Node, among: readonly Asset[]): number;
}

export function createRelations(
  infos: ReadonlyMap<string, RuleInfo>,
  directory: Directory,
  nodes: ReadonlyMap<string, Node>,
  nodeOf: (rule: string, asset: string) => Node,
): Relations {
  const infoOf = (node: Node): RuleInfo => infos.get(node.rule)!;
  const groupOf = (node: Node): { group: Node; among: readonly Asset[] } | undefined => {
    const { rollup } = infoOf(node);
    const asset = directory.asset(node.asset);
    const subject = rollup && asset?.[rollup.by];
    if (!rollup || !subject || !directory.asset(subject)) return undefined;
    const all = rollup.by === 'circuit' ? directory.fedBy(subject) : directory.carriedBy(subject);
    const kinds = infoOf(node).kinds;
    return {
      group: nodeOf(rollup.as, subject),
      among: all.filter((other) => kinds.includes(other.kind) && other.id !== subject),
    };
  };
  const firingAmong = (rule: string, among: readonly Asset[]): readonly Node[] =>
    among.flatMap(({ id }) => {
      const node = nodes.get(`${rule}/${id}`);
      return node?.own ? [node] : [];
    });
  const isInhibited = (node: Node): boolean => {
    const asset = directory.asset(node.asset);
    return infoOf(node).inhibited_by.some((rule) =>
      [asset?.id, asset?.circuit, asset?.gateway].some((id) => {
        const other = id ? nodes.get(`${rule}/${id}`) : undefined;
        return other !== undefined && (other.own || other.rolled);
      }),
    );
  };
  const quorum = (node: Node, among: readonly Asset[]): number => {
    const { min, share } = infoOf(node).rollup!;
    return Math.max(min, Math.ceil(share * among.length));
  };
  return { groupOf, firingAmong, isInhibited, quorum };
}
