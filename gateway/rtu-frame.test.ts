import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crc16, withCrc } from './crc16.ts';
import { dataLength, FUNCTION_CODES, type ReadRequest } from './request-plan.ts';
import { findAnswer, requestFrame } from './rtu-frame.ts';

const anyRequest = fc.record({
  table: fc.constantFrom('coil' as const, 'discrete' as const, 'input' as const, 'holding' as const),
  address: fc.integer({ min: 0, max: 65_000 }),
  count: fc.integer({ min: 1, max: 100 }),
});
const anyUnit = fc.integer({ min: 1, max: 247 });
const anyNoise = fc.uint8Array({ maxLength: 40 });

function answerFrame(unit: number, request: ReadRequest, seed: number): Buffer {
  const length = dataLength(request);
  const data = Buffer.from(Array.from({ length }, (_, i) => (seed * 31 + i * 7) & 0xff));
  return withCrc(Buffer.concat([Buffer.of(unit, FUNCTION_CODES[request.table], length), data]));
}

describe('a frame', () => {
  it('has the check sum of the known examples', () => {
    // The check value of CRC-16/MODBUS, and the read of 10 holding registers that every manual prints.
    expect(crc16(Buffer.from('123456789'))).toBe(0x4b37);
    expect(requestFrame(1, { table: 'holding', address: 0, count: 10 }).toString('hex')).toBe(
      '01030000000ac5cd',
    );
  });

  it('is found behind noise and an echo of the request, but not before it is whole', () => {
    fc.assert(
      fc.property(anyRequest, anyUnit, anyNoise, fc.integer(), (request, unit, noise, seed) => {
        const before = Buffer.concat([noise, requestFrame(unit, request)]);
        const frame = answerFrame(unit, request, seed);
        const whole = Buffer.concat([before, frame]);
        expect(findAnswer(whole.subarray(0, -1), unit, request)).toBeUndefined();
        expect(findAnswer(whole, unit, request)).toEqual({ type: 'data', data: frame.subarray(3, -2) });
      }),
    );
  });

  it('is no answer with any one bit wrong, from another unit, or of another length', () => {
    fc.assert(
      fc.property(anyRequest, anyUnit, fc.nat(), (request, unit, place) => {
        const frame = answerFrame(unit, request, place);
        const bad = Buffer.from(frame);
        bad[place % bad.length]! ^= 1 << (place & 7);
        expect(findAnswer(bad, unit, request)).toBeUndefined();
        expect(findAnswer(frame, (unit % 247) + 1, request)).toBeUndefined();
        expect(findAnswer(frame, unit, { ...request, count: request.count + 8 })).toBeUndefined();
      }),
    );
  });

  it('may be an exception', () => {
    const request: ReadRequest = { table: 'input', address: 0, count: 1 };
    expect(findAnswer(withCrc(Buffer.of(9, 0x84, 2)), 9, request)).toEqual({ type: 'exception', code: 2 });
  });
});
