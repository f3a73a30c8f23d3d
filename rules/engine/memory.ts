import type { Context } from '../language/context.ts';
import { giveBlock, NO_BLOCKS, type Page, takeBlock } from './page.ts';

const SHIFT = 6;
/** Assets that share a page: so few that readings of hundreds of them, each in another page, copy little. */
export const PAGE_ASSETS = 1 << SHIFT;

/**
 * The memory of all assets of a lane, and which of them is in hand. Cells of all lie in one array, so that the
 * processor need not look up where those of an asset are before it can fetch them; what only some assets need lies in
 * blocks, in a page of each few dozen assets.
 */
export interface Memory extends Context {
  readonly pages: Page[];
  /** Cells of one asset. */
  readonly stride: number;
  /** Place of the asset in hand among the assets of the lane. */
  place: number;
  /** Told before anything of the assets of a page may change, while a snapshot still has to copy it. */
  beforeChange: ((page: number) => void) | undefined;
}

/**
 * The first cell of the first asset. A large array begins 16 bytes behind a boundary of lines of memory, where the allocator
 * notes its size; these cells more, and each asset begins with a line (strides are whole lines).
 */
const FIRST = 6;

/** Where the cells of an asset begin. */
export const cellsOf = (place: number, stride: number): number => FIRST + place * stride;

export const pageOf = (place: number): number => place >> SHIFT;

/** Cells and pages of so many assets. */
export function newMemory(assets: number, stride: number): Pick<Memory, 'v' | 'pages' | 'stride'> {
  return {
    v: new Float64Array(FIRST + assets * stride),
    pages: new Array<Page>(Math.ceil(assets / PAGE_ASSETS)).fill(NO_BLOCKS),
    stride,
  };
}

/** Takes an asset in hand. */
export function select(m: Memory, place: number): void {
  m.place = place;
  m.o = cellsOf(place, m.stride);
  if (m.beforeChange) m.beforeChange(pageOf(place));
}

/** The blocks of the asset in hand and of those beside it, until another one is taken. */
export const blocksOf = (m: Pick<Memory, 'pages' | 'place'>): Page => m.pages[pageOf(m.place)]!;

/** A block of the asset in hand; `blocksOf` may be another array afterwards. */
export function take(m: Memory, room: number): number {
  const { page, block } = takeBlock(blocksOf(m), room);
  m.pages[pageOf(m.place)] = page;
  return block;
}

export function give(m: Memory, block: number): void {
  giveBlock(blocksOf(m), block);
}
