import { type Clock, DAY_MS, HOUR_MS } from '../model/clock.ts';
import type { Log } from '../model/log.ts';
import type { Quarantine } from '../store/quarantine/contract.ts';

export interface QuarantineExpiryOptions {
  readonly quarantine: Pick<Quarantine, 'expire'>;
  readonly keepDays: number;
  readonly clock: Clock;
  readonly log: Log;
}

/** Now, and every hour, removes what has been in quarantine for too long. Returns what ends that. */
export function startQuarantineExpiry({
  quarantine,
  keepDays,
  clock,
  log,
}: QuarantineExpiryOptions): () => void {
  const expire = (): void => {
    quarantine.expire(clock.now() - keepDays * DAY_MS).then(
      (gone) => {
        if (gone > 0) log.info({ gone, keepDays }, 'rejected messages were too old to be kept');
      },
      (error: unknown) => log.warn({ error }, 'rejected messages that are too old could not be removed'),
    );
  };
  expire();
  const timer = setInterval(expire, HOUR_MS);
  return () => clearInterval(timer);
}
