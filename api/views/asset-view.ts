import { rfc3339 } from '../../model/clock.ts';
import { type Fault, SEVERITIES, type Severity } from '../../model/fault.ts';
import type { Asset } from '../../model/site.ts';
import type { AssetStatus, AssetView } from '../../model/views/site.ts';
import type { LatestValues } from '../latest.ts';
import { isSilent } from './freshness.ts';

/** The worst severity that fires, by asset; a rolled-up fault fires for each of its members too. */
export function severityByAsset(faults: readonly Fault[]): ReadonlyMap<string, Severity> {
  const worst = new Map<string, Severity>();
  for (const fault of faults) {
    for (const asset of [fault.asset, ...fault.members]) {
      const known = worst.get(asset);
      if (!known || SEVERITIES.indexOf(known) < SEVERITIES.indexOf(fault.severity)) {
        worst.set(asset, fault.severity);
      }
    }
  }
  return worst;
}

/** What is known at one moment, gathered once for a whole list. */
export interface AssetNews {
  readonly now: number;
  readonly latest: LatestValues;
  readonly severities: ReadonlyMap<string, Severity>;
  readonly tickets: ReadonlyMap<string, readonly string[]>;
}

function statusOf(asset: Asset, { now, latest, severities }: AssetNews): AssetStatus {
  const severity = severities.get(asset.id);
  if (severity) return severity === 'critical' || severity === 'major' ? 'fault' : 'warning';
  const seen = latest.seen(asset.id);
  if (seen === undefined) return 'unknown';
  return isSilent(asset, seen, now) ? 'silent' : 'ok';
}

export function assetView(asset: Asset, news: AssetNews): AssetView {
  const seen = news.latest.seen(asset.id);
  const latest = [...news.latest.of(asset.id)].map(
    ([metric, { value, ts }]) => [metric, { value, ts: rfc3339(ts) }] as const,
  );
  return {
    id: asset.id,
    kind: asset.kind,
    site: asset.site,
    zone: asset.zone,
    name: asset.name,
    x_m: asset.x_m,
    y_m: asset.y_m,
    circuit: asset.circuit || null,
    gateway: asset.gateway || null,
    attributes: asset.attributes,
    status: statusOf(asset, news),
    last_seen: seen === undefined ? null : rfc3339(seen),
    latest: Object.fromEntries(latest),
    tickets: news.tickets.get(asset.id) ?? [],
  };
}
