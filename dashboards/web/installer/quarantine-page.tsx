import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { ProblemView } from '../../../model/views/list.ts';
import { asProblem, get } from '../core/client.ts';
import { useStore } from '../core/store.ts';
import { useFetched } from '../core/use-fetched.ts';
import { Empty, ProblemNote, Skeleton } from '../parts/feedback.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { session } from '../session/session.ts';
import { InstallerTabs } from './installer-tabs.tsx';
import { Rejected } from './rejected.tsx';
import { afterReplay, NOTHING, renewed, type Shown, withMore } from './rejected-list.ts';

const RENEW_MS = 5_000;
const PAGE = 50;

/** A button that brings the next page; says why when it does not come. */
function ShowMore(props: { next: string; onPage: (page: Shown) => void }): JSX.Element {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ProblemView | null>(null);
  const more = async (): Promise<void> => {
    setBusy(true);
    setProblem(null);
    try {
      const cursor = encodeURIComponent(props.next);
      props.onPage(await get<Shown>(`/quarantine?limit=${PAGE}&cursor=${cursor}`));
    } catch (error) {
      setProblem(asProblem(error));
    }
    setBusy(false);
  };
  return (
    <>
      {problem && <ProblemNote problem={problem} />}
      <button
        type="button"
        class="button"
        disabled={busy}
        onClick={() => {
          void more();
        }}
      >
        Show more
      </button>
    </>
  );
}

/** Messages that were not accepted, newest first: what was wrong and what to do. */
export function QuarantinePage({ tz }: { tz: string }): JSX.Element {
  const [shown, setShown] = useState(NOTHING);
  const who = useStore(session);
  const mayReplay = who.state === 'signed_in' && who.who.role !== 'viewer';
  const first = useFetched('quarantine', (signal) => get<Shown>(`/quarantine?limit=${PAGE}`, signal), {
    everyMs: RENEW_MS,
  });
  useEffect(() => {
    if (first.data) setShown((now) => renewed(now, first.data ?? NOTHING));
  }, [first.data]);
  return (
    <main class="page">
      <PageHead title="Rejected messages" />
      <InstallerTabs at="quarantine" />
      {first.problem && <ProblemNote problem={first.problem} again={first.again} />}
      {!first.data && !first.problem && <Skeleton lines={4} tall />}
      {first.data?.items.length === 0 && (
        <Empty title="Nothing was rejected">Every message that came was understood.</Empty>
      )}
      <ul class="cards">
        {shown.items.map((item) => (
          <Rejected
            key={item.id}
            item={item}
            tz={tz}
            mayReplay={mayReplay}
            onReplayed={(items) => {
              setShown((now) => afterReplay(now, items));
              first.again();
            }}
          />
        ))}
      </ul>
      {shown.next !== null && (
        <ShowMore next={shown.next} onPage={(page) => setShown((now) => withMore(now, page))} />
      )}
    </main>
  );
}
