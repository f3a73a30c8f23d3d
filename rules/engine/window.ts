import { PANE_COUNT, PANES } from '../language/cells.ts';
import type { Share } from '../language/shared-code.ts';
import type { Memory } from './memory.ts';
import { beginPaneCode, foldIntoPaneCode } from './pane.ts';
import { arrayOf, dropOld, firstOf, makeRoom } from './panes.ts';
import { slopeOf, TOTAL_CODE } from './totals.ts';
import type { WindowPlan } from './window-plan.ts';

/** What is done with one window of the asset in hand. */
export interface Window {
  readonly plan: WindowPlan;
  /** Takes a sample. Samples come in the order of time; each time once. */
  add(m: Memory, plan: WindowPlan, t: number, x: number): void;
  /** Makes its totals anew from its panes. */
  count(m: Memory, plan: WindowPlan): void;
}

/** Code that makes all totals of `count` panes from `first` in `a` on anew. */
function countCode({ at, totals, fields, stride }: WindowPlan): readonly string[] {
  const names = [...totals.keys()];
  return [
    ...names.map((total) => `let ${total} = ${TOTAL_CODE[total].none};`),
    `for (let p = first, end = first + count * ${stride}; p < end; p += ${stride}) {`,
    ...names.map((total) => TOTAL_CODE[total].pane(total, fields, stride)),
    '}',
    ...names.map((total) => `v[h + ${totals.get(total)! - at}] = ${total};`),
  ];
}

function addCode(plan: WindowPlan): readonly string[] {
  const { at, width_ms, pane_ms, near, nearPanes, fields, stride, totals } = plan;
  const samples = [...totals].map(
    ([total, cell]) => `v[h + ${cell - at}] = ${TOTAL_CODE[total].sample(`v[h + ${cell - at}]`)};`,
  );
  return [
    'const v = m.v, h = m.o + plan.at;',
    `const before = v[h + ${PANE_COUNT}];`,
    `let block = v[h + ${PANES}], a = block === 0 ? v : arrayOf(m, block);`,
    `let first = block === 0 ? h + ${near - at} : block, count = before;`,
    `if (before > 0 && a[first] <= t - ${width_ms}) {`,
    `count = dropOld(m, h, plan, t);`,
    `if (block !== v[h + ${PANES}]) { block = 0; a = v; first = h + ${near - at}; }`,
    `}`,
    `let p = first + (count - 1) * ${stride};`,
    fields.last < 0 ? '' : `const last = count > 0 ? a[p + ${fields.last}] : NaN;`,
    `if (count > 0 && Math.floor(a[p] / ${pane_ms}) === Math.floor(t / ${pane_ms})) {`,
    ...foldIntoPaneCode(fields),
    `v[h + ${PANE_COUNT}] = count;`,
    '} else {',
    `if (block !== 0 || count >= ${nearPanes}) {`,
    'makeRoom(m, h, plan, count);',
    `block = v[h + ${PANES}]; a = arrayOf(m, block); first = firstOf(m, block, plan);`,
    '}',
    `p = first + count * ${stride};`,
    ...beginPaneCode(fields),
    `v[h + ${PANE_COUNT}] = count + 1;`,
    '}',
    `if (count === before && count > 0) {`,
    ...samples,
    '} else {',
    `count = v[h + ${PANE_COUNT}];`,
    ...countCode(plan),
    '}',
  ];
}

/** What code of windows uses. */
export const WINDOW_SCOPE = { arrayOf, firstOf, dropOld, makeRoom };

/**
 * Code for windows of just this shape: fields and totals are known, so nothing is asked about them for each sample.
 */
export function windowOf(plan: WindowPlan, share: Share): Window {
  const count = [
    `const v = m.v, h = m.o + plan.at, block = v[h + ${PANES}], count = v[h + ${PANE_COUNT}];`,
    'const a = arrayOf(m, block), first = firstOf(m, block, plan);',
    ...countCode(plan),
  ];
  return {
    plan,
    add: share(['m', 'plan', 't', 'x'], addCode(plan)),
    count: share(['m', 'plan'], count),
  };
}

export function windowSlope(m: Memory, window: WindowPlan): number {
  const h = m.o + window.at;
  const count = m.v[h + PANE_COUNT]!;
  const block = m.v[h + PANES]!;
  return count > 0 ? slopeOf(arrayOf(m, block), firstOf(m, block, window), count, window) : Number.NaN;
}
