import type { Log } from '../model/log.ts';

/** What must be closed, in the opposite order of its opening. */
export interface Closing {
  own<T extends { close(): Promise<void> | void }>(name: string, part: T): T;
  add(name: string, close: () => Promise<void> | void): void;
  /** Closes everything once; a part that fails is logged and does not hold up the others. */
  close(): Promise<void>;
}

export function createClosing(log: Log): Closing {
  const steps: { name: string; close: () => Promise<void> | void }[] = [];
  let closed: Promise<void> | undefined;
  const closeAll = async (): Promise<void> => {
    for (const { name, close } of steps.reverse()) {
      try {
        await close();
        log.debug({ part: name }, 'closed');
      } catch (error) {
        log.error({ part: name, error }, 'could not be closed');
      }
    }
  };
  return {
    own: (name, part) => {
      steps.push({ name, close: () => part.close() });
      return part;
    },
    add: (name, close) => {
      steps.push({ name, close });
    },
    close: () => (closed ??= closeAll()),
  };
}
