import { StewardError } from '../../../model/codes.ts';

/**
 * The last ticket number of a page, made opaque. Pages go down by number, so tickets that are opened meanwhile
 * come before the first page and shift nothing.
 */
export function cursorAfter(number: number): string {
  return Buffer.from(`n${number}`).toString('base64url');
}

/** @throws StewardError `request_invalid` when the cursor is none of ours. */
export function numberBefore(cursor: string): number {
  const digits = /^n([1-9][0-9]{0,14})$/.exec(Buffer.from(cursor, 'base64url').toString('latin1'))?.[1];
  if (digits === undefined) {
    throw new StewardError('request_invalid', 'cursor: not one that this list gave; start without it');
  }
  return Number(digits);
}
