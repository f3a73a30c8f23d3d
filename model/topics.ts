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

/** Names are slugs (model/slug.ts). In one expression, and kept: every message asks for its topic several times. */
const TELEMETRY = new RegExp(
  `^site/([a-z0-9_-]{1,${SLUG_MAX_LENGTH}})/(${KINDS.join('|')})/([a-z0-9_-]{1,${SLUG_MAX_LENGTH}})/telemetry$`,
);

let last: { readonly topic: string; readonly parts: TelemetryTopic | undefined } = {
  topic: '',
  parts: undefined,
};

/** The parts of a telemetry topic, or undefined when it is none. */
export function parseTelemetryTopic(topic: string): TelemetryTopic | undefined {
  if (topic === last.topic) return last.parts;
  const found = TELEMETRY.exec(topic);
  const parts = found === null ? undefined : { site: found[1]!, kind: found[2] as Kind, asset: found[3]! };
  last = { topic, parts };
  return parts;
}

/** Where a sign is told what to show. */
export function signTopic(site: string, asset: string): string {
  return `site/${site}/sign/${asset}/set`;
}

/** Where a change of a ticket is announced. */
export function ticketTopic(site: string, ticket: string): string {
  return `site/${site}/ticket/${ticket}`;
}
