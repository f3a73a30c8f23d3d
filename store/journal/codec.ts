import type { Kind } from '../../model/kinds.ts';
import type { JournalEntry } from './contract.ts';
import type { Output } from './output.ts';

/**
 * How entries lie in the payload of a frame: first the numbers, then what is text.
 *
 *     u32 bytes of the numbers
 *     per entry: u16 index of its shape, its high bit set when the message is that of the reading before
 *                f64 ts, f64 received (readings only), f64 per value
 *     ids of messages as one line of JSON, then a line of JSON for each shape
 *
 * A shape is all of an entry but its numbers. An asset sends the same few shapes for ever, so each is turned into text,
 * and back, once. Numbers lie as they do in memory: no text is made of them and none changes on the way.
 */
type Shape =
  | readonly ['r', site: string, zone: string, kind: Kind, asset: string, names: readonly string[]]
  | readonly ['p', measurement: string, tags: Readonly<Record<string, string>>, names: readonly string[]];

interface Known {
  readonly site: string;
  readonly zone: string;
  readonly kind: string;
  readonly names: readonly string[];
  readonly text: string;
  /** The frame in which it has a place already, and that place. */
  frame: number;
  index: number;
}

/** Entries of one frame: an index of a shape has 15 bits, and a reader decodes no more than this for one entry. */
export const FRAME_ENTRIES = 2_000;
/** No entry takes less: its shape and its time. */
export const LEAST_ENTRY_BYTES = 10;

const SAME_MESSAGE = 0x8000;
/** Assets, or shapes, that are remembered; more than that, and it begins afresh. */
const KEPT = 200_000;
const SHAPES_OF_AN_ASSET = 16;

export interface Encoder {
  /** Appends `entries[from … to)` to the output: at least one, at most FRAME_ENTRIES. */
  encode(entries: readonly JournalEntry[], from: number, to: number, out: Output): void;
}

export function createEncoder(): Encoder {
  const known = new Map<string, Known[]>();
  let frame = 0;
  let shapes: string[] = [];

  const shapeOf = (reading: Extract<JournalEntry, { type: 'reading' }>['reading']): Known => {
    const { site, zone, kind, asset, values } = reading;
    let ofAsset = known.get(asset);
    if (ofAsset === undefined) {
      if (known.size >= KEPT) known.clear();
      ofAsset = [];
      known.set(asset, ofAsset);
    }
    for (const shape of ofAsset) {
      if (shape.kind === kind && shape.zone === zone && shape.site === site && hasNames(shape.names, values))
        return shape;
    }
    if (ofAsset.length >= SHAPES_OF_AN_ASSET) ofAsset.length = 0;
    const names = Object.keys(values);
    const text = JSON.stringify(['r', site, zone, kind, asset, names] satisfies Shape);
    const made: Known = { site, zone, kind, names, text, frame: 0, index: 0 };
    ofAsset.push(made);
    return made;
  };

  const indexOf = (shape: Known): number => {
    if (shape.frame !== frame) {
      shape.frame = frame;
      shape.index = shapes.push(shape.text) - 1;
    }
    return shape.index;
  };

  return {
    encode: (entries, from, to, out) => {
      frame++;
      shapes = [];
      const messages: string[] = [];
      const start = out.length;
      out.u32(0);
      for (let i = from; i < to; i++) {
        const entry = entries[i]!;
        if (entry.type === 'point') {
          const { measurement, tags, ts, fields } = entry.point;
          const names = Object.keys(fields);
          out.u16(shapes.push(JSON.stringify(['p', measurement, tags, names] satisfies Shape)) - 1);
          out.f64(ts);
          for (const name of names) out.f64(fields[name]!);
          continue;
        }
        const { reading } = entry;
        const shape = indexOf(shapeOf(reading));
        const isSame = messages.length > 0 && messages[messages.length - 1] === reading.message;
        if (!isSame) messages.push(reading.message);
        out.u16(isSame ? shape | SAME_MESSAGE : shape);
        out.f64(reading.ts);
        out.f64(reading.received);
        for (const name in reading.values) out.f64(reading.values[name]!);
      }
      out.setU32(start, out.length - start);
      // JSON has no line breaks but the ones that we put between.
      out.text(`${JSON.stringify(messages)}\n${shapes.join('\n')}`);
    },
  };
}

function hasNames(names: readonly string[], values: Readonly<Record<string, number>>): boolean {
  let i = 0;
  for (const name in values) if (names[i++] !== name) return false;
  return i === names.length;
}

export interface Decoder {
  /** The entries of a payload whose checksum was right. Throws when it is none that `encode` wrote. */
  decode(payload: Buffer): JournalEntry[];
}

export function createDecoder(): Decoder {
  const known = new Map<string, Shape>();

  const shapeOf = (text: string): Shape => {
    const before = known.get(text);
    if (before !== undefined) return before;
    const shape = JSON.parse(text) as Shape;
    if (known.size >= KEPT) known.clear();
    known.set(text, shape);
    return shape;
  };

  return {
    decode: (payload) => {
      const end = payload.readUInt32LE(0);
      const [ids = '', ...lines] = payload.toString('utf8', end).split('\n');
      const messages = JSON.parse(ids) as string[];
      const shapes = lines.map(shapeOf);
      const numbers = new DataView(payload.buffer, payload.byteOffset, end);
      const entries: JournalEntry[] = [];
      let message = -1;
      for (let at = 4; at < end; ) {
        const tag = numbers.getUint16(at, true);
        const shape = shapes[tag & ~SAME_MESSAGE]!;
        const ts = numbers.getFloat64(at + 2, true);
        at += 10;
        if (shape[0] === 'p') {
          const fields = valuesAt(numbers, at, shape[3]);
          at += shape[3].length * 8;
          entries.push({ type: 'point', point: { measurement: shape[1], tags: shape[2], ts, fields } });
          continue;
        }
        const [, site, zone, kind, asset, names] = shape;
        const received = numbers.getFloat64(at, true);
        const values = valuesAt(numbers, at + 8, names);
        at += 8 + names.length * 8;
        if ((tag & SAME_MESSAGE) === 0) message++;
        const reading = { site, zone, kind, asset, ts, received, values, message: messages[message]! };
        entries.push({ type: 'reading', reading });
      }
      return entries;
    },
  };
}

function valuesAt(numbers: DataView, at: number, names: readonly string[]): Record<string, number> {
  const values: Record<string, number> = {};
  for (let i = 0; i < names.length; i++) values[names[i]!] = numbers.getFloat64(at + i * 8, true);
  return values;
}
