import type { Code, RejectCode } from '../model/codes.ts';
import type { RawMessage } from '../model/reading.ts';
import type { Rejection } from '../model/rejection.ts';
import type { Quarantine, Quarantined } from '../store/quarantine/contract.ts';
import type { Ingest } from './ingest.ts';

/** Tried side by side: they share commits, and their readings reach the journal in order all the same. */
const SIDE_BY_SIDE = 100;

/** What became of one rejected message that was tried again. */
export interface Replayed {
  readonly id: number;
  /** `accepted`: in the journal and out of quarantine. `rejected`, `impossible`: still there, and `detail` says why. */
  readonly outcome: 'accepted' | 'rejected' | 'impossible' | 'gone';
  /** Of the reason; null when accepted. */
  readonly code: Code | null;
  readonly detail: string;
}

export interface ReplayOptions {
  readonly quarantine: Pick<Quarantine, 'get' | 'settle'>;
  readonly ingest: Pick<Ingest, 'replay'>;
  /** Whether the sender may publish to this topic now. */
  readonly mayPublish: (client: string, topic: string) => boolean;
}

/** The part of a point that is the reading as its device would send it; undefined for a point of Steward's own. */
function payloadOfPoint(item: Quarantined): Uint8Array | undefined {
  if (item.topic === '') return undefined;
  try {
    const { ts, fields } = JSON.parse(Buffer.from(item.payload).toString()) as {
      readonly ts: number;
      readonly fields: Readonly<Record<string, number>>;
    };
    return Buffer.from(JSON.stringify({ ...fields, ts }));
  } catch {
    return undefined;
  }
}

/** The message as it came, with its own id and time of arrival; a reason when there is not enough of it. */
function messageOf(item: Quarantined): RawMessage | string {
  if (!item.whole) return `${item.payload.length} of ${item.size} bytes were kept`;
  const payload = item.code === 'series_rejected' ? payloadOfPoint(item) : item.payload;
  if (payload === undefined) return 'a point of Steward itself, no message of a device';
  const { message: id, topic, client, received } = item;
  return { id, topic, client, received, payload };
}

function forbidden(item: Quarantined): Rejection {
  const { message, topic, client, received, payload, size } = item;
  const code: RejectCode = 'topic_forbidden';
  const detail = `${client} may not publish to ${JSON.stringify(topic.slice(0, 80))}`;
  return { message, topic, client, received, payload, size, code, detail };
}

/**
 * Tries rejected messages again, in the order given. A crash in between leaves some in quarantine whose readings are
 * in the journal already: tried again, they are the same points.
 *
 * Throws when journal or quarantine refuse; what was not tried then is still in quarantine.
 */
export async function replayQuarantined(
  ids: readonly number[],
  { quarantine, ingest, mayPublish }: ReplayOptions,
): Promise<readonly Replayed[]> {
  const replayOne = async (id: number): Promise<Replayed> => {
    const item = quarantine.get(id);
    if (!item)
      return { id, outcome: 'gone', code: 'not_found', detail: `there is no rejected message ${id}` };
    const message = messageOf(item);
    if (typeof message === 'string') {
      return { id, outcome: 'impossible', code: 'replay_impossible', detail: message };
    }
    // The engine's refusals carry its own name: their device was asked when the message came.
    const isAllowed = item.code === 'series_rejected' || mayPublish(item.client, item.topic);
    const rejections = isAllowed ? await ingest.replay(message) : [forbidden(item)];
    await quarantine.settle(id, rejections);
    const [first] = rejections;
    if (!first) return { id, outcome: 'accepted', code: null, detail: '' };
    return { id, outcome: 'rejected', code: first.code, detail: first.detail };
  };
  const replayed: Replayed[] = [];
  for (let from = 0; from < ids.length; from += SIDE_BY_SIDE) {
    replayed.push(...(await Promise.all(ids.slice(from, from + SIDE_BY_SIDE).map(replayOne))));
  }
  return replayed;
}
