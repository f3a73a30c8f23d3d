import type { CursorFile, Standing } from './cursor-file.ts';
import { groupCommit } from './group-commit.ts';

export interface CursorsOptions {
  readonly file: CursorFile;
  readonly standing: Standing | undefined;
  readonly head: () => number;
  /** Called when all readers have passed more than before, and that is durable. */
  readonly passed: (floor: number) => Promise<void>;
  readonly unwritable: (cause: unknown) => Error;
}

/** How far each reader has come, durably. */
export interface Cursors {
  /** 0 for a new name, which is kept from now on. */
  get(name: string): number;
  advance(name: string, position: number): Promise<void>;
  /** What every reader has passed; 0 while there is none. */
  floor(): number;
  /** Why the last move could not be made durable; empty when it could. */
  trouble(): string;
  close(): Promise<void>;
}

interface Move {
  readonly name: string;
  readonly position: number;
}

export function createCursors({ file, standing, head, passed, unwritable }: CursorsOptions): Cursors {
  const cursors = new Map(Object.entries(standing?.cursors ?? {}));
  let trouble = '';
  const lowest = (): number => (cursors.size === 0 ? 0 : Math.min(...cursors.values()));
  let floor = lowest();

  const commit = async (moves: readonly Move[]): Promise<void> => {
    const moved = new Map(cursors);
    for (const { name, position } of moves) moved.set(name, Math.max(position, moved.get(name) ?? 0));
    try {
      await file.write({ head: head(), cursors: Object.fromEntries(moved) });
    } catch (cause) {
      const error = unwritable(cause);
      trouble = error.message;
      throw error;
    }
    trouble = '';
    for (const [name, position] of moved) cursors.set(name, position);
    const before = floor;
    floor = lowest();
    if (floor > before) await passed(floor);
  };
  const writer = groupCommit<Move>({ commit, maxWeight: Number.POSITIVE_INFINITY });

  return {
    get: (name) => {
      const position = cursors.get(name);
      if (position !== undefined) return position;
      cursors.set(name, 0);
      floor = 0;
      // Its first move is written again with the next one, and that tells why it cannot be.
      writer.add({ name, position: 0 }, 1).catch(() => {});
      return 0;
    },
    advance: async (name, position) => {
      if (position > head()) throw new RangeError(`cursor ${name}: ${position} is beyond the head ${head()}`);
      await writer.add({ name, position }, 1);
    },
    floor: () => floor,
    trouble: () => trouble,
    close: async () => {
      await writer.close();
      await file.close();
    },
  };
}
