import type { JSX } from 'preact';
import type { RuleDetailView } from '../../../model/views/watch.ts';
import { get } from '../core/client.ts';
import { span } from '../core/time.ts';
import { useFetched } from '../core/use-fetched.ts';
import { KINDS_WORD, ruleWord, titleWord } from '../core/words.ts';
import type { World } from '../core/world.ts';
import { SeverityBadge } from '../parts/badge.tsx';
import { ProblemNote, Skeleton } from '../parts/feedback.tsx';
import { Icon } from '../parts/icon.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { TryOnPast } from './try-on-past.tsx';

/** A line for each name that the rule has for a part of its conditions. */
function Names({ names }: { names: readonly string[] }): JSX.Element {
  return (
    <>
      {names.map((name) => (
        <div key={name}>
          <code>{name}</code>
        </div>
      ))}
    </>
  );
}

function Facts({ rule }: { rule: RuleDetailView }): JSX.Element {
  const facts: readonly (readonly [string, JSX.Element | string])[] = [
    ['Watches', rule.kinds.map((kind) => KINDS_WORD[kind]).join(', ')],
    ...(rule.when === '' ? [] : [['Fires when', <code key="when">{rule.when}</code>] as const]),
    ...(rule.for_ms > 0 ? [['For', span(rule.for_ms)] as const] : []),
    ...(rule.clear === null ? [] : [['Clears when', <code key="clear">{rule.clear}</code>] as const]),
    ...(rule.where.length === 0 ? [] : [['In these', <Names key="where" names={rule.where} />] as const]),
    ['Proved by', rule.proof ?? 'a person who looks'],
    ['Written in', <code key="file">{rule.file}</code>],
  ];
  return (
    <dl class="facts-list">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Rule({ rule, now }: { rule: RuleDetailView; now: World }): JSX.Element {
  return (
    <>
      <div class="ticket-facts">
        <SeverityBadge severity={rule.severity} />
        {rule.firing > 0 ? (
          <a class="fires" href="/tickets">
            fires {rule.firing} × now
          </a>
        ) : (
          <span class="fires fires-not">does not fire now</span>
        )}
      </div>
      <div class="rule-body">
        <section class="card">
          <h2>What it says</h2>
          <Facts rule={rule} />
        </section>
        {rule.guide !== null && (
          <section class="card">
            <h2>What to look at</h2>
            <div class="guide">
              {rule.guide.split('\n\n').map((paragraph) => (
                <p key={paragraph}>{paragraph.replaceAll('`', '')}</p>
              ))}
            </div>
          </section>
        )}
      </div>
      <TryOnPast rule={rule} now={now} />
    </>
  );
}

/** One rule: what it says, what a mechanic should know, and what it would have done. */
export function RulePage({ name, now }: { name: string; now: World }): JSX.Element {
  const rule = useFetched(name, (signal) =>
    get<RuleDetailView>(`/rules/${encodeURIComponent(name)}`, signal),
  );
  return (
    <main class="page">
      <a class="back" href="/rules">
        <Icon name="back" size={18} /> Rules
      </a>
      <PageHead title={ruleWord(name)}>
        {rule.data && <p class="soft">{titleWord(rule.data.title)}</p>}
      </PageHead>
      {rule.problem && <ProblemNote problem={rule.problem} again={rule.again} />}
      {!rule.data && !rule.problem && <Skeleton lines={3} tall />}
      {rule.data && <Rule rule={rule.data} now={now} />}
    </main>
  );
}
