import type { RawMessage } from '../model/reading.ts';
import type { Rejection } from '../model/rejection.ts';
import type { Flaw } from './codecs/codec.ts';

/** As much as ingest reads: what was not too large is kept whole, so that it can be replayed. */
const WHOLE_BYTES = 256 * 1024;
/** Of what is larger, and of further flaws without a text of their own: one message is not kept a hundred times. */
const CUT_BYTES = 4 * 1024;
/** Of one message: a batch of ten thousand bad elements must not push everything else out of quarantine. */
export const KEPT_FLAWS = 100;

/** The element's own text; undefined when there is none or it nests deeper than it can be written. */
function elementText(element: unknown): Buffer | undefined {
  try {
    return element === undefined ? undefined : Buffer.from(JSON.stringify(element));
  } catch {
    return undefined;
  }
}

function rejectionOf(message: RawMessage, { code, detail, element }: Flaw, isFirst: boolean): Rejection {
  const own = elementText(element);
  const payload = own ?? message.payload;
  const isWhole = payload.length <= WHOLE_BYTES && (own !== undefined || isFirst);
  return {
    message: message.id,
    topic: message.topic,
    client: message.client,
    received: message.received,
    code,
    detail,
    payload: Uint8Array.from(payload.subarray(0, isWhole ? WHOLE_BYTES : CUT_BYTES)),
    size: payload.length,
  };
}

/** What is kept of what is wrong with a message: the first flaws one by one, the number of the others in the last. */
export function rejectionsOf(message: RawMessage, flaws: readonly Flaw[]): Rejection[] {
  const kept = flaws.slice(0, KEPT_FLAWS).map((flaw, i) => rejectionOf(message, flaw, i === 0));
  const more = flaws.length - kept.length;
  const last = kept.at(-1);
  if (more > 0 && last)
    kept[kept.length - 1] = { ...last, detail: `${last.detail} (and ${more} more in this message)` };
  return kept;
}
