import type { JSX } from 'preact';
import { useNow } from '../core/server-clock.ts';
import { ago, siteTime } from '../core/time.ts';

/** A time as its age, the site's wall clock on hover and for machines. */
export function Ago({ at, tz }: { at: string; tz: string }): JSX.Element {
  const now = useNow(10_000);
  const ms = Date.parse(at);
  return (
    <time dateTime={at} title={`${siteTime(ms, tz, now)} (${tz})`}>
      {ago(ms, now)}
    </time>
  );
}

/** A time as the site's wall clock and its age. */
export function When({ at, tz }: { at: string; tz: string }): JSX.Element {
  const now = useNow(10_000);
  const ms = Date.parse(at);
  return (
    <time dateTime={at} title={tz}>
      {siteTime(ms, tz, now)} <span class="soft">({ago(ms, now)})</span>
    </time>
  );
}
