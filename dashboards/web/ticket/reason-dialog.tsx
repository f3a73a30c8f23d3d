import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { TicketAction } from '../../../model/ticket.ts';
import type { PersonView } from '../../../model/views/site.ts';
import type { TicketActionRequest, TicketDetailView } from '../../../model/views/ticket.ts';
import { ACTION_WORD } from '../core/words.ts';
import { Dialog } from '../parts/dialog.tsx';

/** What is asked, whether an answer is owed, and answers that are given often. */
interface Question {
  readonly label: string;
  readonly required: boolean;
  readonly often: readonly string[];
}

const QUESTIONS: Partial<Record<TicketAction, Question>> = {
  hold: {
    label: 'What is it waiting for?',
    required: true,
    often: ['Waiting for parts', 'No access', 'Waiting for another trade'],
  },
  reopen: { label: 'What is still wrong?', required: true, often: ['Still broken', 'Came back'] },
  cancel: {
    label: 'Why is it not needed?',
    required: true,
    often: ['Nothing found', 'Duplicate', 'Planned work'],
  },
  note: { label: 'Note', required: true, often: [] },
  prove: { label: 'What did you see?', required: false, often: ['Looked at it: in order'] },
};

function Often(props: { answers: readonly string[]; onPick: (text: string) => void }): JSX.Element | null {
  if (props.answers.length === 0) return null;
  return (
    <div class="chips">
      {props.answers.map((answer) => (
        <button key={answer} type="button" class="chip" onClick={() => props.onPick(answer)}>
          {answer}
        </button>
      ))}
    </div>
  );
}

/** Asks for the reason, or the person, that an action needs. */
export function ReasonDialog(props: {
  action: TicketAction;
  ticket: TicketDetailView;
  people: readonly PersonView[];
  onSend: (request: TicketActionRequest) => void;
  onClose: () => void;
}): JSX.Element {
  const { action, ticket, people, onSend, onClose } = props;
  const [note, setNote] = useState('');
  const [assignee, setAssignee] = useState(people.find(({ id }) => id !== ticket.assignee?.id)?.id ?? '');
  const question = QUESTIONS[action] ?? { label: 'Note', required: false, often: [] };
  const text = note.trim();
  const ready = action === 'assign' ? assignee !== '' : text !== '' || !question.required;
  const submit = (event: Event): void => {
    event.preventDefault();
    if (!ready) return;
    onSend({
      action,
      ...(text !== '' && { note: text }),
      ...(action === 'assign' && { assignee }),
    });
  };
  return (
    <Dialog title={`${ACTION_WORD[action]}: ${ticket.id}`} onClose={onClose}>
      <form onSubmit={submit}>
        {action === 'assign' && (
          <label class="field">
            To whom?
            <select value={assignee} onChange={(event) => setAssignee(event.currentTarget.value)}>
              {people.map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
            </select>
          </label>
        )}
        <label class="field">
          {question.label}
          {!question.required && <span class="soft"> (if you like)</span>}
          <textarea
            rows={3}
            maxLength={500}
            value={note}
            onInput={(event) => setNote(event.currentTarget.value)}
          />
        </label>
        <Often answers={question.often} onPick={setNote} />
        <div class="dialog-foot">
          <button type="button" class="button" onClick={onClose}>
            Back
          </button>
          <button type="submit" class="button button-main" disabled={!ready}>
            {ACTION_WORD[action]}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
