import type { Kind } from '../../model/kinds.ts';
import type { Asset } from '../../model/site.ts';
import { HEADER_CELLS, NEAR_CONSTANTS, NO_SLOT, SLOT_CELLS, type Total, WINDOW_CELLS } from './cells.ts';
import type { Code } from './emit.ts';

export interface Slot {
  readonly metric: string;
  readonly at: number;
}

export interface WindowPlace {
  readonly slot: number;
  readonly width_ms: number;
  readonly at: number;
  readonly totals: Map<Total, number>;
  /** Whether panes keep what a slope needs. */
  slope: boolean;
}

/** A number that the asset's description alone decides: an attribute, a comparison of texts. */
export interface Constant {
  readonly key: string;
  readonly at: number;
  readonly of: (asset: Asset) => number;
}

/** Cells of an expression of its own, brought up to date by every sample of its metrics before rules look. */
export interface OwnCells {
  readonly key: string;
  readonly at: number;
  readonly size: number;
  readonly metrics: readonly string[];
  /** Statements that change the cells; what they answer is not used. */
  readonly update: Code;
}

/** A number that follows from time and place: night, day, level of the lighting schedule, hours of night, wall clock. */
export interface TimelinePlace {
  readonly what: 'night' | 'day' | 'level' | 'night_h' | 'local';
  readonly offset_min: number;
  /** Of `local`: from and to, `HH:MM` of the site's wall clock. */
  readonly between?: readonly [from: string, to: string];
}

/** What groups of assets can be asked for what their members say. */
export const PEER_GROUPS = ['circuit', 'gateway', 'zone', 'site'] as const;
export type PeerGroup = (typeof PEER_GROUPS)[number];

/** An expression that is asked of the other assets of a group, those of one kind. */
export interface PeersPlace {
  readonly key: string;
  readonly kind: Kind;
  readonly by: PeerGroup;
  readonly code: Code;
}

export interface Layout {
  readonly slots: Slot[];
  readonly windows: WindowPlace[];
  readonly timelines: TimelinePlace[];
  readonly constants: Constant[];
  readonly own: OwnCells[];
  readonly peers: PeersPlace[];
  /** What was given out, in its order. */
  readonly runs: CellRun[];
  /** Where it lies, if that is known from the start (see arrange.ts); else one run lies behind the other. */
  readonly places: Arrangement | undefined;
  /** Cells of one asset so far. */
  size: number;
}

/** Cells that lie side by side, read when a sample of the slot comes. */
export interface CellRun {
  readonly slot: number;
  readonly count: number;
}

/** Where everything lies: runs of cells by their order, and the room for panes beside them by window. */
export interface Arrangement {
  readonly runs: readonly number[];
  readonly near: readonly number[];
  readonly size: number;
}

export function newLayout(places?: Arrangement): Layout {
  return {
    slots: [],
    windows: [],
    timelines: [],
    constants: [],
    own: [],
    peers: [],
    runs: [],
    places,
    size: places?.size ?? HEADER_CELLS,
  };
}

/** Gives out cells that are read when a sample of the slot comes; answers the first. */
export function takeCells(layout: Layout, count: number, slot: number): number {
  const run = layout.runs.push({ slot, count }) - 1;
  if (layout.places) return layout.places.runs[run]!;
  const at = layout.size;
  layout.size += count;
  return at;
}

/** The item that `is` describes, or the one that `make` makes, which is added. */
function found<T>(items: T[], is: (item: T) => boolean, make: () => T): number {
  const place = items.findIndex(is);
  return place >= 0 ? place : items.push(make()) - 1;
}

export function slotIn(layout: Layout, metric: string): number {
  return found(
    layout.slots,
    (slot) => slot.metric === metric,
    () => ({ metric, at: takeCells(layout, SLOT_CELLS, layout.slots.length) }),
  );
}

export function windowIn(layout: Layout, slot: number, width_ms: number): number {
  return found(
    layout.windows,
    (window) => window.slot === slot && window.width_ms === width_ms,
    () => ({ slot, width_ms, at: takeCells(layout, WINDOW_CELLS, slot), totals: new Map(), slope: false }),
  );
}

/** The cell of a total of a window. */
export function totalIn(layout: Layout, window: WindowPlace, total: Total): number {
  const cell = window.totals.get(total) ?? takeCells(layout, 1, window.slot);
  window.totals.set(total, cell);
  return cell;
}

export function timelineIn(layout: Layout, timeline: TimelinePlace): number {
  const key = JSON.stringify(timeline);
  return found(
    layout.timelines,
    (line) => JSON.stringify(line) === key,
    () => timeline,
  );
}

/** The slot of the first of the metrics: what belongs to several has to lie with one. */
export function firstSlot({ slots }: Layout, metrics: readonly string[]): number {
  return slots.findIndex(({ metric }) => metric === metrics[0]);
}

/** The cell of a constant. Equal keys mean equal constants. */
export function constantIn(layout: Layout, key: string, of: Constant['of']): number {
  const place = found(
    layout.constants,
    (constant) => constant.key === key,
    () => {
      const near = NEAR_CONSTANTS[layout.constants.length];
      return { key, at: near ?? takeCells(layout, 1, NO_SLOT), of };
    },
  );
  return layout.constants[place]!.at;
}

/** The first of the cells that `update` keeps, which is made for their place. Equal keys mean equal cells. */
export function ownIn(
  layout: Layout,
  cells: Pick<OwnCells, 'key' | 'size' | 'metrics'>,
  update: (at: number) => Code,
): number {
  const place = found(
    layout.own,
    (own) => own.key === cells.key,
    () => {
      const at = takeCells(layout, cells.size, firstSlot(layout, cells.metrics));
      return { ...cells, at, update: update(at) };
    },
  );
  return layout.own[place]!.at;
}

export function peersIn(layout: Layout, peers: PeersPlace): number {
  return found(
    layout.peers,
    ({ key, kind, by }) => key === peers.key && kind === peers.kind && by === peers.by,
    () => peers,
  );
}
