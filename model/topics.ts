import { KINDS, type Kind } from './kinds.ts';
import { SLUG_MAX_LENGTH } from './slug.ts';

/** Where a device publishes its readings: `site/{site}/{kind}/{asset}/telemetry`. */
export interface TelemetryTopic {
  readonly site: string;
  readonly kind: Kind;
  readonly asset: string;
}

export function telemetryTopic({ site, kind, asset }: TelemetryTopic): string {
  return `site/${site}/${kind}/${asset}/telemetry`;
}

/** In one expression: every message asks for this several times. Names are slugs (model/slug.ts). */
const TELEMETRY = new RegExp(
  `^site/([a-z0-9_-]{1,${SLUG_MAX_LENGTH}})/(${KINDS.join('|')})/([a-z0-9_-]{1,${SLUG_MAX_LENGTH}})/telemetry$`,
);

/** The parts of a telemetry topic, or undefined when it is none. */
export function parseTelemetryTopic(topic: string): TelemetryTopic | undefined {
  const parts = TELEMETRY.exec(topic);
  if (parts === null) return undefined;
  return { site: parts[1]!, kind: parts[2] as Kind, asset: parts[3]! };
}

/** Where a sign is told what to show. */
export function signTopic(site: string, asset: string): string {
  return `site/${site}/sign/${asset}/set`;
}

/** Where a change of a ticket is announced. */
export function ticketTopic(site: string, ticket: string): string {
  return `site/${site}/ticket/${ticket}`;
}
