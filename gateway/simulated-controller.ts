import type { BytePort } from './byte-port.ts';
import { crc16, withCrc } from './crc16.ts';
import type { Profile, Register, Table } from './profile.ts';
import { dataLength, FUNCTION_CODES, type ReadRequest, widthOf } from './request-plan.ts';

const REQUEST_LENGTH = 8;
const ILLEGAL_FUNCTION = 1;
const ILLEGAL_ADDRESS = 2;

const TABLE_OF: ReadonlyMap<number, Table> = new Map(
  Object.entries(FUNCTION_CODES).map(([table, code]) => [code, table as Table]),
);

/** The 16-bit words (or the one bit) that a register holds for a value in the catalogue's unit. */
function wordsOf(register: Register, value: number | undefined): readonly number[] {
  const { type, scale, offset, word_order, bit, absent } = register;
  const raw = value === undefined ? (absent ?? 0) : (value - offset) / scale;
  if (type === 'bit') return [Math.round(raw) << (bit ?? 0)];
  if (widthOf(register) === 1) return [Math.round(raw) & 0xffff];
  const bytes = Buffer.alloc(4);
  if (type === 'f32') bytes.writeFloatBE(raw);
  else bytes.writeUInt32BE(Math.round(raw) >>> 0);
  const words = [bytes.readUInt16BE(0), bytes.readUInt16BE(2)];
  return word_order === 'high_first' ? words : words.reverse();
}

/** What a controller holds in its tables, by the profile, for these metrics; what is missing reads as absent. */
export function registerWords(
  { registers }: Profile,
  values: Readonly<Record<string, number>>,
): ReadonlyMap<string, number> {
  const words = new Map<string, number>();
  for (const register of registers) {
    for (const [i, word] of wordsOf(register, values[register.metric]).entries()) {
      const place = `${register.table} ${register.address + i}`;
      // Bits of one status word come from several lines of the profile.
      words.set(place, (words.get(place) ?? 0) | word);
    }
  }
  return words;
}

function answerBody(unit: number, request: ReadRequest, words: ReadonlyMap<string, number>): Buffer {
  const { table, address, count } = request;
  const code = FUNCTION_CODES[table];
  const body = Buffer.alloc(3 + dataLength(request));
  body.set([unit, code, dataLength(request)]);
  for (let i = 0; i < count; i++) {
    const word = words.get(`${table} ${address + i}`);
    if (word === undefined) return Buffer.from([unit, code | 0x80, ILLEGAL_ADDRESS]);
    if (table === 'coil' || table === 'discrete') body[3 + (i >> 3)]! |= (word & 1) << (i & 7);
    else body.writeUInt16BE(word, 3 + 2 * i);
  }
  return body;
}

/** A controller that does not exist: its map and what it measures now. */
export interface SimulatedController {
  readonly profile: Profile;
  /** Metrics in the catalogue's units, asked for at every request. */
  readonly values: () => Readonly<Record<string, number>>;
}

export interface SimulatedLine {
  readonly port: BytePort;
  /** By Modbus address. */
  readonly controllers: ReadonlyMap<number, SimulatedController>;
  /** How an answer goes out; the default writes it at once. Faults are made here. */
  readonly send?: (answer: Buffer, unit: number, request: ReadRequest | undefined) => void;
}

/**
 * Plays the controllers of a line at its other end: answers requests to read, as a Modbus RTU slave does, until the
 * port is closed. For trying a gateway without hardware, over a pair of pseudo-terminals.
 */
export function simulateControllers({
  port,
  controllers,
  send = (answer) => void port.write(answer).catch(() => {}),
}: SimulatedLine): void {
  let received = Buffer.alloc(0);
  port.onData((bytes) => {
    received = Buffer.concat([received, bytes]);
    while (received.length >= REQUEST_LENGTH) {
      const frame = received.subarray(0, REQUEST_LENGTH);
      if (crc16(frame.subarray(0, -2)) !== frame.readUInt16LE(6)) {
        received = received.subarray(1);
        continue;
      }
      received = received.subarray(REQUEST_LENGTH);
      const unit = frame[0]!;
      const controller = controllers.get(unit);
      if (!controller) continue;
      const table = TABLE_OF.get(frame[1]!);
      if (!table) {
        send(withCrc(Buffer.from([unit, frame[1]! | 0x80, ILLEGAL_FUNCTION])), unit, undefined);
        continue;
      }
      const request = { table, address: frame.readUInt16BE(2), count: frame.readUInt16BE(4) };
      const words = registerWords(controller.profile, controller.values());
      send(withCrc(answerBody(unit, request, words)), unit, request);
    }
  });
}
