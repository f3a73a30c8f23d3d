/**
 * A process that publishes over MQTT 3.1.1 as fast as it is acknowledged, with so little work of its own that the
 * broker is what is measured: packets are written by hand, acknowledgements are counted by their bytes.
 *
 * Started with a {@link LoadOrder} as its message; answers with a {@link LoadResult}.
 */
import { connect, type Socket } from 'node:net';

export interface LoadOrder {
  readonly port: number;
  /** Device d speaks for asset `p-d` and signs in as `dev-d`. */
  readonly devices: number;
  readonly messages: number;
  readonly readingsPerMessage: number;
  /** Messages of one device that may wait for their acknowledgement. */
  readonly window: number;
}

export interface LoadResult {
  readonly elapsedMs: number;
  readonly acknowledged: number;
  /** Time from sending to PUBACK of every hundredth message, sorted. */
  readonly latenciesMs: readonly number[];
}

const SAMPLE_EVERY = 100;

function field(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes]);
}

function packet(typeAndFlags: number, body: Buffer): Buffer {
  const header = [typeAndFlags];
  for (let left = body.length; ; left >>= 7) {
    header.push(left > 127 ? (left & 127) | 128 : left);
    if (left <= 127) return Buffer.concat([Buffer.from(header), body]);
  }
}

function connectPacket(user: string): Buffer {
  const CLEAN_SESSION_USER_PASSWORD = 0xc2;
  const head = Buffer.from([...field('MQTT'), 4, CLEAN_SESSION_USER_PASSWORD, 0, 60]);
  return packet(0x10, Buffer.concat([head, field(user), field(user), field(`secret of ${user}`)]));
}

function payload(n: number, readings: number): string {
  const one = (i: number): string => {
    const w = 1_000 + ((n * 7 + i) % 500);
    return `{"ts":${Date.now() + i},"power_w":${w}.5,"flow_m3_h":${w / 100},"vibration_mm_s":${(n % 40) / 10}}`;
  };
  if (readings === 1) return one(0);
  return `[${Array.from({ length: readings }, (_, i) => one(i)).join(',')}]`;
}

function publishPacket(topic: Buffer, id: number, text: string): Buffer {
  return packet(0x32, Buffer.concat([topic, Buffer.from([id >> 8, id & 255]), Buffer.from(text)]));
}

/** One device; resolves when all of its messages are acknowledged. */
function device(order: LoadOrder, number: number, messages: number, latenciesMs: number[]): Promise<void> {
  const socket: Socket = connect({ port: order.port, host: '127.0.0.1', noDelay: true });
  const topic = field(`site/north/pump/p-${number}/telemetry`);
  const sentAt = new Map<number, number>();
  let sent = 0;
  let bytes = -4; // CONNACK is four bytes long, and so is every PUBACK.
  const send = (count: number): void => {
    const packets: Buffer[] = [];
    for (let i = 0; i < count && sent < messages; i++) {
      sent++;
      if (sent % SAMPLE_EVERY === 0) sentAt.set(sent, performance.now());
      packets.push(publishPacket(topic, (sent % 65_535) + 1, payload(sent, order.readingsPerMessage)));
    }
    if (packets.length > 0) socket.write(Buffer.concat(packets));
  };
  socket.write(connectPacket(`dev-${number}`));
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.on('close', () =>
      reject(new Error(`device ${number} was cut off after ${bytes / 4} of ${messages}`)),
    );
    socket.on('data', (data) => {
      const before = Math.max(0, Math.floor(bytes / 4));
      const greeted = bytes >= 0;
      bytes += data.length;
      const acknowledged = Math.max(0, Math.floor(bytes / 4));
      for (let n = before - (before % SAMPLE_EVERY) + SAMPLE_EVERY; n <= acknowledged; n += SAMPLE_EVERY) {
        latenciesMs.push(performance.now() - sentAt.get(n)!);
        sentAt.delete(n);
      }
      if (acknowledged === messages) {
        socket.removeAllListeners('close');
        socket.end(Buffer.from([0xe0, 0]));
        resolve();
      } else {
        send(greeted || bytes > 0 ? acknowledged - before : order.window);
      }
    });
  });
}

async function run(order: LoadOrder): Promise<LoadResult> {
  const latenciesMs: number[] = [];
  const each = Math.floor(order.messages / order.devices);
  const begun = performance.now();
  await Promise.all(Array.from({ length: order.devices }, (_, i) => device(order, i + 1, each, latenciesMs)));
  const elapsedMs = performance.now() - begun;
  latenciesMs.sort((a, b) => a - b);
  return { elapsedMs, acknowledged: each * order.devices, latenciesMs };
}

process.once('message', (order) => {
  run(order as LoadOrder).then(
    (result) => process.send!(result, () => process.disconnect()),
    (error: unknown) => {
      process.stderr.write(`${(error as Error).message}\n`);
      process.exit(1);
    },
  );
});
