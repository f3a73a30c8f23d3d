import type { Point } from '../../../model/point.ts';
import type { RejectedPoint, Settlement } from '../contract.ts';
import type { NamedLine } from './refusals.ts';
import type { Reply } from './sender.ts';

/** InfluxData's advice for the size of a batch; it also bounds what one bad line makes us send again. */
const REQUEST_LINES = 5_000;
/** Requests under way at a time: InfluxDB 1.6.7 on two cores took twice as much over two connections as over one. */
const LANES = 2;

/** Writes points in one request, a line each, in order. */
export type WritePart = (part: readonly Point[]) => Promise<Reply>;

interface Outcome {
  stored: number;
  readonly rejected: RejectedPoint[];
  readonly kept: Set<Point>;
  stop: Extract<Reply, { kind: 'later' | 'no_database' }> | undefined;
}

/**
 * Writes points and finds out what became of each, for all versions of InfluxDB.
 *
 * InfluxDB 1.x answers 400 when it lost a line, stores the others, and does not reliably say how many or which (a
 * malformed line is reported with `dropped=0`, and of several shards only the first speaks). Writing is idempotent,
 * so parts are sent again until each stored whole or lost whole. Version 2 answers 422 in such a case (and stores
 * nothing of a batch with a malformed line), version 3 names lines: those are rejected and the rest is sent again.
 *
 * The points of an asset are in one lane, and there one request after the other, left before right: of two writes of
 * the same point the later one also stays the last.
 */
export async function settlePoints(points: readonly Point[], write: WritePart): Promise<Settlement> {
  const outcome: Outcome = { stored: 0, rejected: [], kept: new Set(), stop: undefined };
  await Promise.all(lanesOf(points).map((lane) => settleLane(lane, write, outcome)));
  const { stored, rejected, kept, stop } = outcome;
  if (stop === undefined) return { stored, rejected, keep: [] };
  const keep = kept.size === points.length ? points : points.filter((point) => kept.has(point));
  const retryAfterMs = stop.kind === 'later' ? stop.retryAfterMs : 1_000;
  return { stored, rejected, keep, retryAfterMs, reason: stop.reason };
}

/** By the end of the asset's name, which is where names of many alike differ. */
function lanesOf(points: readonly Point[]): readonly (readonly Point[])[] {
  if (points.length <= REQUEST_LINES / LANES) return [points];
  const lanes: Point[][] = Array.from({ length: LANES }, () => []);
  for (const point of points) {
    const asset = point.tags['asset']!;
    lanes[asset.charCodeAt(asset.length - 1) % LANES]!.push(point);
  }
  return lanes;
}

async function settleLane(lane: readonly Point[], write: WritePart, outcome: Outcome): Promise<void> {
  const { rejected, kept } = outcome;
  const settle = async (part: readonly Point[]): Promise<void> => {
    const reply = outcome.stop ?? (await write(part));
    if (reply.kind === 'stored') {
      outcome.stored += part.length;
    } else if (reply.kind === 'later' || reply.kind === 'no_database') {
      outcome.stop ??= reply;
      for (const point of part) kept.add(point);
    } else if (part.length > 1 && namesSome(reply, part)) {
      const reasons = new Map(reply.named.map((each) => [each.line, each.reason]));
      const rest = part.filter((point, i) => {
        const reason = reasons.get(i + 1);
        if (reason !== undefined) rejected.push({ point, reason: `InfluxDB: ${reason}` });
        return reason === undefined;
      });
      if (rest.length > 0) await settle(rest);
    } else if (part.length === 1 || lostWhole(reply, part)) {
      for (const point of part) rejected.push({ point, reason: reply.reason });
    } else {
      for (const smaller of parts(reply, part)) await settle(smaller);
    }
  };
  for (let from = 0; from < lane.length; from += REQUEST_LINES)
    await settle(lane.slice(from, from + REQUEST_LINES));
}

type Naming = Reply & { readonly kind: 'refused'; readonly named: readonly NamedLine[] };

/** A line that the part does not have was counted otherwise than we do: then no number is believed. */
function namesSome(reply: Reply, part: readonly Point[]): reply is Naming {
  if (reply.kind !== 'refused' || reply.named === undefined || reply.named.length === 0) return false;
  return reply.named.every(({ line }) => line >= 1 && line <= part.length);
}

/** `dropped=` may say too little, never too much. */
function lostWhole(reply: Reply, part: readonly Point[]): boolean {
  if (reply.kind !== 'refused') return false;
  return /^.* dropped=(\d+)$/s.exec(reply.reason)?.[1] === String(part.length);
}

/**
 * Halves; but when the answer names a field whose type is another in the database, the points with that field and
 * those without. Such a field is refused in every batch, and halving down to each of its points would take a
 * request per point.
 */
function parts(reply: Reply, part: readonly Point[]): readonly (readonly Point[])[] {
  if (reply.kind === 'refused') {
    const [, field, measurement] =
      /field type conflict: input field "([^"]+)" on measurement "([^"]+)"/.exec(reply.reason) ?? [];
    const suspect = (point: Point) =>
      field !== undefined && point.measurement === measurement && Object.hasOwn(point.fields, field);
    const named = part.filter(suspect);
    if (named.length > 0 && named.length < part.length)
      return [named, part.filter((point) => !suspect(point))];
  }
  const middle = part.length >> 1;
  return [part.slice(0, middle), part.slice(middle)];
}
