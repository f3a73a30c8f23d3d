import { HEADER_CELLS, NO_SLOT } from './cells.ts';
import type { Arrangement, Layout } from './layout.ts';
import { fieldsOf, nearPanesOf } from './pane-fields.ts';

/** Doubles that the processor fetches from memory together. */
export const LINE_CELLS = 8;

const linesFor = (cells: number): number => Math.ceil(cells / LINE_CELLS);

/** The first place from `end` on from which so many cells lie in as few lines as they can. */
function beginFor(cells: number, end: number): number {
  const inLine = end % LINE_CELLS;
  return linesFor(inLine + cells) > linesFor(cells) ? end + LINE_CELLS - inLine : end;
}

/**
 * Where everything of a complete layout is to lie: all that belongs to one metric side by side, with room for a few
 * panes of its short windows. A sample of one asset among a hundred thousand waits for memory more than for anything
 * else, and so reads as little of it as it can.
 */
export function arrange({ slots, runs, windows }: Layout): Arrangement {
  const places: number[] = [];
  const near: number[] = [];
  let end = HEADER_CELLS;
  for (const slot of [...slots.keys(), NO_SLOT]) {
    const panes = windows.map((window) =>
      window.slot === slot ? nearPanesOf(window) * fieldsOf(window).stride : 0,
    );
    const sum = (counts: readonly number[]): number => counts.reduce((a, b) => a + b, 0);
    end = beginFor(sum([...runs.flatMap((run) => (run.slot === slot ? [run.count] : [])), ...panes]), end);
    for (const [i, run] of runs.entries()) {
      if (run.slot !== slot) continue;
      places[i] = end;
      end += run.count;
    }
    for (const [i, window] of windows.entries()) {
      if (window.slot !== slot) continue;
      near[i] = end;
      end += panes[i]!;
    }
  }
  return { runs: places, near, size: linesFor(end) * LINE_CELLS };
}
