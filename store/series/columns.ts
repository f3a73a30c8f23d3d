import type { Columns } from './contract.ts';

const FIRST_ROOM = 4_096;

/** Gathers rows in any order; `columns` gives them asset by asset. */
export interface ColumnsBuilder {
  /** The place of an asset, to be given with its rows. */
  place(asset: string): number;
  /** Makes room for so many more rows. */
  reserve(rows: number): void;
  readonly rows: number;
  /** What `reserve` may replace: take them after it. Filled by the caller from `rows` on, then `added`. */
  readonly raw: Raw;
  added(rows: number): void;
  columns(): Columns;
}

interface Raw {
  places: Int32Array;
  ts: Float64Array;
  /** By field; NaN = no value. */
  values: Float64Array[];
}

function grown(raw: Raw, room: number): Raw {
  const places = new Int32Array(room);
  places.set(raw.places);
  const wider = (old: Float64Array): Float64Array => {
    const column = new Float64Array(room);
    column.set(old);
    return column;
  };
  return { places, ts: wider(raw.ts), values: raw.values.map(wider) };
}

/** Rows of each place side by side, in the order in which they came: a counting sort. */
function gathered(raw: Raw, rows: number, assets: readonly string[]): Columns {
  const starts = new Uint32Array(assets.length + 1);
  for (let row = 0; row < rows; row++) starts[raw.places[row]! + 1]!++;
  for (let place = 0; place < assets.length; place++) starts[place + 1]! += starts[place]!;
  const next = starts.slice();
  const target = new Uint32Array(rows);
  for (let row = 0; row < rows; row++) target[row] = next[raw.places[row]!]!++;
  const moved = (from: Float64Array): Float64Array => {
    const to = new Float64Array(rows);
    for (let row = 0; row < rows; row++) to[target[row]!] = from[row]!;
    return to;
  };
  return { assets, starts, ts: moved(raw.ts), values: raw.values.map(moved) };
}

/** Engines keep what came late behind what came in time, and an asset that moved has two series. */
function mendOrder({ starts, ts, values }: Columns): void {
  for (let place = 0; place + 1 < starts.length; place++) {
    const [from, to] = [starts[place]!, starts[place + 1]!];
    let row = from + 1;
    while (row < to && ts[row - 1]! <= ts[row]!) row++;
    if (row >= to) continue;
    const order = Array.from({ length: to - from }, (_, i) => from + i).sort((a, b) => ts[a]! - ts[b]!);
    for (const column of [ts, ...values]) {
      const sorted = order.map((at) => column[at]!);
      column.set(sorted, from);
    }
  }
}

export function columnsBuilder(fields: number): ColumnsBuilder {
  const places = new Map<string, number>();
  const empty = (): Float64Array => new Float64Array(FIRST_ROOM);
  let raw: Raw = {
    places: new Int32Array(FIRST_ROOM),
    ts: empty(),
    values: Array.from({ length: fields }, empty),
  };
  let rows = 0;
  return {
    place: (asset) => {
      const known = places.get(asset);
      if (known !== undefined) return known;
      places.set(asset, places.size);
      return places.size - 1;
    },
    reserve: (more) => {
      if (rows + more > raw.ts.length) raw = grown(raw, Math.max(rows + more, 2 * raw.ts.length));
    },
    get rows() {
      return rows;
    },
    get raw() {
      return raw;
    },
    added: (more) => {
      rows += more;
    },
    columns: () => {
      const columns = gathered(raw, rows, [...places.keys()]);
      mendOrder(columns);
      return columns;
    },
  };
}
