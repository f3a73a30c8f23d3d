import type { RejectCode } from '../../model/codes.ts';

/** Why a message, or one element of its batch, is not accepted. */
export interface Flaw {
  readonly code: RejectCode;
  /** What is wrong and where: `[3].power_w: …`. */
  readonly detail: string;
  /** The element that is meant; absent when it is the whole payload. */
  readonly element?: unknown;
}

/** One reading as its device told it: the form is right, names and values are not yet checked. */
export interface Sample {
  /** Its place in the payload, to begin a detail with: empty, or `[3]`. */
  readonly where: string;
  /** When it was measured, epoch milliseconds; undefined when the device does not say. */
  readonly ts: number | undefined;
  /** Metrics by name, as they were parsed, with the codec's reserved names among them. */
  readonly members: Readonly<Record<string, unknown>>;
}

export interface Decoded {
  readonly samples: readonly Sample[];
  /** Elements that are no samples; the others go on. */
  readonly flaws: readonly Flaw[];
}

/** Reads one payload format. Pure; any bytes lead to samples or flaws, never to a throw. */
export interface Codec {
  readonly name: string;
  /** Names of members that are no metrics. */
  readonly reserved: ReadonlySet<string>;
  /** A flaw when the payload as a whole cannot be read. */
  decode(payload: Uint8Array): Decoded | Flaw;
}

export function isFlaw(outcome: object): outcome is Flaw {
  return 'code' in outcome;
}

const QUOTED_LENGTH = 60;

/** A word of the payload, safe to be shown: control characters escaped, cut when it is long. */
export function quoted(word: string): string {
  return JSON.stringify(word.length > QUOTED_LENGTH ? `${word.slice(0, QUOTED_LENGTH)}…` : word);
}

/** What a value is, in a word or two, without looking into it: payloads nest as deep as their senders like. */
export function described(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object') return 'an object';
  if (typeof value === 'string') return `the text ${quoted(value)}`;
  return String(value);
}
