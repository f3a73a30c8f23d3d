import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { ListView } from '../../../model/views/list.ts';
import type { QuarantineView } from '../../../model/views/watch.ts';
import { get } from '../core/client.ts';
import { useFetched } from '../core/use-fetched.ts';
import { numberText } from '../core/words.ts';
import { Empty, ProblemNote, Skeleton } from '../parts/feedback.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { When } from '../parts/when.tsx';
import { InstallerTabs } from './installer-tabs.tsx';

const RENEW_MS = 5_000;
const PAGE = 50;

function Rejected({ item, tz }: { item: QuarantineView; tz: string }): JSX.Element {
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
      <details>
        <summary>Payload, {numberText(item.size)} bytes</summary>
        <pre>
          <code>{item.payload}</code>
        </pre>
      </details>
    </li>
  );
}

/** Messages that were not accepted, newest first: what was wrong and what to do. */
export function QuarantinePage({ tz }: { tz: string }): JSX.Element {
  const [pages, setPages] = useState(1);
  const list = useFetched(
    `quarantine ${pages}`,
    (signal) => get<ListView<QuarantineView>>(`/quarantine?limit=${pages * PAGE}`, signal),
    { everyMs: RENEW_MS },
  );
  return (
    <main class="page">
      <PageHead title="Rejected messages" />
      <InstallerTabs at="quarantine" />
      {list.problem && <ProblemNote problem={list.problem} again={list.again} />}
      {!list.data && !list.problem && <Skeleton lines={4} tall />}
      {list.data?.items.length === 0 && (
        <Empty title="Nothing was rejected">Every message that came was understood.</Empty>
      )}
      <ul class="cards">
        {list.data?.items.map((item) => (
          <Rejected key={item.id} item={item} tz={tz} />
        ))}
      </ul>
      {list.data && list.data.next !== null && (
        <button type="button" class="button" onClick={() => setPages(pages + 1)}>
          Show more
        </button>
      )}
    </main>
  );
}
