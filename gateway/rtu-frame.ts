import { crc16, withCrc } from './crc16.ts';
import { dataLength, FUNCTION_CODES, type ReadRequest } from './request-plan.ts';

/** Names of the exception codes (MODBUS Application Protocol V1.1b3, 7), with what an installer can do. */
const EXCEPTIONS: Readonly<Record<number, string>> = {
  1: 'illegal function: the controller has no such table',
  2: 'illegal address: the profile names a register that the controller does not have',
  3: 'illegal value: the controller does not give so many registers at once',
  4: 'the controller has failed',
  5: 'the controller needs longer',
  6: 'the controller is busy',
  8: 'memory parity error',
  10: 'gateway path unavailable',
  11: 'the device behind the gateway does not answer',
};

export function exceptionText(code: number): string {
  return `exception ${code} (${EXCEPTIONS[code] ?? 'of the maker'})`;
}

export function requestFrame(unit: number, { table, address, count }: ReadRequest): Buffer {
  const body = Buffer.alloc(6);
  body.writeUInt8(unit, 0);
  body.writeUInt8(FUNCTION_CODES[table], 1);
  body.writeUInt16BE(address, 2);
  body.writeUInt16BE(count, 4);
  return withCrc(body);
}

export type Answer =
  | { readonly type: 'data'; readonly data: Buffer }
  | { readonly type: 'exception'; readonly code: number };

const EXCEPTION_LENGTH = 5;

/** The frame of `length` bytes that starts here, if it is all there and its check sum is right. */
function checked(received: Buffer, start: number, length: number): Buffer | undefined {
  if (start + length > received.length) return undefined;
  const frame = received.subarray(start, start + length);
  return crc16(frame.subarray(0, -2)) === frame.readUInt16LE(length - 2) ? frame : undefined;
}

/**
 * The answer to a request in what was received so far, or undefined while there is none.
 *
 * Looks at every offset: noise, an adapter's echo of the request, another unit's late answer or the wrecks of one may
 * stand before it. Only unit, function, length and check sum together make an answer.
 */
export function findAnswer(received: Buffer, unit: number, request: ReadRequest): Answer | undefined {
  const code = FUNCTION_CODES[request.table];
  const length = dataLength(request);
  for (let i = 0; i + EXCEPTION_LENGTH <= received.length; i++) {
    if (received[i] !== unit) continue;
    if (received[i + 1] === code && received[i + 2] === length) {
      const frame = checked(received, i, length + 5);
      if (frame) return { type: 'data', data: frame.subarray(3, -2) };
    }
    if (received[i + 1] === (code | 0x80)) {
      const frame = checked(received, i, EXCEPTION_LENGTH);
      if (frame) return { type: 'exception', code: frame[2]! };
    }
  }
  return undefined;
}
