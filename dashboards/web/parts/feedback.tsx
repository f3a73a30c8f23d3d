import type { ComponentChildren, JSX } from 'preact';
import type { ProblemView } from '../../../model/views/list.ts';

/** What went wrong, in the server's own words, with its code for whoever is asked for help. */
export function ProblemNote(props: { problem: ProblemView; again?: () => void }): JSX.Element {
  const { problem, again } = props;
  return (
    <div class="note note-problem" role="alert">
      <strong>{problem.title}</strong>
      <p>{problem.detail}</p>
      <div class="note-foot">
        {again && (
          <button type="button" class="button" onClick={again}>
            Try again
          </button>
        )}
        <code>{problem.instance === '' ? problem.code : `${problem.code} · ${problem.instance}`}</code>
      </div>
    </div>
  );
}

export function Empty(props: { title: string; children?: ComponentChildren }): JSX.Element {
  return (
    <div class="empty">
      <svg viewBox="0 0 64 64" width="64" height="64" aria-hidden="true">
        <circle cx="32" cy="32" r="26" class="empty-disc" />
        <path d="M21 33.5 29 41 44 25" class="empty-tick" />
      </svg>
      <h2>{props.title}</h2>
      <p>{props.children}</p>
    </div>
  );
}

/** Grey lines where text will be. */
export function Skeleton({ lines = 4, tall = false }: { lines?: number; tall?: boolean }): JSX.Element {
  return (
    <div class="skeleton" role="status" aria-label="Loading">
      {Array.from({ length: lines }, (_, line) => (
        <span key={line} class={tall ? 'skeleton-card' : 'skeleton-line'} />
      ))}
    </div>
  );
}
