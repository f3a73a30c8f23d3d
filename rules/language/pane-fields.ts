import { MINUTE_MS } from '../../model/clock.ts';
import type { Total } from './cells.ts';
import type { WindowPlace } from './layout.ts';

/** What one pane keeps of its samples, in this order; a pane with one sample keeps it exactly. `lag`: see slope. */
const FIELDS = [
  'last_at',
  'n',
  'sum',
  'squares',
  'min',
  'max',
  'first_at',
  'lag',
  'first',
  'last',
  'changes',
  'rise',
] as const;
export type PaneField = (typeof FIELDS)[number];

/** Place of each field in a pane; −1 where no expression asks for it. */
export type PaneFields = Readonly<Record<PaneField, number>>;

const NEEDED: Readonly<Record<Total, readonly PaneField[]>> = {
  n: ['n'],
  sum: ['sum'],
  squares: ['squares'],
  min: ['min'],
  max: ['max'],
  changes: ['changes', 'first', 'last'],
  rise: ['rise', 'first', 'last'],
  oldest: ['first_at'],
};

/** Only what the window's expressions ask for is kept: memory is what limits how many assets one process watches. */
export function fieldsOf(window: WindowPlace): { readonly fields: PaneFields; readonly stride: number } {
  const wanted = new Set<PaneField>([
    'last_at',
    ...[...window.totals.keys()].flatMap((total) => NEEDED[total]),
  ]);
  if (window.slope) for (const field of ['n', 'sum', 'first_at', 'lag'] as const) wanted.add(field);
  const kept = FIELDS.filter((field) => wanted.has(field));
  const fields = Object.fromEntries(FIELDS.map((field) => [field, kept.indexOf(field)])) as PaneFields;
  return { fields, stride: kept.length };
}

/**
 * Panes of a short window have room for so many right beside the cells of their metric, where a sample finds them
 * without a second wait for memory. A sensor that speaks every few minutes needs no more; who speaks more often has a
 * block.
 */
const NEAR_PANES = 7;
const SHORT_MS = 15 * MINUTE_MS;

export const nearPanesOf = ({ width_ms }: Pick<WindowPlace, 'width_ms'>): number =>
  width_ms <= SHORT_MS ? NEAR_PANES : 0;
