interface Level<T> {
  readonly next: Map<string, Level<T>>;
  /** Of the filter that ends here. */
  readonly values: Set<T>;
}

/** Finds what was filed under the filters that name a topic (MQTT 3.1.1, 4.7), however many filters there are. */
export interface FilterIndex<T> {
  /** Of pairs of filter and value. */
  readonly size: number;
  add(filter: string, value: T): void;
  delete(filter: string, value: T): void;
  /** Each value once. */
  match(topic: string): ReadonlySet<T>;
}

const newLevel = <T>(): Level<T> => ({ next: new Map(), values: new Set() });

function collect<T>(level: Level<T>, names: readonly string[], at: number, found: Set<T>): void {
  const take = ({ values }: Level<T>): void => {
    for (const value of values) found.add(value);
  };
  // 4.7.2: what begins with a wildcard names no topic that begins with $.
  const wild = at > 0 || !names[0]!.startsWith('$');
  const rest = wild ? level.next.get('#') : undefined;
  if (rest) take(rest);
  if (at === names.length) {
    take(level);
    return;
  }
  const named = level.next.get(names[at]!);
  if (named) collect(named, names, at + 1, found);
  const any = wild ? level.next.get('+') : undefined;
  if (any) collect(any, names, at + 1, found);
}

export function filterIndex<T>(): FilterIndex<T> {
  const root = newLevel<T>();
  const none: ReadonlySet<T> = new Set();
  let size = 0;
  return {
    get size() {
      return size;
    },
    add: (filter, value) => {
      let level = root;
      for (const name of filter.split('/')) {
        const next = level.next.get(name) ?? newLevel<T>();
        level.next.set(name, next);
        level = next;
      }
      if (!level.values.has(value)) size++;
      level.values.add(value);
    },
    delete: (filter, value) => {
      const names = filter.split('/');
      const path = [root];
      for (const name of names) {
        const next = path.at(-1)!.next.get(name);
        if (!next) return;
        path.push(next);
      }
      if (path.at(-1)!.values.delete(value)) size--;
      for (let i = names.length; i > 0; i--) {
        const { next, values } = path[i]!;
        if (next.size > 0 || values.size > 0) return;
        path[i - 1]!.next.delete(names[i - 1]!);
      }
    },
    match: (topic) => {
      if (size === 0) return none;
      const found = new Set<T>();
      collect(root, topic.split('/'), 0, found);
      return found;
    },
  };
}
