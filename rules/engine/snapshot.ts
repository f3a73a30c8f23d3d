import { deserialize, serialize } from 'node:v8';
import { StewardError } from '../../model/codes.ts';
import type { Fault } from '../../model/fault.ts';
import type { Deaf } from '../language/listening.ts';
import { isSameLane, type Lane } from '../language/rule.ts';
import { captureMemory } from './capture.ts';
import { type LaneShape, shapeOf } from './lane-shape.ts';
import type { LaneState } from './lane-state.ts';
import type { CorrelatorState, Node } from './node.ts';

const VERSION = 9;
/** Faults or nodes of one piece: some milliseconds to write. */
const CHUNK = 500;

/** A lane as it was: what its cells meant, its assets, its memory. */
export interface KeptLane {
  readonly shape: LaneShape;
  readonly assets: readonly string[];
  /** Makes an array of each piece of the memory (see capture.ts). */
  readonly pieces: readonly (() => Float64Array)[];
  readonly faults: readonly KeptFault[];
}

export type KeptFault = readonly [key: number, fault: Fault];

/** Up to when everything was heard, and when nobody listened before. */
export interface Listening {
  readonly heard: number;
  readonly deaf: Deaf;
}

export interface EngineState extends Listening {
  readonly lanes: readonly KeptLane[];
  readonly correlators: readonly CorrelatorState[];
}

/** What comes after it: the memory of each lane in pieces, then faults of each lane, then nodes of each correlator. */
interface Header extends Listening {
  readonly version: number;
  readonly lanes: readonly {
    readonly shape: LaneShape;
    readonly assets: readonly string[];
    readonly pieces: readonly number[];
    readonly faults: number;
  }[];
  readonly correlators: readonly (Omit<CorrelatorState, 'nodes'> & { readonly nodes: number })[];
}

const bytesOf = (doubles: Float64Array): Uint8Array =>
  new Uint8Array(doubles.buffer, doubles.byteOffset, doubles.byteLength);

/** A serialized value after its length. */
function* written(value: unknown): Generator<Uint8Array> {
  const bytes = serialize(value);
  yield bytesOf(new Float64Array([bytes.length]));
  yield bytes;
}

function* inChunks(items: readonly unknown[]): Generator<Uint8Array> {
  for (let i = 0; i < items.length; i += CHUNK) yield* written(items.slice(i, i + CHUNK));
}

/** All that the engine remembers now, as bytes, piece by piece; what happens to it meanwhile does not change them. */
export function captureState(
  { heard, deaf }: Listening,
  lanes: readonly LaneState[],
  correlators: readonly CorrelatorState[],
): Iterable<Uint8Array> {
  const memories = lanes.map(({ m }) => captureMemory(m));
  const faults = lanes.map((lane) => [...lane.faults]);
  const header: Header = {
    version: VERSION,
    heard,
    deaf,
    lanes: lanes.map(({ plan, assets }, i) => ({
      shape: shapeOf(plan),
      assets: assets.map(({ id }) => id),
      pieces: memories[i]!.lengths,
      faults: faults[i]!.length,
    })),
    correlators: correlators.map((one) => ({ ...one, nodes: one.nodes.length })),
  };
  return (function* () {
    yield* written(header);
    for (const captured of memories) for (const piece of captured.copies()) yield bytesOf(piece);
    for (const items of faults) yield* inChunks(items);
    for (const { nodes } of correlators) yield* inChunks(nodes);
  })();
}

/** Takes one thing after another from the bytes. Throws a RangeError when they are cut short. */
function reader(bytes: Uint8Array) {
  let at = 0;
  const doubles = (length: number): (() => Float64Array) => {
    const from = at;
    at += length * Float64Array.BYTES_PER_ELEMENT;
    if (at > bytes.length) throw new RangeError('the bytes end too soon');
    // Copied: what lies in a file need not lie at an address that doubles may have.
    return () => {
      const copy = new Float64Array(length);
      bytesOf(copy).set(bytes.subarray(from, from + copy.byteLength));
      return copy;
    };
  };
  const value = <T>(): T => {
    const [length] = doubles(1)();
    at += length!;
    return deserialize(bytes.subarray(at - length!, at)) as T;
  };
  const list = <T>(length: number): T[] => {
    const items: T[] = [];
    while (items.length < length) items.push(...value<T[]>());
    return items;
  };
  return { doubles, value, list };
}

function readState(bytes: Uint8Array): EngineState | undefined {
  const { doubles, value, list } = reader(bytes);
  const header = value<Header>();
  if (header.version !== VERSION) return undefined;
  const pieces = header.lanes.map((lane) => lane.pieces.map(doubles));
  const faults = header.lanes.map((lane) => list<KeptFault>(lane.faults));
  return {
    heard: header.heard,
    deaf: header.deaf,
    lanes: header.lanes.map((lane, i) => ({ ...lane, pieces: pieces[i]!, faults: faults[i]! })),
    correlators: header.correlators.map((one) => ({ ...one, nodes: list<Node>(one.nodes) })),
  };
}

/** Throws StewardError `internal` when the bytes are no whole snapshot of this version. */
export function decodeState(bytes: Uint8Array): EngineState {
  let state: EngineState | undefined;
  try {
    state = readState(bytes);
  } catch (cause) {
    throw new StewardError('internal', 'the snapshot of the rules cannot be read', { cause });
  }
  if (!state) throw new StewardError('internal', 'the snapshot of the rules is of another version');
  return state;
}

/** The lane as it was; undefined when there was none of its kind and patience. */
export function keptLane(state: EngineState | undefined, lane: Lane): KeptLane | undefined {
  return state?.lanes.find(({ shape }) => isSameLane(shape, lane));
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
