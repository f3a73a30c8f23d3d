import type { JSX } from 'preact';
import type { ListView } from '../../../model/views/list.ts';
import type { RuleView } from '../../../model/views/watch.ts';
import { get } from '../core/client.ts';
import { useFetched } from '../core/use-fetched.ts';
import { count, KINDS_WORD, ruleWord, titleWord } from '../core/words.ts';
import { SeverityBadge } from '../parts/badge.tsx';
import { Empty, ProblemNote, Skeleton } from '../parts/feedback.tsx';
import { Icon } from '../parts/icon.tsx';
import { PageHead } from '../parts/page-head.tsx';

const RENEW_MS = 15_000;

/** Those that fire first, then by name. */
function byFiring(a: RuleView, b: RuleView): number {
  return b.firing - a.firing || a.rule.localeCompare(b.rule);
}

function Line({ rule }: { rule: RuleView }): JSX.Element {
  return (
    <li>
      <a class="rule-line" href={`/rules/${rule.rule}`} data-rule={rule.rule}>
        <SeverityBadge severity={rule.severity} />
        <span class="ticket-title">
          <strong>{ruleWord(rule.rule)}</strong>
          <span class="soft">{titleWord(rule.title)}</span>
        </span>
        <span class="rule-kinds">
          {rule.kinds.map((kind) => (
            <span key={kind} class="rule-kind">
              <Icon name={kind} size={16} /> {KINDS_WORD[kind]}
            </span>
          ))}
        </span>
        {rule.firing > 0 ? (
          <span class="fires">fires {rule.firing} ×</span>
        ) : (
          <span class="soft">does not fire</span>
        )}
      </a>
    </li>
  );
}

/** What watches the site. */
export function RulesPage(): JSX.Element {
  const list = useFetched('rules', (signal) => get<ListView<RuleView>>('/rules', signal), {
    everyMs: RENEW_MS,
  });
  const rules = [...(list.data?.items ?? [])].sort(byFiring);
  return (
    <main class="page">
      <PageHead title="Rules">{list.data && <p class="soft">{count(rules.length, 'rule')}</p>}</PageHead>
      {list.problem && <ProblemNote problem={list.problem} again={list.again} />}
      {!list.data && !list.problem && <Skeleton lines={6} tall />}
      {list.data && rules.length === 0 && (
        <Empty title="No rules">The library is switched off and the configuration names no rule files.</Empty>
      )}
      <ul class="ticket-list">
        {rules.map((rule) => (
          <Line key={rule.rule} rule={rule} />
        ))}
      </ul>
    </main>
  );
}
