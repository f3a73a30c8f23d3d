import type { Point } from '../../../model/point.ts';
import type { RejectedPoint, Settlement } from '../contract.ts';
import type { Line } from './lines.ts';
import type { Reply, Sender } from './sender.ts';

/** InfluxData's advice for the size of a batch; it also bounds what one bad line makes us send again. */
const REQUEST_LINES = 5_000;

/**
 * Writes lines in order and finds out what became of each.
 *
 * InfluxDB 1.x answers 400 when it lost a line, stores the others, and does not reliably say how many or which (a
 * malformed line is reported with `dropped=0`). Writing is idempotent, so halves are sent again until the bad line
 * stands alone. Left before right, so that the later of two writes of the same point also stays the last.
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
    if (part.length === 0) return;
    if (stop !== undefined) {
      for (const line of part) keep.push(line.point);
      return;
    }
    const reply = await send(part.map((line) => line.text).join('\n'), signal);
    if (reply.kind === 'stored') {
      stored += part.length;
    } else if (reply.kind === 'refused' || reply.kind === 'too_large') {
      if (part.length === 1) {
        rejected.push({ point: part[0]!.point, reason: reply.reason });
        return;
      }
      const middle = part.length >> 1;
      await settle(part.slice(0, middle));
      await settle(part.slice(middle));
    } else {
      stop = reply;
      for (const line of part) keep.push(line.point);
    }
  };

  for (let from = 0; from < lines.length; from += REQUEST_LINES)
    await settle(lines.slice(from, from + REQUEST_LINES));
  if (stop === undefined) return { stored, rejected, keep };
  const retryAfterMs = stop.kind === 'later' ? stop.retryAfterMs : 1_000;
  return { stored, rejected, keep, retryAfterMs, reason: stop.reason };
}
