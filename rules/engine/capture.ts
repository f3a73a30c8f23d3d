import { cellsOf, type Memory, PAGE_ASSETS } from './memory.ts';
import { usedOf } from './page.ts';

/**
 * The memory of a lane as it is now, in pieces: cells of some dozen assets, and after them their blocks. Each is copied when
 * it is asked for, or when the engine is about to change something in it, whichever comes first: nobody waits for the
 * whole to be copied. One capture of a lane at a time; a new one ends the one before.
 */
export interface Captured {
  /** Doubles of each piece. */
  readonly lengths: readonly number[];
  /** The copies in order; a copy is let go of when the next is asked for. */
  copies(): Iterable<Float64Array>;
}

export function captureMemory(m: Memory): Captured {
  const cellsIn = (page: number): Float64Array =>
    m.v.subarray(cellsOf(page * PAGE_ASSETS, m.stride), cellsOf((page + 1) * PAGE_ASSETS, m.stride));
  const lengths = m.pages.map((blocks, page) => cellsIn(page).length + usedOf(blocks));
  const copied: (Float64Array | undefined)[] = new Array(lengths.length);
  const done = new Uint8Array(lengths.length);
  const copy = (page: number): void => {
    if (done[page] === 1) return;
    done[page] = 1;
    const cells = cellsIn(page);
    const piece = new Float64Array(lengths[page]!);
    piece.set(cells);
    piece.set(m.pages[page]!.subarray(0, lengths[page]! - cells.length), cells.length);
    copied[page] = piece;
  };
  m.beforeChange = copy;
  return {
    lengths,
    *copies() {
      for (let page = 0; page < lengths.length; page++) {
        copy(page);
        yield copied[page]!;
        copied[page] = undefined;
      }
      if (m.beforeChange === copy) m.beforeChange = undefined;
    },
  };
}
