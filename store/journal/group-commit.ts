/** What waits for its place in a commit. `weight` counts towards the size of a group. */
interface Waiting<T> {
  readonly item: T;
  readonly weight: number;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

export interface GroupCommit<T> {
  /** Resolves when the commit that carries the item is on disk; rejects with the disk's reason. */
  add(item: T, weight: number): Promise<void>;
  /** The same, ahead of everything that waits and whether there is room or not. */
  express(item: T, weight: number): Promise<void>;
  /** Says that there may be room now for what had none. */
  wake(): void;
  /** Resolves when everything that was added is on disk or rejected; what is added afterwards is rejected. */
  close(): Promise<void>;
}

export interface GroupCommitOptions<T> {
  /** Makes the items durable, all or none. */
  readonly commit: (items: readonly T[]) => Promise<void>;
  /** Whether a group of this weight has room now; what has none waits for a later commit. Absent: always. */
  readonly hasRoom?: (weight: number) => boolean;
  /** Weight at which a group is closed. */
  readonly maxWeight: number;
}

/**
 * One commit at a time; what arrives while it is under way shares the next one, so that a busy disk sees few large
 * commits and an idle one answers at once.
 */
export function groupCommit<T>({ commit, hasRoom, maxWeight }: GroupCommitOptions<T>): GroupCommit<T> {
  let ordinary: Waiting<T>[] = [];
  let express: Waiting<T>[] = [];
  let running: Promise<void> | undefined;
  let closed = false;

  const take = (): Waiting<T>[] => {
    const group = express;
    express = [];
    let weight = 0;
    let n = 0;
    for (; n < ordinary.length && weight < maxWeight; n++) {
      weight += ordinary[n]!.weight;
      // At the end what has no room is let in all the same: it is bounded, and it was promised to be settled.
      if (!closed && hasRoom && !hasRoom(weight)) break;
      group.push(ordinary[n]!);
    }
    ordinary = n === ordinary.length ? [] : ordinary.slice(n);
    return group;
  };

  const run = async (): Promise<void> => {
    // The rest of this turn of the event loop may bring more: whole socket reads share the first commit too.
    await new Promise((resolve) => setImmediate(resolve));
    for (let group = take(); group.length > 0; group = take()) {
      try {
        await commit(group.map((waiting) => waiting.item));
        for (const waiting of group) waiting.resolve();
      } catch (reason) {
        for (const waiting of group) waiting.reject(reason);
      }
    }
    running = undefined;
  };

  const enter = (queue: Waiting<T>[], item: T, weight: number): Promise<void> => {
    if (closed) return Promise.reject(new Error('it is closed'));
    return new Promise((resolve, reject) => {
      queue.push({ item, weight, resolve, reject });
      running ??= run();
    });
  };

  return {
    add: (item, weight) => enter(ordinary, item, weight),
    express: (item, weight) => enter(express, item, weight),
    wake: () => {
      if (ordinary.length > 0) running ??= run();
    },
    close: async () => {
      closed = true;
      if (ordinary.length + express.length > 0) running ??= run();
      while (running) await running;
    },
  };
}
