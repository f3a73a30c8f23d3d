/** Messages whose durability is not yet known. */
export interface Pending {
  begun(): void;
  settled(): void;
  none(): Promise<void>;
}

export function pendingMessages(): Pending {
  let count = 0;
  let whenNone: (() => void) | undefined;
  return {
    begun: () => {
      count++;
    },
    settled: () => {
      count--;
      if (count === 0) whenNone?.();
    },
    none: () =>
      new Promise((resolve) => {
        if (count === 0) resolve();
        else whenNone = resolve;
      }),
  };
}
