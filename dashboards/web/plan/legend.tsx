import type { JSX } from 'preact';
import type { AssetStatus } from '../../../model/views/site.ts';
import { STATUS_WORD } from '../core/words.ts';
import { StatusShape } from '../parts/badge.tsx';

const STATUSES: readonly AssetStatus[] = ['fault', 'warning', 'silent', 'unknown'];

function Sample({ children, word }: { children: JSX.Element; word: string }): JSX.Element {
  return (
    <li>
      <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
        {children}
      </svg>
      {word}
    </li>
  );
}

export function Legend(): JSX.Element {
  return (
    <details class="legend" open={matchMedia('(min-width: 60rem)').matches}>
      <summary>Legend</summary>
      <ul>
        <Sample word="Free bay">
          <rect class="bay bay-free" x="4" y="1" width="8" height="14" rx="1.5" />
        </Sample>
        <Sample word="Taken bay">
          <rect class="bay bay-taken" x="4" y="1" width="8" height="14" rx="1.5" />
        </Sample>
        <Sample word="Lamp lit">
          <g>
            <circle class="lamp-halo" cx="8" cy="8" r="7.5" />
            <circle class="lamp lamp-lit" cx="8" cy="8" r="3.5" />
          </g>
        </Sample>
        <Sample word="Lamp not lit">
          <circle class="lamp lamp-off" cx="8" cy="8" r="3.5" />
        </Sample>
        <Sample word="Pump running">
          <circle class="thing thing-pump thing-on" cx="8" cy="8" r="6.5" />
        </Sample>
        {STATUSES.map((status) => (
          <li key={status}>
            <StatusShape status={status} />
            {STATUS_WORD[status]}
          </li>
        ))}
      </ul>
    </details>
  );
}
