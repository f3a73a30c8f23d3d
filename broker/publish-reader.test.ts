import fc from 'fast-check';
import { generate, parser as newParser, type Packet } from 'mqtt-packet';
import { expect, it } from 'vitest';
import { type PacketParser, readAhead } from './publish-reader.ts';

const publish = fc.record({
  cmd: fc.constant('publish' as const),
  topic: fc.constantFrom('site/north/pump/p-1/telemetry', 'a', 'größe/水', 'x'.repeat(300)),
  payload: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  qos: fc.constantFrom(0 as const, 1 as const, 2 as const),
  retain: fc.boolean(),
  dup: fc.boolean(),
  messageId: fc.integer({ min: 1, max: 65_535 }),
});
const other = fc.constantFrom<Packet>(
  { cmd: 'pingreq' },
  { cmd: 'puback', messageId: 7 },
  { cmd: 'subscribe', messageId: 8, subscriptions: [{ topic: 'a/#', qos: 1 }] },
);

/** What a parser says, told in chunks; both kinds keep only what the broker looks at. */
function heard(chunks: readonly Uint8Array[], ahead: boolean): unknown[] {
  const parser = newParser({ protocolVersion: 4 }) as unknown as PacketParser;
  if (ahead) parser.parse = readAhead(parser.parse);
  const told: unknown[] = [];
  parser.on('packet', (packet: Packet) => told.push(JSON.parse(JSON.stringify(packet))));
  parser.on('error', (error: Error) => told.push(error.message));
  for (const chunk of chunks) {
    if (parser.error) break;
    parser.parse(Buffer.from(chunk));
  }
  return told;
}

/** The bytes in pieces that end at these shares of their length. */
function cut(bytes: Buffer, shares: readonly number[]): Buffer[] {
  const ends = [...shares.map((share) => Math.floor(share * bytes.length)), bytes.length].sort(
    (a, b) => a - b,
  );
  return ends.map((end, i) => bytes.subarray(ends[i - 1] ?? 0, end));
}

const shares = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 });

it('reads what mqtt-packet reads, wherever the bytes are cut', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(publish, other), { maxLength: 8 }), shares, (packets, at) => {
      const bytes = Buffer.concat(packets.map((packet) => generate(packet)));
      expect(heard(cut(bytes, at), true)).toEqual(heard([bytes], false));
    }),
  );
});

/** Types of packets that have nothing behind their length. */
const EMPTY = [12, 13, 14];

/**
 * What stands before the first packet that is too short for the number that it must have: mqtt-packet takes that from
 * the bytes of the next packet, where it has them already.
 */
function untilTooShort(bytes: Buffer): Buffer {
  for (let at = 0; at < bytes.length; ) {
    let length = 0;
    let i = 1;
    while (i <= 4 && bytes[at + i]! >= 0x80) length += (bytes[at + i]! & 0x7f) * 128 ** (i++ - 1);
    const last = bytes[at + i];
    if (i > 4 || last === undefined) return bytes;
    length += last * 128 ** (i - 1);
    if (length < 2 && !EMPTY.includes(bytes[at]! >> 4)) return bytes.subarray(0, at);
    at += 1 + i + length;
  }
  return bytes;
}

it('finds the same wrong where bytes are none of MQTT', () => {
  fc.assert(
    fc.property(publish, fc.uint8Array({ maxLength: 40 }), shares, (first, rubbish, at) => {
      const bytes = untilTooShort(Buffer.concat([generate(first), rubbish]));
      expect(heard(cut(bytes, at), true)).toEqual(heard([bytes], false));
    }),
    { numRuns: 500 },
  );
});

it('reads a byte at a time', () => {
  const bytes = generate({
    cmd: 'publish',
    topic: 'a',
    payload: 'b',
    qos: 1,
    messageId: 3,
    dup: false,
    retain: false,
  });
  expect(
    heard(
      [...bytes].map((byte) => Uint8Array.of(byte)),
      true,
    ),
  ).toMatchObject([{ topic: 'a', messageId: 3 }]);
});
