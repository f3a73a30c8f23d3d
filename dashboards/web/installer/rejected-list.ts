import type { ListView } from '../../../model/views/list.ts';
import type { QuarantineView, ReplayedView } from '../../../model/views/watch.ts';

/** What is shown, newest first, and the cursor of what follows. */
export type Shown = ListView<QuarantineView>;

export const NOTHING: Shown = { items: [], next: null };

/**
 * The first page again, over what was shown: older pages stay. When more came than a page holds, what lies between is
 * not known, and the list begins anew.
 */
export function renewed(shown: Shown, first: Shown): Shown {
  const lowest = first.items.at(-1);
  const newest = shown.items[0];
  if (first.next === null || !lowest || !newest || newest.id < lowest.id) return first;
  const older = shown.items.filter(({ id }) => id < lowest.id);
  return older.length === 0 ? first : { items: [...first.items, ...older], next: shown.next };
}

export function withMore(shown: Shown, page: Shown): Shown {
  const lowest = shown.items.at(-1)?.id ?? Number.POSITIVE_INFINITY;
  return { items: [...shown.items, ...page.items.filter(({ id }) => id < lowest)], next: page.next };
}

/** Without what a replay took out of quarantine. */
export function afterReplay(shown: Shown, replayed: readonly ReplayedView[]): Shown {
  const gone = new Set(
    replayed.filter(({ outcome }) => outcome === 'accepted' || outcome === 'gone').map(({ id }) => id),
  );
  return { items: shown.items.filter(({ id }) => !gone.has(id)), next: shown.next };
}
