import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { RuleWritingView } from '../model/views/watch.ts';
import { namesIn } from '../rules/backtest/rule-sets.ts';
import { singleRule } from '../rules/backtest/single-rule.ts';
import type { RuleSet } from '../rules/language/rule.ts';
import { faultsHandbook } from './paths.ts';
import type { RuleFile } from './rule-files.ts';

/** The handbook's text by rule: what stands under `### LampOut, CircuitOut`, its lines joined. */
export function readGuides(handbook: string): ReadonlyMap<string, string> {
  const guides = new Map<string, string>();
  for (const section of handbook.split(/^###? /m).slice(1)) {
    const [heading = '', ...lines] = section.split('\n');
    const paragraphs = lines
      .join('\n')
      .trim()
      .split(/\n{2,}/);
    const text = paragraphs.map((paragraph) => paragraph.replaceAll(/\s*\n\s*/g, ' ')).join('\n\n');
    for (const name of heading.split(',')) if (text !== '') guides.set(name.trim(), text);
  }
  return guides;
}

/** How rules in force are written, and what the handbook of faults says about them. */
export function ruleWritings(
  inForce: readonly RuleFile[],
  { infos }: RuleSet,
): (rule: string) => RuleWritingView | undefined {
  const fileOf = new Map(inForce.flatMap((source) => [...namesIn([source])].map((name) => [name, source])));
  const guides = readGuides(existsSync(faultsHandbook) ? readFileSync(faultsHandbook, 'utf8') : '');
  return (rule) => {
    const source = fileOf.get(rule);
    const info = infos.get(rule);
    if (!source || !info) return undefined;
    return {
      file: basename(source.file),
      yaml: singleRule(source, info),
      guide: guides.get(rule) ?? null,
    };
  };
}
