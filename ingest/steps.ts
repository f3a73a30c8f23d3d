import type { Directory } from '../model/directory.ts';
import type { RawMessage, Reading } from '../model/reading.ts';
import type { Asset } from '../model/site.ts';
import { parseTelemetryTopic, type TelemetryTopic } from '../model/topics.ts';
import { type Flaw, isFlaw, quoted, type Sample } from './codecs/codec.ts';
import { nativeCodec } from './codecs/native/native.ts';
import type { IngestLimits } from './limits.ts';
import { KEPT_FLAWS } from './rejections.ts';
import type { suggestions } from './suggestions.ts';
import { validate } from './validate.ts';

/** What the steps look things up in. */
export interface Surroundings {
  readonly directory: Directory;
  readonly limits: IngestLimits;
  readonly suggest: ReturnType<typeof suggestions>;
}

/** One message on its way, and what the steps have found out about it so far. */
export interface Passage {
  readonly message: RawMessage;
  topic: TelemetryTopic | undefined;
  samples: readonly Sample[];
  asset: Asset | undefined;
  readonly readings: Reading[];
  /** Elements of the batch that are rejected while the others go on. */
  flaws: Flaw[];
}

/** A step adds to the passage, or says why the message as a whole goes no further. */
export interface Step {
  readonly name: string;
  readonly run: (passage: Passage, surroundings: Surroundings) => Flaw | undefined;
}

function route(passage: Passage): Flaw | undefined {
  passage.topic = parseTelemetryTopic(passage.message.topic);
  if (passage.topic !== undefined) return undefined;
  const detail = `${quoted(passage.message.topic)} is not site/{site}/{kind}/{asset}/telemetry`;
  return { code: 'topic_unknown', detail };
}

function decode(passage: Passage, { limits }: Surroundings): Flaw | undefined {
  const { payload } = passage.message;
  if (payload.length > limits.maxPayloadBytes) {
    const detail = `${payload.length} bytes where ${limits.maxPayloadBytes} are allowed`;
    return { code: 'payload_too_large', detail };
  }
  const decoded = nativeCodec.decode(payload);
  if (isFlaw(decoded)) return decoded;
  passage.samples = decoded.samples;
  if (decoded.flaws.length > 0) passage.flaws = [...decoded.flaws];
  return undefined;
}

function bind(passage: Passage, { directory, suggest }: Surroundings): Flaw | undefined {
  const { site, kind, asset: id } = passage.topic!;
  const asset = directory.asset(id);
  if (asset?.site === site && asset.kind === kind) {
    passage.asset = asset;
    return undefined;
  }
  if (asset) {
    const detail = `${quoted(id)} is a ${asset.kind} of site "${asset.site}", not a ${kind} of "${site}"`;
    return { code: 'asset_unknown', detail };
  }
  const ofThatKind = (): string[] =>
    [...directory.assets()].filter((one) => one.site === site && one.kind === kind).map((one) => one.id);
  const hint = suggest(`${site}/${kind}`, id, ofThatKind);
  return { code: 'asset_unknown', detail: `site "${site}" has no ${kind} ${quoted(id)}${hint}` };
}

function check(passage: Passage, { limits, suggest }: Surroundings): Flaw | undefined {
  const { message, samples } = passage;
  const context = {
    asset: passage.asset!,
    reserved: nativeCodec.reserved,
    received: message.received,
    message: message.id,
    limits,
    // What nobody will read needs no advice: looking for the words meant is the dearest part of a hostile batch.
    suggest: (...word: Parameters<typeof suggest>) =>
      passage.flaws.length < KEPT_FLAWS ? suggest(...word) : '',
  };
  for (const sample of samples) {
    const outcome = validate(sample, context);
    if (!isFlaw(outcome)) passage.readings.push(outcome);
    else if (sample.where === '') return outcome;
    else passage.flaws.push(outcome);
  }
  return undefined;
}

/** The way of one message, in order; after the last of them its readings are journalled. */
export const STEPS: readonly Step[] = [
  { name: 'route', run: route },
  { name: 'decode', run: decode },
  { name: 'bind', run: bind },
  { name: 'validate', run: check },
];
