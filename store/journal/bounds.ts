import { MINUTE_MS } from '../../model/clock.ts';
import type { Health } from '../../model/health.ts';
import type { JournalSize } from './contract.ts';

/** What may wait. */
export interface Bounds {
  readonly limit: number;
  readonly limitBytes: number;
  /** How long the oldest entry may wait, milliseconds. */
  readonly limitAgeMs: number;
}

type Room = Pick<JournalSize, 'waiting' | 'bytes'>;

/** Whether so many entries more may wait. When none waits there is room for any number: they came in one call. */
export function hasRoom({ limit, limitBytes }: Bounds, { waiting, bytes }: Room, more: number): boolean {
  return waiting === 0 || (waiting + more <= limit && bytes < limitBytes);
}

export function healthOf(bounds: Bounds, trouble: string, size: JournalSize, now: number): Health {
  const { waiting, bytes, since, lost } = size;
  const wait = `${waiting} entries wait${lost > 0 ? `, ${lost} were lost by the disk` : ''}`;
  const ageMs = since === undefined ? 0 : now - since;
  if (trouble !== '') return { ok: false, detail: trouble };
  if (!hasRoom(bounds, size, 1)) return { ok: false, detail: `journal_full: ${wait}, ${bytes} bytes` };
  if (ageMs > bounds.limitAgeMs) {
    const minutes = Math.round(ageMs / MINUTE_MS);
    return { ok: false, detail: `journal_old: ${wait}, the oldest for ${minutes} min` };
  }
  return { ok: true, detail: wait };
}
