import { connect } from 'node:net';
import fc from 'fast-check';
import { generate, type Packet } from 'mqtt-packet';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  connectPacket,
  type OpenBroker,
  openBroker,
  publishPacket,
  rawSignIn,
  subscribePacket,
} from '../broker/raw.testkit.ts';
import { CODES, type Code, type RejectCode } from '../model/codes.ts';
import type { Log } from '../model/log.ts';
import type { RawMessage } from '../model/reading.ts';

const SEED = 20_261_124;
const STREAMS = 10_000;
/** Of memory, so that caches and compiled code have found their size before the first one is measured. */
const ROUNDS = 4;
const IDLE_MS = 100;
const P1 = 'site/north/pump/p-1/telemetry';

/** Packets that are right, to be spoilt. */
const packets = fc.constantFrom<Packet>(
  connectPacket('dev-1'),
  connectPacket('dev-1', { will: { topic: P1, payload: Buffer.from('x'), qos: 1 }, protocolVersion: 5 }),
  publishPacket(P1, 1),
  publishPacket(P1, 8, { qos: 0 }),
  publishPacket('site/north/pump/p-2/telemetry', 9),
  publishPacket(P1, 2, { qos: 2, retain: true }),
  subscribePacket(3, 'site/#', 'a/+'),
  { cmd: 'unsubscribe', messageId: 4, unsubscriptions: ['a'] },
  { cmd: 'puback', messageId: 5 },
  { cmd: 'pubrec', messageId: 6 },
  { cmd: 'pubrel', messageId: 2 },
  { cmd: 'pubcomp', messageId: 7 },
  { cmd: 'pingreq' },
  { cmd: 'connack', returnCode: 0, sessionPresent: false },
  { cmd: 'disconnect' },
);
const right = packets.map((packet) => generate(packet));
const byte = fc.nat(255);
const bytes = (maxLength: number) => fc.uint8Array({ maxLength }).map((array) => Buffer.from(array));

/** A type and flags, a remaining length that is true, short, long or none, and anything after it. */
const made = fc.tuple(byte, fc.oneof(fc.constant(-1), fc.nat(300)), bytes(200)).map(([type, told, body]) => {
  const length = told === -1 ? body.length : told;
  const header = length < 128 ? [type, length] : [type, (length & 127) | 128, length >> 7];
  return Buffer.concat([Buffer.from(header), body]);
});
const flipped = fc
  .tuple(right, fc.array(fc.tuple(fc.nat(200), byte), { minLength: 1, maxLength: 4 }))
  .map(([packet, flips]) => {
    const spoilt = Buffer.from(packet);
    for (const [at, value] of flips) spoilt[at % spoilt.length] = value;
    return spoilt;
  });
const truncated = fc.tuple(right, fc.nat(200)).map(([packet, at]) => packet.subarray(0, at % packet.length));
const topic = fc.oneof(
  fc.string(),
  fc.constantFrom('', '#', '+', 'a/#/b', '\0', '\ud800', '/'.repeat(300), '$SYS/x'),
);
const hostileTopic = fc.tuple(topic, fc.constantFrom(0, 1, 2), bytes(20)).map(([name, qos, payload]) => {
  const text = Buffer.from(name);
  const id = qos === 0 ? [] : [0, payload.length];
  const body = Buffer.concat([
    Buffer.from([text.length >> 8, text.length & 255]),
    text,
    Buffer.from(id),
    payload,
  ]);
  const length = body.length < 128 ? [body.length] : [(body.length & 127) | 128, body.length >> 7];
  return Buffer.concat([Buffer.from([0x30 | (qos << 1), ...length]), body]);
});
/** Half of them behind a sign-in, so that they come further than the door. */
const stream = fc.record({
  signsIn: fc.boolean(),
  bytes: fc
    .array(fc.oneof({ weight: 4, arbitrary: right }, made, flipped, truncated, hostileTopic, bytes(60)), {
      minLength: 1,
      maxLength: 5,
    })
    .map((parts) => Buffer.concat(parts)),
});
type Stream = { readonly signsIn: boolean; readonly bytes: Buffer };

describe(`${STREAMS} streams of malformed packets (seed ${SEED})`, () => {
  /** What would keep the later streams out. */
  const limits = { maxConnectionsPerUser: STREAMS, maxFailedSignIns: STREAMS, closeTimeoutMs: 100 };
  let broker: OpenBroker;
  const escaped: unknown[] = [];
  const note = (error: unknown): void => {
    escaped.push(error);
  };
  /** Lines of the log that tell of a rejection, and failures of connections that are not of the network. */
  let told: { readonly code?: string }[] = [];
  let failures = 0;
  const tell = (fields: object): void => void told.push(fields);
  const log: Log = {
    debug: (fields) => {
      const error = (fields as { error?: { code?: string } }).error;
      if (error && error.code === undefined) failures++;
    },
    info: tell,
    warn: tell,
    error: tell,
  };
  const codes: string[] = [];
  const refuse = async (_message: RawMessage, code: RejectCode): Promise<void> => void codes.push(code);
  beforeAll(async () => {
    process.on('uncaughtException', note);
    process.on('unhandledRejection', note);
    broker = await openBroker({ limits, log, refuse });
  });
  afterAll(async () => {
    await broker.close();
    process.off('uncaughtException', note);
    process.off('unhandledRejection', note);
  });

  let clients = 0;
  /** Sends it all and waits until the broker ends the connection, or has had nothing more to say for a while. */
  const send = ({ signsIn, bytes: hostile }: Stream): Promise<void> =>
    new Promise((resolve) => {
      const spoil = (): void => {
        socket.write(hostile);
        socket.setTimeout(IDLE_MS, () => socket.destroy());
      };
      const socket = connect(broker.port, '127.0.0.1', () => {
        if (!signsIn) return spoil();
        socket.write(generate(connectPacket('dev-1', { clientId: `c-${++clients}` })));
        socket.once('data', spoil);
      });
      socket.on('error', () => {});
      socket.on('close', () => resolve());
      socket.resume();
    });
  const sendAll = async (streams: readonly Stream[]): Promise<void> => {
    for (let i = 0; i < streams.length; i += 500) await Promise.all(streams.slice(i, i + 500).map(send));
  };
  /** Of what is really held: two collections, since sockets are let go in the turn after the first. */
  const rest = async (): Promise<number> => {
    for (let i = 0; i < 3; i++) {
      globalThis.gc?.();
      await new Promise((resolve) => setImmediate(resolve));
    }
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };

  it('crash nothing, leave no connection and no memory behind, and others are served', async () => {
    const { setFlagsFromString } = await import('node:v8');
    const { runInNewContext } = await import('node:vm');
    setFlagsFromString('--expose-gc');
    globalThis.gc ??= runInNewContext('gc') as typeof globalThis.gc;
    const device = await rawSignIn(broker.port, 'dev-2');
    const streams = fc.sample(stream, { seed: SEED, numRuns: STREAMS });
    const perRound = STREAMS / ROUNDS;
    const rests: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      await sendAll(streams.slice(round * perRound, (round + 1) * perRound));
      await expect.poll(() => broker.health().detail).toMatch(/^1 clients/);
      // The right ones among them came through: the door is not simply shut.
      expect(broker.accepted.length).toBeGreaterThan(perRound / 50);
      expect(codes.length).toBeGreaterThan(perRound / 100);
      for (const code of codes) expect(code).toBe('topic_forbidden');
      expect(told.filter(({ code }) => !CODES.includes(code as Code))).toEqual([]);
      // None was cut off without a word.
      expect(told.length).toBeGreaterThanOrEqual(failures);
      expect(failures).toBeGreaterThan(perRound / 4);
      broker.accepted.length = 0;
      codes.length = 0;
      told = [];
      failures = 0;
      rests.push(await rest());
    }
    expect(escaped).toEqual([]);
    device.send(publishPacket('site/north/pump/p-2/telemetry', 77));
    expect((await device.next('puback')).messageId).toBe(77);
    // What every stream left behind would add up from round to round; the first is for caches.
    const leaked = rests.at(-1)! - rests[1]!;
    expect(leaked / (2 * perRound)).toBeLessThan(400);
    expect(broker.kept()).toEqual({ sessions: 0, queued: 0, retained: expect.any(Number) });
    expect(broker.kept().retained).toBeLessThan(20);
    device.socket.destroy();
  }, 120_000);
});
