import type { Point } from '../../../model/point.ts';
import type { RejectedPoint, Settlement } from '../contract.ts';
import type { Line } from './lines.ts';
import type { NamedLine } from './refusals.ts';
import type { Reply, Sender } from './sender.ts';

/** InfluxData's advice for the size of a batch; it also bounds what one bad line makes us send again. */
const REQUEST_LINES = 5_000;

/**
 * Writes lines in order and finds out what became of each, for all versions of InfluxDB.
 *
 * InfluxDB 1.x answers 400 when it lost a line, stores the others, and does not reliably say how many or which (a
 * malformed line is reported with `dropped=0`, and of several shards only the first speaks). Writing is idempotent,
 * so parts are sent again until each stored whole or lost whole. Version 2 answers 422 in such a case (and stores
 * nothing of a batch with a malformed line), version 3 names lines: those are rejected and the rest is sent again. Left before right, so that the later of two writes
 * of the same point also stays the last.
 */
export async function settleLines(
  lines: readonly Line[],
  send: Sender,
  signal: AbortSignal,
): Promise<Settlement> {
  const rejected: RejectedPoint[] = [];
  const keep: Point[] = [];
  let stored = 0;
  let stop: Extract<Reply, { kind: 'later' | 'no_database' }> | undefined;

  const settle = async (part: readonly Line[]): Promise<void> => {
    const reply = stop ?? (await send(part.map((line) => line.text).join('\n'), signal));
    if (reply.kind === 'stored') {
      stored += part.length;
    } else if (reply.kind === 'later' || reply.kind === 'no_database') {
      stop = reply;
      for (const line of part) keep.push(line.point);
    } else if (part.length > 1 && namesSome(reply, part)) {
      const reasons = new Map(reply.named.map((each) => [each.line, each.reason]));
      const rest = part.filter((line, i) => {
        const reason = reasons.get(i + 1);
        if (reason !== undefined) rejected.push({ point: line.point, reason: `InfluxDB: ${reason}` });
        return reason === undefined;
      });
      if (rest.length > 0) await settle(rest);
    } else if (part.length === 1 || lostWhole(reply, part)) {
      for (const line of part) rejected.push({ point: line.point, reason: reply.reason });
    } else {
      for (const smaller of parts(reply, part)) await settle(smaller);
    }
  };

  for (let from = 0; from < lines.length; from += REQUEST_LINES)
    await settle(lines.slice(from, from + REQUEST_LINES));
  if (stop === undefined) return { stored, rejected, keep };
  const retryAfterMs = stop.kind === 'later' ? stop.retryAfterMs : 1_000;
  return { stored, rejected, keep, retryAfterMs, reason: stop.reason };
}

type Naming = Reply & { readonly kind: 'refused'; readonly named: readonly NamedLine[] };

/** A line that the part does not have was counted otherwise than we do: then no number is believed. */
function namesSome(reply: Reply, part: readonly Line[]): reply is Naming {
  if (reply.kind !== 'refused' || reply.named === undefined || reply.named.length === 0) return false;
  return reply.named.every(({ line }) => line >= 1 && line <= part.length);
}

/** `dropped=` may say too little, never too much. */
function lostWhole(reply: Reply, part: readonly Line[]): boolean {
  if (reply.kind !== 'refused') return false;
  return /^.* dropped=(\d+)$/s.exec(reply.reason)?.[1] === String(part.length);
}

/**
 * Halves; but when the answer names a field whose type is another in the database, the points with that field and
 * those without. Such a field is refused in every batch, and halving down to each of its points would take a
 * request per point.
 */
function parts(reply: Reply, part: readonly Line[]): readonly (readonly Line[])[] {
  if (reply.kind === 'refused') {
    const [, field, measurement] =
      /field type conflict: input field "([^"]+)" on measurement "([^"]+)"/.exec(reply.reason) ?? [];
    const suspect = ({ point }: Line) =>
      field !== undefined && point.measurement === measurement && Object.hasOwn(point.fields, field);
    const named = part.filter(suspect);
    if (named.length > 0 && named.length < part.length) return [named, part.filter((line) => !suspect(line))];
  }
  const middle = part.length >> 1;
  return [part.slice(0, middle), part.slice(middle)];
}
