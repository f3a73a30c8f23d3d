import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';

/** Connections for queries, apart from the writer's: a reader sees the last commit and waits for no writer. */
export interface Readers {
  use<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T>;
  /** Resolves when every query is done and its connection given back. */
  close(): Promise<void>;
}

/**
 * At most `size` queries run at once: each holds a thread of Node's pool of four, which files and name look-ups
 * need too.
 */
export async function openReaders(instance: DuckDBInstance, size: number): Promise<Readers> {
  const all = await Promise.all(Array.from({ length: size }, () => instance.connect()));
  const free = [...all];
  const waiting: ((connection: DuckDBConnection) => void)[] = [];
  let busy = 0;
  let closed = false;
  let idle: (() => void) | undefined;

  const take = (): Promise<DuckDBConnection> | DuckDBConnection =>
    free.pop() ?? new Promise((resolve) => waiting.push(resolve));
  const give = (connection: DuckDBConnection): void => {
    const next = waiting.shift();
    if (next === undefined) free.push(connection);
    else next(connection);
  };
  return {
    async use(work) {
      if (closed) throw new Error('the series store is closed');
      busy += 1;
      const connection = await take();
      try {
        return await work(connection);
      } finally {
        give(connection);
        busy -= 1;
        if (busy === 0) idle?.();
      }
    },
    async close() {
      closed = true;
      if (busy > 0)
        await new Promise<void>((resolve) => {
          idle = resolve;
        });
      for (const connection of all) connection.closeSync();
    },
  };
}
