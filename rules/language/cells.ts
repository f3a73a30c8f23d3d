/**
 * What a set of rules on one kind remembers of each asset: one run of doubles ("cells"), whose places are given out
 * while expressions are compiled. The first cells belong to the engine.
 */
export const LAST_SEEN = 0;
/** Time of the newest sample that rules have seen, and of the newest that arrived. */
export const APPLIED = 1;
export const NEWEST = 2;
/** Earliest time for which the asset stands in the queue of wakes. */
export const SCHEDULED = 3;
/** How long a value counts at least where the rule does not say, milliseconds. */
export const STALE_AFTER = 4;
/** The first constants lie beside what every sample reads. */
export const NEAR_CONSTANTS = [5, 6, 7, 11, 12, 13, 14, 15];
/** Samples that wait for late ones: their block, how many, and how many that waited before them are gone. */
export const WAITING = 8;
export const WAITING_COUNT = 9;
export const WAITING_GONE = 10;
export const HEADER_CELLS = 16;

/** Cells of a slot, the newest sample of a metric: from its `at` on. */
export const VALUE = 0;
export const TIME = 1;
/** When it stops counting as news. */
export const EXPIRES = 2;
/** When it last changed, or was first seen. */
export const CHANGED = 3;
/** The last two gaps between samples: the shorter is its usual spacing. */
export const GAP = 4;
export const GAP_BEFORE = 5;
export const SLOT_CELLS = 6;

/** Cells of a window: the block of its panes and their number; then one for each total. */
export const PANES = 0;
export const PANE_COUNT = 1;
export const WINDOW_CELLS = 2;
/** The metric of cells that no metric has for itself. */
export const NO_SLOT = -1;

/** What is kept of all samples of a window. `oldest`: when the first of them was measured. */
export const TOTALS = ['n', 'sum', 'squares', 'min', 'max', 'changes', 'rise', 'oldest'] as const;
export type Total = (typeof TOTALS)[number];
