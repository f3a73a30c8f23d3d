import { useEffect, useState } from 'preact/hooks';

let ahead_ms = 0;

/** Learns from a `Date` header how far the server's clock is ahead of this machine's: ages are told by the server's. */
export function hearServerTime(header: string | null): void {
  const at = header === null ? Number.NaN : Date.parse(header);
  if (Number.isNaN(at)) return;
  const apart = at - Date.now();
  // The header has whole seconds and travels: a small difference is no news.
  ahead_ms = Math.abs(apart) < 3_000 ? 0 : apart;
}

/** Epoch milliseconds by the server's clock. */
export function serverNow(): number {
  return Date.now() + ahead_ms;
}

/** The server's time, anew every `everyMs`. */
export function useNow(everyMs: number): number {
  const [now, setNow] = useState(serverNow());
  useEffect(() => {
    const timer = setInterval(() => setNow(serverNow()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}
