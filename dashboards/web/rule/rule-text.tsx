import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import { type Mistake, offsetOf } from './mistakes.ts';

const FEWEST_LINES = 8;

/** The rule as text, to be changed. A mistake that is pressed puts the cursor where it is. */
export function RuleText(props: {
  text: string;
  mistakes: readonly Mistake[];
  onChange: (text: string) => void;
}): JSX.Element {
  const { text, mistakes, onChange } = props;
  const area = useRef<HTMLTextAreaElement>(null);
  const goTo = (mistake: Mistake): void => {
    const at = offsetOf(text, mistake);
    area.current?.focus();
    area.current?.setSelectionRange(at, at);
  };
  const lines = text.split('\n').length;
  const wrong = new Set(mistakes.map(({ line }) => line));
  return (
    <>
      <div class="rule-text">
        <ol class="rule-text-lines" aria-hidden="true">
          {Array.from({ length: Math.max(lines, FEWEST_LINES) }, (_, i) => (
            <li key={i} class={wrong.has(i + 1) ? 'wrong' : undefined}>
              {i + 1}
            </li>
          ))}
        </ol>
        <textarea
          ref={area}
          aria-label="Rule as YAML"
          aria-invalid={mistakes.length > 0}
          aria-describedby={mistakes.length > 0 ? 'rule-mistakes' : undefined}
          rows={Math.max(lines, FEWEST_LINES)}
          spellcheck={false}
          autocapitalize="off"
          autocomplete="off"
          wrap="off"
          value={text}
          onInput={(event) => onChange(event.currentTarget.value)}
        />
      </div>
      {mistakes.length > 0 && (
        <ul id="rule-mistakes" class="mistakes" role="alert">
          {mistakes.map((mistake) => (
            <li key={`${mistake.line}:${mistake.column}:${mistake.text}`}>
              <button type="button" class="mistake" onClick={() => goTo(mistake)}>
                <span class="mistake-place">
                  Line {mistake.line}, column {mistake.column}
                </span>
                {mistake.text}
              </button>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
