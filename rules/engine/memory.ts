import type { Context } from '../language/context.ts';
import { giveBlock, newPage, PAGE_HEAD, type Page, takeBlock } from './page.ts';

const SHIFT = 6;
/** Assets that share a page: so few that readings of hundreds of them, each in another page, copy little. */
export const PAGE_ASSETS = 1 << SHIFT;
const MASK = PAGE_ASSETS - 1;

/** The memory of all assets of a lane, and which of them is in hand. */
export interface Memory extends Context {
  readonly pages: Page[];
  /** Cells of one asset. */
  readonly stride: number;
  /** Place of the asset in hand among the assets of the lane, and its page. */
  place: number;
  page: number;
  /** Told before anything in a page may change, while a snapshot still has to copy it. */
  beforeChange: ((page: number) => void) | undefined;
}

export function newPages(assets: number, stride: number): Page[] {
  return Array.from({ length: Math.ceil(assets / PAGE_ASSETS) }, (_, page) =>
    newPage(Math.min(PAGE_ASSETS, assets - page * PAGE_ASSETS) * stride),
  );
}

/** Where the cells of an asset begin in its page. */
export const cellsOf = (place: number, stride: number): number => PAGE_HEAD + (place & MASK) * stride;
export const pageOf = (place: number): number => place >> SHIFT;

/** Takes an asset in hand. */
export function select(m: Memory, place: number): void {
  m.place = place;
  m.page = place >> SHIFT;
  if (m.beforeChange) m.beforeChange(m.page);
  m.v = m.pages[m.page]!;
  m.o = PAGE_HEAD + (place & MASK) * m.stride;
}

/** A block in the page of the asset in hand; `m.v` may be another array afterwards. */
export function take(m: Memory, room: number): number {
  const { page, block } = takeBlock(m.v, room);
  if (page !== m.v) {
    m.pages[m.page] = page;
    m.v = page;
  }
  return block;
}

export function give(m: Memory, block: number): void {
  giveBlock(m.v, block);
}
