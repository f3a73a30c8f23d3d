import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { ExplainedPart, Phase } from '../../../model/explanation.ts';
import type { ListView } from '../../../model/views/list.ts';
import type { WhyValueView, WhyView } from '../../../model/views/why.ts';
import { get } from '../core/client.ts';
import { useFetched } from '../core/use-fetched.ts';
import { ruleWord } from '../core/words.ts';
import { ProblemNote, Skeleton } from '../parts/feedback.tsx';
import { Ago } from '../parts/when.tsx';

const RENEW_MS = 10_000;

const PHASE_WORD: Record<Phase, string> = {
  firing: 'fires',
  recovering: 'is ending',
  pending: 'is about to fire',
  ok: 'in order',
  unheard: 'never heard',
};
/** What asks for attention first. */
const ORDER: readonly Phase[] = ['firing', 'recovering', 'pending', 'ok', 'unheard'];

function truthWord(truth: boolean | null): string {
  return truth === null ? '? ' : truth ? '✓ ' : '✗ ';
}

function Parts({ parts }: { parts: readonly ExplainedPart[] }): JSX.Element {
  return (
    <ul class="why-parts">
      {parts.map((part) => (
        <li key={`${part.depth}:${part.text}`} style={{ paddingLeft: `${part.depth}em` }}>
          <span role="img" aria-label={part.truth === null ? 'not known' : part.truth ? 'true' : 'false'}>
            {truthWord(part.truth)}
          </span>
          <code>{part.text}</code>
        </li>
      ))}
    </ul>
  );
}

function valueWord(value: WhyValueView['value']): string {
  if (value === null) return 'not known';
  if (typeof value === 'number') return String(Math.round(value * 1000) / 1000);
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return value;
}

function Rule({ why, tz }: { why: WhyView; tz: string }): JSX.Element {
  const settings = new Map(why.settings.map((setting) => [setting.name, setting.from]));
  return (
    <details class="why-rule">
      <summary>
        {ruleWord(why.rule)} <span class="soft">{PHASE_WORD[why.phase]}</span>
      </summary>
      <p>{why.text}</p>
      <Parts parts={why.when.parts} />
      <dl class="values">
        {why.values.map(({ name, value, measured }) => (
          <div key={name}>
            <dt>
              <code>{name}</code>
            </dt>
            <dd>
              {valueWord(value)}
              <small>{measured === null ? settings.get(name) : <Ago at={measured} tz={tz} />}</small>
            </dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

function Rules({ asset, tz }: { asset: string; tz: string }): JSX.Element {
  const why = useFetched(
    asset,
    (signal) => get<ListView<WhyView>>(`/assets/${encodeURIComponent(asset)}/why`, signal),
    { everyMs: RENEW_MS },
  );
  if (why.problem) return <ProblemNote problem={why.problem} again={why.again} />;
  if (!why.data) return <Skeleton lines={3} />;
  const items = [...why.data.items].sort((a, b) => ORDER.indexOf(a.phase) - ORDER.indexOf(b.phase));
  return (
    <>
      {items.map((one) => (
        <Rule key={one.rule} why={one} tz={tz} />
      ))}
    </>
  );
}

/** How far each rule is with the asset, and why; asked for when it is opened. */
export function WhySection({ asset, tz }: { asset: string; tz: string }): JSX.Element {
  const [open, setOpen] = useState(false);
  return (
    <details class="why" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Why, and why not</summary>
      {open && <Rules asset={asset} tz={tz} />}
    </details>
  );
}
