export interface Probe {
  /** Begins to try, unless it tries already. */
  begin(): void;
  stop(): void;
}

/**
 * After a failure tries again and again until an attempt succeeds: what nobody writes to would never learn that its
 * disk has room again.
 */
export function probeUntilWell(attempt: () => Promise<void>, everyMs: number): Probe {
  let timer: NodeJS.Timeout | undefined;
  let trying = false;
  const tryOnce = (): void => {
    trying = true;
    attempt()
      .then(() => clearInterval(timer))
      .then(() => {
        timer = undefined;
      })
      // It failed as the write before it did, and that told why.
      .catch(() => {})
      .finally(() => {
        trying = false;
      });
  };
  return {
    begin: () => {
      timer ??= setInterval(() => {
        if (!trying) tryOnce();
      }, everyMs).unref();
    },
    stop: () => clearInterval(timer),
  };
}
