import type { RuleInfo } from '../language/rule.ts';
import { type Node, newNode } from './node.ts';

/** All nodes of rules that hang together. */
export interface Nodes {
  readonly rules: readonly RuleInfo[];
  /** The node, made where there was none. */
  of(rule: string, asset: string): Node;
  known(rule: string, asset: string): Node | undefined;
  infoOf(node: Node): RuleInfo;
  all(): IterableIterator<Node>;
}

/** `restored`: nodes of these rules, which become its own. */
export function createNodes(rules: readonly RuleInfo[], restored: readonly Node[]): Nodes {
  const infos = new Map(rules.map((info) => [info.name, info]));
  const keyOf = (rule: string, asset: string): string => `${rule}/${asset}`;
  const nodes = new Map(restored.map((node) => [keyOf(node.rule, node.asset), node]));
  return {
    rules,
    of: (rule, asset) => {
      const key = keyOf(rule, asset);
      const node = nodes.get(key) ?? newNode(rule, asset);
      nodes.set(key, node);
      return node;
    },
    known: (rule, asset) => nodes.get(keyOf(rule, asset)),
    infoOf: (node) => infos.get(node.rule)!,
    all: () => nodes.values(),
  };
}
