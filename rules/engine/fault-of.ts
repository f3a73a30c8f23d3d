import { HOUR_MS } from '../../model/clock.ts';
import type { Directory } from '../../model/directory.ts';
import type { Evidence, Fault } from '../../model/fault.ts';
import type { Asset } from '../../model/site.ts';
import { tradeOf } from '../language/compile-rule.ts';
import type { RuleInfo } from '../language/rule.ts';
import { formatNumber, renderTemplate, type TemplateSubject } from '../language/template.ts';
import type { RuleState } from './machine.ts';

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

function valuesOf(s: RuleState, t: number): Evidence['values'] {
  return Object.fromEntries(
    s.rule.probes.map((probe) => {
      const value = probe.read(s.c, t);
      if (typeof value === 'string') return [probe.label, value];
      if (Number.isNaN(value)) return [probe.label, null];
      if (probe.type === 'bool') return [probe.label, value === 1];
      // A span of time is told in hours: that is how people count dwell and silence.
      return [probe.label, probe.type === 'since' ? value / HOUR_MS : value];
    }),
  );
}

function reasonOf(s: RuleState, values: Evidence['values'], subject: TemplateSubject, t: number): string {
  if (s.rule.words) return renderTemplate(s.rule.words, subject, s.c, t);
  return Object.entries(values)
    .map(([name, value]) => `${name} = ${typeof value === 'number' ? formatNumber(value) : value}`)
    .join(', ');
}

/** The fault that a rule sees in an asset at event time t, with the values that it saw. */
export function faultOf(s: RuleState, asset: Asset, directory: Directory, t: number): Fault {
  const { rule } = s;
  const { info } = rule;
  const subject = subjectOf(directory, asset, 0);
  const values = valuesOf(s, t);
  const { raised, since } = s.live;
  return {
    ...identityOf(info, asset),
    severity: raised === 1 && rule.urgent ? rule.urgent.severity : info.severity,
    title: renderTemplate(info.title, subject),
    since,
    members: [],
    evidence: {
      expression: info.when ?? '',
      text: reasonOf(s, values, subject, t),
      values,
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
