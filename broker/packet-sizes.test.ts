import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { admits, packetSizes } from './packet-sizes.ts';

/** A packet of that many bytes behind its fixed header. */
function packet(length: number): Buffer {
  const header = [0x30];
  for (let left = length; ; left >>= 7) {
    header.push(left > 127 ? (left & 127) | 128 : left);
    if (left <= 127) return Buffer.concat([Buffer.from(header), Buffer.alloc(length, 0xff)]);
  }
}

describe('sizes of packets in a stream', () => {
  const streams = fc.tuple(
    fc.array(fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 40_000 })), {
      maxLength: 8,
    }),
    fc.array(fc.integer({ min: 1, max: 5_000 }), { minLength: 1, maxLength: 8 }),
    fc.integer({ min: 0, max: 40_000 }),
  );

  it('are told from the headers alone, however the stream is cut', () => {
    fc.assert(
      fc.property(streams, ([lengths, cuts, limit]) => {
        const stream = Buffer.concat(lengths.map(packet));
        const sizes = packetSizes();
        let admitted = true;
        for (let at = 0, i = 0; at < stream.length && admitted; i++) {
          const cut = cuts[i % cuts.length]!;
          admitted = admits(sizes, stream.subarray(at, at + cut), limit);
          at += cut;
        }
        expect(admitted).toBe(lengths.every((length) => length <= limit));
      }),
    );
  });

  it('refuses a length of five bytes, which MQTT does not know', () => {
    expect(admits(packetSizes(), Buffer.from([0x30, 0x80, 0x80, 0x80, 0x80, 0x80]), 1e12)).toBe(false);
  });
});
