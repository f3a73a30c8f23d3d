/** As the shell says it of a process that Ctrl-C ended. */
export const EXIT_INTERRUPTED = 130;

/** Aborted by the first Ctrl-C or SIGTERM; the second ends the process at once, for those who cannot wait. */
export function untilStopped(): AbortSignal {
  const stopping = new AbortController();
  const stop = (): void => {
    if (stopping.signal.aborted) process.exit(EXIT_INTERRUPTED);
    process.stdout.write('\nSteward finishes its work (Ctrl-C again ends it at once) …\n');
    stopping.abort();
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  return stopping.signal;
}

/** Resolves when the signal is aborted. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
