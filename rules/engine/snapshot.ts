import { deserialize, serialize } from 'node:v8';
import { StewardError } from '../../model/codes.ts';
import type { Fault } from '../../model/fault.ts';
import type { Lane } from '../language/rule.ts';
import { type LaneShape, shapeOf } from './lane-shape.ts';
import type { LaneState } from './lane-state.ts';
import type { CorrelatorState } from './node.ts';
import type { Page } from './page.ts';

const VERSION = 2;

/** A lane as it was: what its cells meant, its assets, its memory. */
export interface KeptLane {
  readonly shape: LaneShape;
  readonly assets: readonly string[];
  readonly pages: readonly Page[];
  readonly faults: ReadonlyMap<number, Fault>;
}

export interface EngineState {
  readonly lanes: readonly KeptLane[];
  readonly correlators: readonly CorrelatorState[];
}

interface Header {
  readonly version: number;
  readonly lanes: readonly (Omit<KeptLane, 'pages'> & { readonly pages: readonly number[] })[];
  readonly correlators: readonly CorrelatorState[];
}

/** All that the engine remembers, copied in one go: what happens to the engine later does not change it. */
export function captureState(
  lanes: readonly LaneState[],
  correlators: readonly CorrelatorState[],
): EngineState {
  return {
    lanes: lanes.map(({ plan, assets, m, faults }) => ({
      shape: shapeOf(plan.lane),
      assets: assets.map(({ id }) => id),
      pages: m.pages.map((page) => page.slice()),
      faults: new Map(faults),
    })),
    correlators,
  };
}

const bytesOf = (page: Page): Uint8Array => new Uint8Array(page.buffer, page.byteOffset, page.byteLength);

/** The state as bytes, piece by piece: the length of a header, the header, and the pages that it lists. */
export function* encodeState({ lanes, correlators }: EngineState): Generator<Uint8Array> {
  const header: Header = {
    version: VERSION,
    lanes: lanes.map((lane) => ({ ...lane, pages: lane.pages.map(({ length }) => length) })),
    correlators,
  };
  const bytes = serialize(header);
  yield new Uint8Array(new Float64Array([bytes.length]).buffer);
  yield bytes;
  for (const { pages } of lanes) for (const page of pages) yield bytesOf(page);
}

/** Doubles of the bytes, copied: what lies in a file need not lie at an address that doubles may have. */
function doublesAt(bytes: Uint8Array, at: number, length: number): Float64Array {
  const doubles = new Float64Array(length);
  bytesOf(doubles).set(bytes.subarray(at, at + doubles.byteLength));
  return doubles;
}

function readHeader(bytes: Uint8Array): { header: Header; pagesAt: number } {
  try {
    const [length] = doublesAt(bytes, 0, 1);
    const header: Header = deserialize(bytes.subarray(8, 8 + length!));
    return { header, pagesAt: 8 + length! };
  } catch (cause) {
    throw new StewardError('internal', 'the snapshot of the rules cannot be read', { cause });
  }
}

/** Throws StewardError `internal` when the bytes are no whole snapshot of this version. */
export function decodeState(bytes: Uint8Array): EngineState {
  const { header, pagesAt } = readHeader(bytes);
  if (header?.version !== VERSION) {
    throw new StewardError('internal', 'the snapshot of the rules is of another version');
  }
  let at = pagesAt;
  const nextPage = (length: number): Page => {
    const from = at;
    at += length * Float64Array.BYTES_PER_ELEMENT;
    if (at > bytes.length) throw new StewardError('internal', 'the snapshot of the rules is cut short');
    return doublesAt(bytes, from, length);
  };
  return {
    lanes: header.lanes.map((lane) => ({ ...lane, pages: lane.pages.map(nextPage) })),
    correlators: header.correlators,
  };
}

/** The lane as it was; undefined when there was none of its kind and patience. */
export function keptLane(state: EngineState | undefined, lane: Lane): KeptLane | undefined {
  return state?.lanes.find(
    ({ shape }) =>
      shape.kind === lane.kind &&
      shape.lateness_ms === lane.lateness_ms &&
      shape.clock_skew_ms === lane.clock_skew_ms,
  );
}

/** What a correlator of these rules knew, though rules may have been grouped differently then. */
export function correlatorState(
  state: EngineState | undefined,
  rules: readonly string[],
): CorrelatorState | undefined {
  const kept = (state?.correlators ?? []).filter((one) => one.rules.some((name) => rules.includes(name)));
  if (kept.length === 0) return undefined;
  return {
    rules,
    nodes: kept.flatMap(({ nodes }) => nodes),
    queue: kept.flatMap(({ queue }) => queue),
    now: Math.min(...kept.map(({ now }) => now)),
  };
}
