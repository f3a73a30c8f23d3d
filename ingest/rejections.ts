import type { RawMessage } from '../model/reading.ts';
import type { Rejection } from '../model/rejection.ts';
import type { Flaw } from './codecs/codec.ts';

const KEPT_BYTES = 4 * 1024;
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

function rejectionOf(message: RawMessage, { code, detail, element }: Flaw): Rejection {
  const payload = elementText(element) ?? message.payload;
  return {
    message: message.id,
    topic: message.topic,
    client: message.client,
    received: message.received,
    code,
    detail,
    payload: Uint8Array.from(payload.subarray(0, KEPT_BYTES)),
    size: payload.length,
  };
}

/** What is kept of what is wrong with a message: the first flaws one by one, the number of the others in the last. */
export function rejectionsOf(message: RawMessage, flaws: readonly Flaw[]): Rejection[] {
  const kept = flaws.slice(0, KEPT_FLAWS).map((flaw) => rejectionOf(message, flaw));
  const more = flaws.length - kept.length;
  const last = kept.at(-1);
  if (more > 0 && last)
    kept[kept.length - 1] = { ...last, detail: `${last.detail} (and ${more} more in this message)` };
  return kept;
}
