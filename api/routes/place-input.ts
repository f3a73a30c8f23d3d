import { z } from 'zod';

const word = (meaning: string) => z.string().min(1).max(100).describe(meaning).optional();

/** Filters that many lists share. An id that nothing has gives an empty list. */
export const placeInput = { site: word('Id of a site'), zone: word('Id of a zone') };
export const ruleInput = word('Name of a rule');
export const assetInput = word('Id of an asset');

export function isAt(
  item: { readonly site: string; readonly zone: string },
  where: { readonly site?: string | undefined; readonly zone?: string | undefined },
): boolean {
  return (
    (where.site === undefined || item.site === where.site) &&
    (where.zone === undefined || item.zone === where.zone)
  );
}
