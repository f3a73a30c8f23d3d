import { z } from 'zod';
import { StewardError } from '../model/codes.ts';
import type { ListView } from '../model/views/list.ts';

export const cursorInput = () => z.string().min(1).max(500).describe('`next` of the page before').optional();

/** How many items a page may have, given as text in a query. */
export const limitInput = (usual: number, most: number) =>
  z
    .string()
    .default(String(usual))
    .transform((text, context): number => {
      const limit = /^\d{1,6}$/.test(text) ? Number(text) : 0;
      if (limit < 1 || limit > most) {
        context.addIssue({ code: 'custom', message: `"${text}" is no whole number from 1 to ${most}` });
      }
      return limit;
    })
    .describe(`Items on a page, at most ${most}`);

export function wholeList<T>(items: readonly T[]): ListView<T> {
  return { items, next: null };
}

/** A page of what is in memory, by key: what comes or goes between two pages never repeats or hides another item. */
export function pageByKey<T>(
  items: Iterable<T>,
  keyOf: (item: T) => string,
  { limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined },
): ListView<T> {
  const after = cursor === undefined ? '' : decodeCursor(cursor);
  const rest = [...items]
    .map((item) => ({ key: keyOf(item), item }))
    .filter(({ key }) => key > after)
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  const page = rest.slice(0, limit);
  return {
    items: page.map(({ item }) => item),
    next: rest.length > limit ? encodeCursor(page[page.length - 1]!.key) : null,
  };
}

/** Cursors are opaque: nobody should build them. */
export function encodeCursor(key: string): string {
  return Buffer.from(key).toString('base64url');
}

export function decodeCursor(cursor: string): string {
  const key = Buffer.from(cursor, 'base64url').toString();
  if (key === '' || encodeCursor(key) !== cursor) throw badCursor();
  return key;
}

/** A cursor that counts. */
export function decodeNumber(cursor: string): number {
  const key = decodeCursor(cursor);
  if (!/^\d{1,16}$/.test(key)) throw badCursor();
  return Number(key);
}

function badCursor(): StewardError {
  return new StewardError('request_invalid', 'query.cursor: is no `next` of a page of this list');
}
