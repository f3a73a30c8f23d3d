/**
 * What a few dozen assets remember beside their cells, as one array of doubles: blocks of any size that are taken and
 * given back (panes, rows, waiting samples). Addresses are indices into the array and stay the same when it grows.
 * Copying the array copies everything.
 */
export type Page = Float64Array;

const CLASSES = 44;
/** First cell that was never used; then, by class, the first block that was given back (0 = none). */
const TOP = 0;
const FREE = 1;
const HEAD = FREE + CLASSES;

/** Doubles of a block by its class, its own first one included: 8, 12, 16, 24, 32, 48, … */
const SIZES = Float64Array.from({ length: CLASSES }, (_, kind) => (kind & 1 ? 12 : 8) * 2 ** (kind >> 1));

function classFor(size: number): number {
  let kind = 0;
  while (SIZES[kind]! < size) kind++;
  return kind;
}

/** A page of which no block was ever taken: most stay like this. */
export const NO_BLOCKS: Page = new Float64Array();
/** Doubles of a page with its first block. */
const FIRST_LENGTH = 256;

/** How many doubles of the page mean something; a small integer, which a snapshot's header writes in one way only. */
export const usedOf = (page: Page): number => (page.length === 0 ? 0 : page[TOP]! | 0);

/** How many doubles a block holds. Its first double says its class. */
export function roomIn(page: Page, block: number): number {
  return SIZES[page[block - 1]!]! - 1;
}

/** A page of so many doubles is large because few assets say very much, which waits for late samples. */
const LARGE = 2 ** 20;

/** Pages are many and grow a little; a large one grows by half, or copying it again and again would hold all up. */
function grown(page: Page, least: number): Page {
  const factor = page.length < LARGE ? 1.15 : 1.5;
  const larger = new Float64Array(Math.max(FIRST_LENGTH, least, Math.ceil(page.length * factor)));
  larger.set(page);
  return larger;
}

/** A block for at least `room` doubles: where its room begins, and the page, which may have moved. */
export function takeBlock(page: Page, room: number): { page: Page; block: number } {
  const kind = classFor(room + 1);
  const free = page.length > 0 ? page[FREE + kind]! : 0;
  if (free > 0) {
    page[FREE + kind] = page[free]!;
    return { page, block: free };
  }
  const start = Math.max(HEAD, usedOf(page));
  const end = start + SIZES[kind]!;
  const into = end > page.length ? grown(page, end) : page;
  into[TOP] = end;
  into[start] = kind;
  return { page: into, block: start + 1 };
}

export function giveBlock(page: Page, block: number): void {
  const kind = page[block - 1]!;
  page[block] = page[FREE + kind]!;
  page[FREE + kind] = block;
}
