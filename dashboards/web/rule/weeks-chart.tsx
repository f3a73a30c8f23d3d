import type { JSX } from 'preact';
import { count } from '../core/words.ts';

const HEIGHT = 80;
/** Of one week, in the drawing's units. */
const WIDTH = 40;
const LABELS_AT_MOST = 7;

const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });

/** Tickets by week as bars; behind them, paler, those of the rule in force. */
export function WeeksChart(props: {
  weeks: Readonly<Record<string, number>>;
  against: Readonly<Record<string, number>> | null;
}): JSX.Element {
  const weeks = Object.entries(props.weeks);
  const before = (week: string): number => props.against?.[week] ?? 0;
  const most = Math.max(1, ...weeks.map(([week, n]) => Math.max(n, before(week))));
  const bar = (n: number): { y: number; height: number } => ({
    y: HEIGHT - (n / most) * HEIGHT,
    height: (n / most) * HEIGHT,
  });
  const every = Math.ceil(weeks.length / LABELS_AT_MOST);
  const name = (week: string): string => DAY.format(Date.parse(week));
  const told = weeks.map(([week, n]) => `${name(week)}: ${n}`).join(', ');
  return (
    <figure class="weeks">
      <figcaption>
        <span>Tickets a week</span>
        {props.against && (
          <span class="weeks-key">
            <i class="weeks-key-now" /> this rule <i class="weeks-key-before" /> in force
          </span>
        )}
      </figcaption>
      <div class="weeks-box" role="img" aria-label={`Tickets in the week from ${told}`}>
        {weeks.map(([week, n], i) => (
          <div key={week} class="week" title={`Week from ${name(week)}: ${count(n, 'ticket')}`}>
            <span class="week-count">{n > 0 ? n : ''}</span>
            <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
              {props.against && <rect class="week-before" x="2" width="36" {...bar(before(week))} />}
              <rect class="week-now" x="8" width="24" {...bar(n)} />
            </svg>
            <span class="week-name">{i % every === 0 ? name(week) : ''}</span>
          </div>
        ))}
      </div>
    </figure>
  );
}
