import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { TicketAction, TicketState } from '../../../model/ticket.ts';
import type { ProblemView } from '../../../model/views/list.ts';
import type { PersonView } from '../../../model/views/site.ts';
import type { TicketActionRequest, TicketDetailView } from '../../../model/views/ticket.ts';
import { asProblem, send } from '../core/client.ts';
import { ticketChanged } from '../core/keep-live.ts';
import { ACTION_WORD } from '../core/words.ts';
import { ProblemNote } from '../parts/feedback.tsx';
import { ReasonDialog } from './reason-dialog.tsx';

/** The one step that work is waiting for, which comes first and largest. */
const STEP: Partial<Record<TicketState, TicketAction>> = {
  open: 'acknowledge',
  assigned: 'acknowledge',
  acknowledged: 'start',
  in_progress: 'finish',
  on_hold: 'start',
  done: 'prove',
  proving: 'prove',
};
/** These ask for words, or a person, before they are sent. */
const ASKING: readonly TicketAction[] = ['hold', 'reopen', 'cancel', 'assign', 'note', 'prove'];

function stepOf(ticket: TicketDetailView): TicketAction | undefined {
  const step = STEP[ticket.state];
  return step && ticket.actions.includes(step) ? step : undefined;
}

function wordOf(action: TicketAction, ticket: TicketDetailView): string {
  return action === 'start' && ticket.state === 'on_hold' ? 'Go on with work' : ACTION_WORD[action];
}

function ActionButton(props: {
  class: string;
  busy: boolean;
  disabled: boolean;
  word: string;
  onClick: () => void;
}): JSX.Element {
  return (
    <button
      type="button"
      class={props.class}
      disabled={props.disabled}
      aria-busy={props.busy}
      onClick={props.onClick}
    >
      {props.busy ? 'Sending…' : props.word}
    </button>
  );
}

/** What the person can do now. Nothing is shown as done before the server says so. */
export function Actions(props: {
  ticket: TicketDetailView;
  people: readonly PersonView[];
  onDone: (ticket: TicketDetailView) => void;
}): JSX.Element | null {
  const { ticket, people, onDone } = props;
  const [busy, setBusy] = useState<TicketAction | null>(null);
  const [more, setMore] = useState(false);
  const [asking, setAsking] = useState<TicketAction | null>(null);
  const [problem, setProblem] = useState<ProblemView | null>(null);
  const act = async (request: TicketActionRequest): Promise<void> => {
    setAsking(null);
    setMore(false);
    setProblem(null);
    setBusy(request.action);
    try {
      const path = `/tickets/${encodeURIComponent(ticket.id)}/actions`;
      const after = await send<TicketDetailView>('POST', path, request);
      ticketChanged(after);
      onDone(after);
    } catch (error) {
      setProblem(asProblem(error));
    }
    setBusy(null);
  };
  const begin = (action: TicketAction): void => {
    if (ASKING.includes(action)) setAsking(action);
    else void act({ action });
  };
  const step = stepOf(ticket);
  const others = ticket.actions.filter((action) => action !== step);
  if (ticket.actions.length === 0) return null;
  const button = (action: TicketAction, look: string): JSX.Element => (
    <ActionButton
      key={action}
      class={look}
      busy={busy === action}
      disabled={busy !== null}
      word={wordOf(action, ticket)}
      onClick={() => begin(action)}
    />
  );
  return (
    <section class="actions" aria-label="Actions">
      {problem && <ProblemNote problem={problem} />}
      <div class="actions-first">
        {step && button(step, 'button button-main')}
        {others.length > 0 && (
          <button
            type="button"
            class="button actions-toggle"
            aria-expanded={more}
            onClick={() => setMore(!more)}
          >
            {more ? 'Less' : 'More'}
          </button>
        )}
      </div>
      <div class={more ? 'actions-more actions-more-open' : 'actions-more'}>
        {others.map((action) => button(action, 'button'))}
      </div>
      {asking && (
        <ReasonDialog
          action={asking}
          ticket={ticket}
          people={people}
          onSend={(request) => void act(request)}
          onClose={() => setAsking(null)}
        />
      )}
    </section>
  );
}
