export interface Waiters {
  /** Resolves when `tell` was given something greater than the position, or when the signal is aborted. */
  waitFor(position: number, signal: AbortSignal): Promise<void>;
  tell(head: number): void;
}

export function createWaiters(): Waiters {
  const waiters = new Set<{ readonly position: number; readonly resolve: () => void }>();
  return {
    waitFor: (position, signal) =>
      new Promise((resolve) => {
        const settle = (): void => {
          waiters.delete(waiter);
          signal.removeEventListener('abort', settle);
          resolve();
        };
        const waiter = { position, resolve: settle };
        waiters.add(waiter);
        signal.addEventListener('abort', settle);
      }),
    tell: (head) => {
      for (const waiter of waiters) if (waiter.position < head) waiter.resolve();
    },
  };
}
