import { setTimeout as timeout } from 'node:timers/promises';

/** Waits so long, or until the signal: never rejects. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await timeout(ms, undefined, { signal }).catch(() => {});
}
