/**
 * A process that publishes over MQTT 3.1.1 as fast as it is acknowledged, with so little work of its own that the
 * broker is what is measured: packets are written by hand, acknowledgements are counted by their bytes.
 *
 * Started with a {@link LoadOrder} as its message; answers with a {@link LoadResult}.
 */
import { connect, type Socket } from 'node:net';
import { connectPacket, DISCONNECT, field, publishPacket } from './mqtt-packets.ts';

export interface LoadOrder {
  readonly port: number;
  readonly devices: number;
  /** Device d of n speaks for `p-d`, `p-(d+n)` …, in turn; it signs in as `dev-d`. */
  readonly assets: number;
  readonly seconds: number;
  readonly readingsPerMessage: number;
  /** Messages of one device that may wait for their acknowledgement. */
  readonly window: number;
  /**
   * Time of a device's first reading; each of its next is a millisecond later, or two would be one point. A device that
   * sends thousands a second runs ahead of the clock, so this lies in the past.
   */
  readonly firstTs: number;
}

export interface LoadResult {
  /** From the first connection to the last acknowledgement. */
  readonly elapsedMs: number;
  readonly acknowledged: number;
  /** Time from sending to PUBACK of every hundredth message, sorted. */
  readonly latenciesMs: readonly number[];
  /** After the time of every reading: for the next load on the same store. */
  readonly nextTs: number;
}

const SAMPLE_EVERY = 100;
const PACKET_IDS = 65_535;
const KEEPALIVE_S = 60;
interface Device {
  readonly topics: readonly Buffer[];
  sent: number;
  nextTs: number;
}

function payload(device: Device, readings: number): string {
  const one = (): string => {
    const w = 1_000 + ((device.nextTs * 7) % 500);
    return `{"ts":${device.nextTs++},"power_w":${w}.5,"flow_m3_h":${w / 100},"vibration_mm_s":${(w % 40) / 10}}`;
  };
  if (readings === 1) return one();
  return `[${Array.from({ length: readings }, one).join(',')}]`;
}

function nextPackets(device: Device, count: number, readings: number): Buffer {
  const packets: Buffer[] = [];
  for (let i = 0; i < count; i++) {
    const topic = device.topics[device.sent % device.topics.length]!;
    packets.push(publishPacket(topic, (device.sent++ % PACKET_IDS) + 1, payload(device, readings)));
  }
  return Buffer.concat(packets);
}

/** One device; resolves when all of its messages are acknowledged. */
function run(order: LoadOrder, number: number, until: number, latenciesMs: number[]): Promise<Device> {
  const socket: Socket = connect({ port: order.port, host: '127.0.0.1', noDelay: true });
  const own = Math.floor(order.assets / order.devices);
  const topics = Array.from({ length: own }, (_, i) =>
    field(`site/north/pump/p-${number + i * order.devices}/telemetry`),
  );
  const device: Device = { topics, sent: 0, nextTs: order.firstTs };
  const sentAt = new Map<number, number>();
  let bytes = -4; // CONNACK is four bytes long, and so is every PUBACK.
  const send = (count: number): void => {
    if (count === 0 || performance.now() > until) return;
    const before = device.sent;
    socket.write(nextPackets(device, count, order.readingsPerMessage));
    for (let n = before - (before % SAMPLE_EVERY) + SAMPLE_EVERY; n <= device.sent; n += SAMPLE_EVERY)
      sentAt.set(n, performance.now());
  };
  socket.write(connectPacket(`dev-${number}`, `secret of dev-${number}`, KEEPALIVE_S));
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.on('close', () =>
      reject(new Error(`device ${number} was cut off after ${bytes / 4} of ${device.sent}`)),
    );
    socket.on('data', (data) => {
      const before = Math.max(0, Math.floor(bytes / 4));
      const greeted = bytes >= 0;
      bytes += data.length;
      if (bytes < 0) return;
      const acknowledged = Math.max(0, Math.floor(bytes / 4));
      for (let n = before - (before % SAMPLE_EVERY) + SAMPLE_EVERY; n <= acknowledged; n += SAMPLE_EVERY) {
        latenciesMs.push(performance.now() - sentAt.get(n)!);
        sentAt.delete(n);
      }
      send(greeted ? acknowledged - before : order.window);
      if (acknowledged === device.sent) {
        socket.removeAllListeners('close');
        socket.end(DISCONNECT);
        resolve(device);
      }
    });
  });
}

async function runAll(order: LoadOrder): Promise<LoadResult> {
  const latenciesMs: number[] = [];
  const begun = performance.now();
  const until = begun + order.seconds * 1_000;
  const numbers = Array.from({ length: order.devices }, (_, i) => i + 1);
  const devices = await Promise.all(numbers.map((number) => run(order, number, until, latenciesMs)));
  const elapsedMs = performance.now() - begun;
  latenciesMs.sort((a, b) => a - b);
  const acknowledged = devices.reduce((sum, { sent }) => sum + sent, 0);
  return { elapsedMs, acknowledged, latenciesMs, nextTs: Math.max(...devices.map(({ nextTs }) => nextTs)) };
}

process.once('message', (order) => {
  runAll(order as LoadOrder).then(
    (result) => process.send!(result, () => process.disconnect()),
    (error: unknown) => {
      process.stderr.write(`${(error as Error).message}\n`);
      process.exit(1);
    },
  );
});
