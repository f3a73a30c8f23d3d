import type { Total, WindowPlace } from '../language/layout.ts';

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

// A counter that falls was reset: what it shows has risen since.
export const riseOf = (from: number, to: number): number => (to >= from ? to - from : to);

/** The first sample of a pane. */
export function beginPane(v: Float64Array, p: number, f: PaneFields, ts: number, value: number): void {
  v[p] = ts;
  if (f.n >= 0) v[p + f.n] = 1;
  if (f.sum >= 0) v[p + f.sum] = value;
  if (f.squares >= 0) v[p + f.squares] = value * value;
  if (f.min >= 0) v[p + f.min] = value;
  if (f.max >= 0) v[p + f.max] = value;
  if (f.first_at >= 0) v[p + f.first_at] = ts;
  if (f.lag >= 0) v[p + f.lag] = 0;
  if (f.first >= 0) v[p + f.first] = value;
  if (f.last >= 0) v[p + f.last] = value;
  if (f.changes >= 0) v[p + f.changes] = 0;
  if (f.rise >= 0) v[p + f.rise] = 0;
}

/** A later sample of a pane. */
export function foldIntoPane(v: Float64Array, p: number, f: PaneFields, ts: number, value: number): void {
  v[p] = ts;
  if (f.n >= 0) v[p + f.n]!++;
  if (f.sum >= 0) v[p + f.sum]! += value;
  if (f.squares >= 0) v[p + f.squares]! += value * value;
  if (f.min >= 0 && value < v[p + f.min]!) v[p + f.min] = value;
  if (f.max >= 0 && value > v[p + f.max]!) v[p + f.max] = value;
  if (f.lag >= 0) v[p + f.lag]! += ts - v[p + f.first_at]!;
  if (f.changes >= 0 && value !== v[p + f.last]!) v[p + f.changes]!++;
  if (f.rise >= 0) v[p + f.rise]! += riseOf(v[p + f.last]!, value);
  if (f.last >= 0) v[p + f.last] = value;
}
