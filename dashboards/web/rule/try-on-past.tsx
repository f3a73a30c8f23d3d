import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { BacktestRequest, BacktestView } from '../../../model/views/backtest.ts';
import type { ProblemView } from '../../../model/views/list.ts';
import type { RuleDetailView } from '../../../model/views/watch.ts';
import { asProblem, get, send } from '../core/client.ts';
import { location, setQuery } from '../core/router.ts';
import { serverNow } from '../core/server-clock.ts';
import { useStore } from '../core/store.ts';
import { useFetched } from '../core/use-fetched.ts';
import type { World } from '../core/world.ts';
import { Chip } from '../parts/chip.tsx';
import { ProblemNote } from '../parts/feedback.tsx';
import { session } from '../session/session.ts';
import { Progress } from './backtest-progress.tsx';
import { Report } from './backtest-report.tsx';
import { mistakesIn } from './mistakes.ts';
import { RuleText } from './rule-text.tsx';

const DAY_MS = 86_400_000;
const SPANS_D = [7, 30, 90] as const;
const POLL_MS = 500;

/** The backtest that the address names, followed to its end. */
function Followed({ id, now }: { id: string; now: World }): JSX.Element {
  const [over, setOver] = useState(false);
  const backtest = useFetched(
    id,
    async (signal) => {
      const view = await get<BacktestView>(`/backtests/${encodeURIComponent(id)}`, signal);
      setOver(view.state !== 'queued' && view.state !== 'running');
      return view;
    },
    { everyMs: over ? 0 : POLL_MS },
  );
  const { data, problem } = backtest;
  if (problem) return <ProblemNote problem={problem} again={backtest.again} />;
  if (!data) return <p class="soft">Asking how far it is…</p>;
  if (data.problem) {
    const told = { title: 'It could not be run', status: 0, type: 'about:blank', instance: '' };
    return <ProblemNote problem={{ ...told, ...data.problem }} />;
  }
  if (data.state === 'cancelled') return <p class="soft">It was cancelled.</p>;
  if (data.report) return <Report report={data.report} now={now} />;
  return <Progress backtest={data} />;
}

function Spans({ days, onPick }: { days: number; onPick: (days: number) => void }): JSX.Element {
  return (
    <div class="chips" role="toolbar" aria-label="How far back">
      {SPANS_D.map((each) => (
        <Chip key={each} on={days === each} onClick={() => onPick(each)}>
          {each} days
        </Chip>
      ))}
    </div>
  );
}

/** The rule as it stands, to be changed and run on what is stored. */
export function TryOnPast({ rule, now }: { rule: RuleDetailView; now: World }): JSX.Element {
  const [text, setText] = useState(rule.yaml);
  const [days, setDays] = useState(30);
  const [problem, setProblem] = useState<ProblemView | null>(null);
  const [busy, setBusy] = useState(false);
  const who = useStore(session);
  const running = useStore(location).query.get('backtest');
  const mistakes = problem?.code === 'rule_invalid' ? mistakesIn(problem.detail) : [];
  const changed = text !== rule.yaml;
  const run = async (): Promise<void> => {
    setBusy(true);
    setProblem(null);
    const from = new Date(serverNow() - days * DAY_MS).toISOString();
    const request: BacktestRequest = changed ? { rules: text, from } : { names: [rule.rule], from };
    try {
      const { id } = await send<BacktestView>('POST', '/backtests', request);
      setQuery({ backtest: id });
    } catch (error) {
      setQuery({ backtest: '' });
      setProblem(asProblem(error));
    }
    setBusy(false);
  };
  const mayTry = who.state === 'signed_in' && who.who.role !== 'viewer';
  return (
    <section class="card try" aria-label="Try on the past">
      <h2>Try on the past</h2>
      <p class="soft">
        Runs on the stored readings; nothing is written and nobody is called.
        {changed ? ' Compared with the rule in force.' : ' Change it to compare with the rule in force.'}
      </p>
      <RuleText text={text} mistakes={mistakes} onChange={setText} />
      {problem && mistakes.length === 0 && <ProblemNote problem={problem} />}
      {mayTry ? (
        <div class="try-foot">
          <Spans days={days} onPick={setDays} />
          <div class="try-buttons">
            {changed && (
              <button type="button" class="button" onClick={() => setText(rule.yaml)}>
                As in force
              </button>
            )}
            <button
              type="button"
              class="button button-main"
              disabled={busy || text.trim() === ''}
              onClick={() => {
                void run();
              }}
            >
              {busy ? 'Asking…' : 'Run'}
            </button>
          </div>
        </div>
      ) : (
        <p class="note">Managers and the stewards of zones may run it.</p>
      )}
      <div aria-live="polite">{running !== null && <Followed key={running} id={running} now={now} />}</div>
    </section>
  );
}
