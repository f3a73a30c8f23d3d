import type { Memory } from './memory.ts';
import { type Page, usedOf } from './page.ts';

/**
 * The pages of a lane as they are now. Each is copied when it is asked for, or when the engine is about to change
 * something in it, whichever comes first: nobody waits for the whole to be copied. One capture of a lane at a time; a
 * new one ends the one before.
 */
export interface CapturedPages {
  /** Doubles of each page. */
  readonly lengths: readonly number[];
  /** The copies in order; a page's copy is let go of when the next is asked for. */
  copies(): Iterable<Page>;
}

export function capturePages(m: Memory): CapturedPages {
  const lengths = m.pages.map(usedOf);
  const copied: (Page | undefined)[] = new Array(lengths.length);
  const done = new Uint8Array(lengths.length);
  const copy = (page: number): void => {
    if (done[page] === 1) return;
    done[page] = 1;
    copied[page] = m.pages[page]!.slice(0, lengths[page]);
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
