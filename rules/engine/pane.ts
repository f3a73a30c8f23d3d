import type { PaneField, PaneFields } from '../language/pane-fields.ts';
import { riseOf } from './totals.ts';

/** What a field is once the pane has its first sample, `x` at `t`. */
const FIRST: Readonly<Record<PaneField, string>> = {
  last_at: 't',
  n: '1',
  sum: 'x',
  squares: 'x * x',
  min: 'x',
  max: 'x',
  first_at: 't',
  lag: '0',
  first: 'x',
  last: 'x',
  changes: '0',
  rise: '0',
};

/** What it is after a later one, if that is another: `was` it, `of` another field. `last` comes last, as others read it. */
const LATER: Readonly<Partial<Record<PaneField, (was: string, of: (field: PaneField) => string) => string>>> =
  {
    last_at: () => 't',
    n: (was) => `${was} + 1`,
    sum: (was) => `${was} + x`,
    squares: (was) => `${was} + x * x`,
    min: (was) => `x < ${was} ? x : ${was}`,
    max: (was) => `x > ${was} ? x : ${was}`,
    lag: (was, of) => `${was} + (t - ${of('first_at')})`,
    changes: (was, of) => `${was} + (x === ${of('last')} ? 0 : 1)`,
    rise: (was, of) => `${was} + ${riseOf(of('last'), 'x')}`,
    last: () => 'x',
  };

/** The fields of a table that a pane keeps, in the order of the table. */
const keptOf = (table: object, fields: PaneFields): readonly PaneField[] =>
  (Object.keys(table) as PaneField[]).filter((field) => fields[field] >= 0);

/** JavaScript that begins the pane at `p` of `a` with the sample `x` at `t`. */
export function beginPaneCode(fields: PaneFields): readonly string[] {
  return keptOf(FIRST, fields).map((field) => `a[p + ${fields[field]}] = ${FIRST[field]};`);
}

/** The same for a later sample of the pane. */
export function foldIntoPaneCode(fields: PaneFields): readonly string[] {
  const of = (field: PaneField): string => `a[p + ${fields[field]}]`;
  return keptOf(LATER, fields).map((field) => `${of(field)} = ${LATER[field]!(of(field), of)};`);
}
