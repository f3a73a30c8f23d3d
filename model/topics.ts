import { isKind, type Kind } from './kinds.ts';
import { isSlug } from './slug.ts';

/** Where a device publishes its readings: `site/{site}/{kind}/{asset}/telemetry`. */
export interface TelemetryTopic {
  readonly site: string;
  readonly kind: Kind;
  readonly asset: string;
}

export function telemetryTopic({ site, kind, asset }: TelemetryTopic): string {
  return `site/${site}/${kind}/${asset}/telemetry`;
}

/** The parts of a telemetry topic, or undefined when it is none. */
export function parseTelemetryTopic(topic: string): TelemetryTopic | undefined {
  const [root, site, kind, asset, leaf, more] = topic.split('/');
  if (root !== 'site' || leaf !== 'telemetry' || more !== undefined) return undefined;
  if (!site || !kind || !asset || !isSlug(site) || !isKind(kind) || !isSlug(asset)) return undefined;
  return { site, kind, asset };
}

/** Where a sign is told what to show. */
export function signTopic(site: string, asset: string): string {
  return `site/${site}/sign/${asset}/set`;
}

/** Where a change of a ticket is announced. */
export function ticketTopic(site: string, ticket: string): string {
  return `site/${site}/ticket/${ticket}`;
}
