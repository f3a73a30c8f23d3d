import type { Kind } from '../../model/kinds.ts';
import type { Asset } from '../../model/site.ts';
import { tradeOf } from './compile-rule.ts';
import { formatDuration } from './duration.ts';
import { attributeSetting, parameterSetting } from './parameters.ts';
import type { CompiledRule, Lane, RuleInfo, RuleSet } from './rule.ts';
import { unitOfName } from './units.ts';

interface Compiled {
  readonly rule: CompiledRule;
  readonly lane: Lane;
}

function compiledFor(rules: RuleSet, name: string, kind: Kind | undefined): Compiled | undefined {
  for (const lane of rules.lanes) {
    const rule = lane.rules.find((one) => one.name === name);
    if (rule && (kind === undefined || lane.kind === kind)) return { rule, lane };
  }
  return undefined;
}

function conditionLines(rule: CompiledRule): string[] {
  const { info, for_ms, keep_ms, cumulative, until_clear, urgent, unknown } = rule;
  const held = (ms: number): string => (ms > 0 ? ` for ${formatDuration(ms)}` : '');
  const all = cumulative ? ' in all' : until_clear ? ', trembling included' : '';
  const unknowns = { hold: 'things stay as they are', clear: 'it counts as well', fire: 'it counts as ill' };
  return [
    `It fires when this holds${held(for_ms)}${for_ms > 0 ? all : ''}:`,
    `    ${info.when}`,
    ...(urgent
      ? [`It is ${urgent.severity} when this holds${held(urgent.for_ms)}:`, `    ${urgent.text}`]
      : []),
    `It ends when this holds${held(keep_ms)}:`,
    `    ${info.clear ?? `not (${info.when})`}`,
    ...(info.where.length > 0 ? ['In these:', ...info.where.map((name) => `    ${name}`)] : []),
    `While the condition is not known, ${unknowns[unknown]}.`,
  ];
}

function ticketLines(info: RuleInfo): string[] {
  const { rollup, inhibited_by, inhibited_by_own, wait_ms, proof, lateness_ms } = info;
  const inhibitors = inhibited_by.map((rule) =>
    inhibited_by_own.includes(rule) ? `${rule} of the asset itself` : rule,
  );
  return [
    ...(lateness_ms > 0 ? [`It waits ${formatDuration(lateness_ms)} for late samples.`] : []),
    ...(wait_ms > 0 ? [`Its ticket waits ${formatDuration(wait_ms)}, for others to speak first.`] : []),
    ...(rollup
      ? [
          `${rollup.min} and ${Math.round(100 * rollup.share)} % of those that share a ${rollup.by} are one ${rollup.as}.`,
        ]
      : []),
    ...(inhibitors.length > 0 ? [`It is held back by ${inhibitors.join(', ')}.`] : []),
    `It is proved mended by ${proof ?? 'a person who looks'}.`,
  ];
}

function numberLines({ rule }: Compiled, rules: RuleSet, asset: Asset | undefined): string[] {
  const rows = rule.numbers.map((name): [string, string, string] => {
    const parameter = rule.info.parameters.find((one) => one.name === name);
    const setting = asset
      ? parameter
        ? parameterSetting(parameter, asset, rules.overrides)
        : attributeSetting(name, asset, rules.overrides)
      : parameter && { value: parameter.default, from: 'default of the rule' };
    const meaning = parameter?.meaning ? `: ${parameter.meaning}` : '';
    if (!setting) return [name, '', `told by each asset${meaning}`];
    return [name, `${setting.value} ${unitOfName(name)}`.trim(), `${setting.from}${meaning}`];
  });
  const [wide, wider] = [0, 1].map((i) => Math.max(0, ...rows.map((row) => row[i]!.length))) as [
    number,
    number,
  ];
  return rows.map(([name, value, from]) => `    ${name.padEnd(wide)}  ${value.padEnd(wider)}  ${from}`);
}

/**
 * A rule in words, with its numbers for an asset (or by default) and where each comes from. `info`: of the rule set.
 * The asset must be of one of its kinds.
 */
export function explainRule(rules: RuleSet, info: RuleInfo, asset?: Asset): string {
  const compiled = compiledFor(rules, info.name, asset?.kind);
  const kinds = info.kinds.join(', ');
  const head = `${info.name} watches: ${kinds}. Severity ${info.severity}; calls: ${tradeOf(info, asset?.kind ?? info.kinds[0]!)}.`;
  if (!compiled) return `${[head, 'Only others roll up into it.', ...ticketLines(info)].join('\n')}\n`;
  const numbers = numberLines(compiled, rules, asset);
  return `${[
    head,
    ...conditionLines(compiled.rule),
    ...ticketLines(info),
    ...(numbers.length > 0 ? [`Its numbers${asset ? ` for ${asset.id}` : ''}:`, ...numbers] : []),
  ].join('\n')}\n`;
}
