import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { ProblemView } from '../../../model/views/list.ts';
import type { QuarantineView, ReplayedView, ReplayRequest, ReplayView } from '../../../model/views/watch.ts';
import { asProblem, get, send } from '../core/client.ts';
import { numberText } from '../core/words.ts';
import { ProblemNote } from '../parts/feedback.tsx';
import { When } from '../parts/when.tsx';

/** The payload; of a large one the list has the beginning, and the rest is fetched when it is opened. */
function Payload({ item }: { item: QuarantineView }): JSX.Element {
  const [whole, setWhole] = useState<string | null>(null);
  const fetchWhole = (): void => {
    if (whole !== null || item.payload.length >= item.size) return;
    get<QuarantineView>(`/quarantine/${item.id}`)
      .then(({ payload }) => setWhole(payload))
      // The beginning is shown all the same.
      .catch(() => {});
  };
  return (
    <details onToggle={fetchWhole}>
      <summary>
        Payload, {numberText(item.size)} bytes{item.whole ? '' : ', of which the beginning was kept'}
      </summary>
      <pre>
        <code>{whole ?? item.payload}</code>
      </pre>
    </details>
  );
}

/** Sends a message on its way again, and says what became of it. */
function TryAgain(props: {
  item: QuarantineView;
  onReplayed: (items: readonly ReplayedView[]) => void;
}): JSX.Element {
  const { item, onReplayed } = props;
  const [busy, setBusy] = useState(false);
  const [still, setStill] = useState('');
  const [problem, setProblem] = useState<ProblemView | null>(null);
  const replay = async (): Promise<void> => {
    setBusy(true);
    setProblem(null);
    try {
      const request: ReplayRequest = { ids: [item.id] };
      const { items } = await send<ReplayView>('POST', '/quarantine/replay', request);
      setStill(items[0]?.outcome === 'accepted' ? '' : `Not accepted: ${items[0]?.detail}`);
      onReplayed(items);
    } catch (error) {
      setProblem(asProblem(error));
    }
    setBusy(false);
  };
  return (
    <>
      {problem && <ProblemNote problem={problem} />}
      {still !== '' && <p role="status">{still}</p>}
      <div>
        <button
          type="button"
          class="button"
          disabled={busy}
          aria-busy={busy}
          onClick={() => {
            void replay();
          }}
        >
          {busy ? 'Sending…' : 'Try again'}
        </button>
      </div>
    </>
  );
}

/** One rejected message: why, whose, what it said. */
export function Rejected(props: {
  item: QuarantineView;
  tz: string;
  mayReplay: boolean;
  onReplayed: (items: readonly ReplayedView[]) => void;
}): JSX.Element {
  const { item, tz, mayReplay, onReplayed } = props;
  return (
    <li class="card rejected" data-code={item.code}>
      <header>
        <code class="code">{item.code}</code>
        <span class="soft">
          <When at={item.received} tz={tz} />
        </span>
      </header>
      <p class="rejected-detail">{item.detail}</p>
      <p class="soft">{item.meaning}</p>
      <dl class="facts-list">
        <div>
          <dt>Topic</dt>
          <dd>
            <code>{item.topic}</code>
          </dd>
        </div>
        <div>
          <dt>Sent by</dt>
          <dd>
            <code>{item.client}</code>
          </dd>
        </div>
      </dl>
      <Payload item={item} />
      {mayReplay && item.whole && <TryAgain item={item} onReplayed={onReplayed} />}
    </li>
  );
}
