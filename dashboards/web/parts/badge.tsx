import type { JSX } from 'preact';
import type { Severity } from '../../../model/fault.ts';
import type { TicketState } from '../../../model/ticket.ts';
import type { AssetStatus } from '../../../model/views/site.ts';
import { SEVERITY_WORD, STATE_WORD, STATUS_WORD } from '../core/words.ts';

/** Each status has its own outline, so that it is told without colour. On a 16 × 16 grid. */
const SHAPES: Record<AssetStatus, string> = {
  fault: 'M8 .8 15.2 8 8 15.2.8 8Z',
  warning: 'M8 1.5 15.3 14.5H.7Z',
  silent: 'M2 2h12v12H2Z',
  unknown: 'M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1Z',
  ok: 'M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1Z',
};
const SIGNS: Record<AssetStatus, string> = {
  fault: 'M8 4.2v4.4M8 11v.4',
  warning: 'M8 6v4M8 12v.3',
  silent: 'M4.5 4.5l7 7M11.5 4.5l-7 7',
  unknown: 'M6 6.2A2 2 0 1 1 8.6 8.1C8.1 8.3 8 8.7 8 9.2M8 11.6v.3',
  ok: 'M4.8 8.2 7 10.4 11.2 6',
};

export function StatusShape({ status, size = 16 }: { status: AssetStatus; size?: number }): JSX.Element {
  return (
    <svg class={`shape shape-${status}`} viewBox="0 0 16 16" width={size} height={size} aria-hidden="true">
      <path class="shape-body" d={SHAPES[status]} />
      <path class="shape-sign" d={SIGNS[status]} />
    </svg>
  );
}

/** The same, to be placed inside a drawing. `at` is its middle, `size` in the drawing's units. */
export function StatusMark(props: { status: AssetStatus; x: number; y: number; size: number }): JSX.Element {
  const { status, x, y, size } = props;
  const scale = size / 16;
  return (
    <g
      class={`shape shape-${status}`}
      transform={`translate(${x - size / 2} ${y - size / 2}) scale(${scale})`}
    >
      <path class="shape-body" d={SHAPES[status]} />
      <path class="shape-sign" d={SIGNS[status]} />
    </g>
  );
}

export function StatusBadge({ status }: { status: AssetStatus }): JSX.Element {
  return (
    <span class={`badge badge-${status}`}>
      <StatusShape status={status} />
      {STATUS_WORD[status]}
    </span>
  );
}

/** How many of four bars are filled: critical four, info one. */
const BARS: Record<Severity, number> = { info: 1, minor: 2, major: 3, critical: 4 };

export function SeverityBadge({ severity }: { severity: Severity }): JSX.Element {
  return (
    <span class={`severity severity-${severity}`}>
      <svg viewBox="0 0 18 14" width="18" height="14" aria-hidden="true">
        {[1, 2, 3, 4].map((bar) => (
          <rect
            key={bar}
            class={bar <= BARS[severity] ? 'bar-full' : 'bar-empty'}
            x={(bar - 1) * 4.7}
            y={13 - bar * 3}
            width="3.2"
            height={bar * 3}
            rx="1"
          />
        ))}
      </svg>
      {SEVERITY_WORD[severity]}
    </span>
  );
}

export function StateBadge({ state }: { state: TicketState }): JSX.Element {
  return <span class={`state state-${state}`}>{STATE_WORD[state]}</span>;
}
