import { HOUR_MS } from '../../model/clock.ts';
import type { Directory } from '../../model/directory.ts';
import type { Evidence, Fault } from '../../model/fault.ts';
import type { Asset } from '../../model/site.ts';
import { tradeOf } from '../language/compile-rule.ts';
import type { Context } from '../language/context.ts';
import { formatDuration } from '../language/duration.ts';
import { type CompiledRule, conditionText, type RuleInfo } from '../language/rule.ts';
import { formatNumber, renderTemplate, type TemplateSubject } from '../language/template.ts';
import { FLAPS, RAISED, SINCE } from './progress.ts';

const HOURS_BEFORE = 6;
const HOURS_AFTER = 1;

export function chartSpan(since: number): Pick<Evidence, 'from' | 'to'> {
  return { from: since - HOURS_BEFORE * HOUR_MS, to: since + HOURS_AFTER * HOUR_MS };
}

export function subjectOf(directory: Directory, asset: Asset, members: number): TemplateSubject {
  return {
    asset,
    zoneName: directory.zone(asset.site, asset.zone)?.name ?? asset.zone,
    siteName: directory.site(asset.site)?.name ?? asset.site,
    members,
  };
}

function valuesOf(rule: CompiledRule, c: Context, t: number): Evidence['values'] {
  return Object.fromEntries(
    rule.probes.map((probe) => {
      const value = probe.read(c, t);
      if (typeof value === 'string') return [probe.label, value];
      if (Number.isNaN(value)) return [probe.label, null];
      if (probe.type === 'bool') return [probe.label, value === 1];
      // A span of time is told in hours: that is how people count dwell and silence.
      return [probe.label, probe.type === 'since' ? value / HOUR_MS : value];
    }),
  );
}

function reasonOf(
  { words }: CompiledRule,
  values: Evidence['values'],
  subject: TemplateSubject,
  c: Context,
  t: number,
): string {
  if (words) return renderTemplate(words, subject, c, t);
  return Object.entries(values)
    .map(([name, value]) => `${name} = ${typeof value === 'number' ? formatNumber(value) : value}`)
    .join(', ');
}

/** The fault that a rule sees in the asset in hand at event time t, with the values that it saw. Its progress is at `row` of `r`. */
export function faultOf(
  rule: CompiledRule,
  c: Context,
  r: Float64Array,
  row: number,
  directory: Directory,
  t: number,
): Fault {
  const { info } = rule;
  const asset = c.asset();
  const subject = subjectOf(directory, asset, 0);
  const values = valuesOf(rule, c, t);
  const since = r[row + SINCE]!;
  const flaps = r[row + FLAPS]!;
  const reason = reasonOf(rule, values, subject, c, t);
  const flapping = `Comes and goes, ${flaps} times within ${formatDuration(rule.flapping.within_ms)}: ${reason}`;
  return {
    ...identityOf(info, asset),
    severity: r[row + RAISED] === 1 && rule.urgent ? rule.urgent.severity : info.severity,
    title: renderTemplate(info.title, subject),
    since,
    members: [],
    evidence: {
      expression: conditionText(info),
      text: flaps > 0 ? flapping : reason,
      values: flaps > 0 ? { ...values, flaps } : values,
      metrics: rule.evidence,
      ...chartSpan(since),
    },
    proof: info.proof,
  };
}

/** What a fault of the rule on the asset is called, whatever was seen. */
export function identityOf(
  info: RuleInfo,
  asset: Asset,
): Pick<Fault, 'key' | 'rule' | 'asset' | 'kind' | 'site' | 'zone' | 'trade'> {
  return {
    key: `${info.name}/${asset.id}`,
    rule: info.name,
    asset: asset.id,
    kind: asset.kind,
    site: asset.site,
    zone: asset.zone,
    trade: tradeOf(info, asset.kind),
  };
}

/** Unique for the change and the same in every replay: made of the rule, the asset and event time. */
export function causeOf(key: string, at: number, type: string): string {
  return `${key}/${at}:${type}`;
}
