import type { RuleInfo } from '../language/rule.ts';

/** Rules that roll up into each other or silence each other, together; rules that do neither are in none. */
export function componentsOf(infos: Iterable<RuleInfo>): readonly (readonly RuleInfo[])[] {
  const all = [...infos];
  const rootOf = new Map(all.map(({ name }) => [name, name]));
  const find = (name: string): string => {
    let root = name;
    while (rootOf.get(root) !== root) root = rootOf.get(root)!;
    return root;
  };
  const joined = new Set<string>();
  for (const info of all) {
    const others = [...info.inhibited_by, ...(info.rollup ? [info.rollup.as] : [])];
    if (others.length > 0 || info.wait_ms > 0) joined.add(info.name);
    for (const other of others) {
      joined.add(other);
      rootOf.set(find(info.name), find(other));
    }
  }
  const components = new Map<string, RuleInfo[]>();
  for (const info of all) {
    if (!joined.has(info.name)) continue;
    const root = find(info.name);
    const members = components.get(root);
    if (members) members.push(info);
    else components.set(root, [info]);
  }
  return [...components.values()];
}
