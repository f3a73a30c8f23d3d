/**
 * A process of devices that stay connected and publish at a given pace over MQTT 3.1.1, QoS 1: told by
 * {@link FleetOrder} messages, answers with {@link FleetAnswer}s. Ends when its parent goes.
 */
import { connect, type Socket } from 'node:net';
import { demoDeviceSecret } from '../app/demo-credentials.ts';
import { type FleetAnswer, type FleetOrder, LATENCY_TENTHS } from './fleet-orders.ts';
import {
  CONNACK_TYPE,
  connectPacket,
  DISCONNECT,
  field,
  PINGREQ,
  PUBACK_TYPE,
  packetCutter,
  publishPacket,
} from './mqtt-packets.ts';

const KEEPALIVE_S = 120;
const PING_EVERY_MS = 60_000;
const TICK_MS = 4;
const PACKET_IDS = 65_535;

interface Waiting {
  readonly sentAt: number;
  readonly powerW: number;
}

interface Device {
  readonly socket: Socket;
  readonly topic: Buffer;
  /** Not acknowledged yet; the broker acknowledges in the order of sending. */
  readonly waiting: Waiting[];
  sent: number;
  /** Each reading of a device has a time of its own, or two would be one point. */
  lastTs: number;
}

interface Tally {
  sent: number;
  acknowledged: number;
  sumPowerW: number;
  readonly latencyTenths: Float64Array;
}

const newTally = (): Tally => ({
  sent: 0,
  acknowledged: 0,
  sumPowerW: 0,
  latencyTenths: new Float64Array(LATENCY_TENTHS + 1),
});
let tally = newTally();
let onIdle = (): void => {};

function fail(text: string): never {
  process.stderr.write(`${text}\n`);
  process.exit(1);
}

function acknowledged(device: Device): void {
  const { sentAt, powerW } = device.waiting.shift()!;
  const tenths = Math.min(LATENCY_TENTHS, Math.round((performance.now() - sentAt) * 10));
  tally.latencyTenths[tenths]!++;
  tally.sumPowerW += powerW;
  if (++tally.acknowledged === tally.sent) onIdle();
}

function signIn(port: number, number: number, secret: Buffer): Promise<Device> {
  const user = `dev-p-${number}`;
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  const device: Device = {
    socket,
    topic: field(`site/bench/pump/p-${number}/telemetry`),
    waiting: [],
    sent: 0,
    lastTs: 0,
  };
  socket.on('error', (error) => fail(`${user}: ${error.message}`));
  socket.on('close', () => fail(`${user} was cut off`));
  socket.write(connectPacket(user, demoDeviceSecret({ secret }, user), KEEPALIVE_S));
  return new Promise((resolve) => {
    socket.on(
      'data',
      packetCutter((type, body) => {
        if (type === PUBACK_TYPE) acknowledged(device);
        if (type !== CONNACK_TYPE) return;
        if (body[1] !== 0) fail(`${user} was refused with ${body[1]}`);
        resolve(device);
      }),
    );
  });
}

async function connectAll(order: FleetOrder & { type: 'connect' }): Promise<Device[]> {
  const secret = Buffer.from(order.secret, 'hex');
  const devices: Device[] = [];
  let next = order.first;
  const worker = async (): Promise<void> => {
    while (next < order.first + order.count) devices.push(await signIn(order.port, next++, secret));
  };
  await Promise.all(Array.from({ length: order.window }, worker));
  // Spread over the time between two pings, as the pings of a real fleet are.
  devices.forEach((device, i) => {
    setTimeout(
      () => setInterval(() => device.socket.write(PINGREQ), PING_EVERY_MS),
      (i / devices.length) * PING_EVERY_MS,
    );
  });
  return devices;
}

function publishOne(device: Device): void {
  const powerW = tally.sent % 1_000;
  device.lastTs = Math.max(device.lastTs + 1, Date.now());
  const payload = `{"ts":${device.lastTs},"power_w":${powerW},"flow_m3_h":1.5,"vibration_mm_s":2.5}`;
  tally.sent++;
  device.waiting.push({ sentAt: performance.now(), powerW });
  device.socket.write(publishPacket(device.topic, (device.sent++ % PACKET_IDS) + 1, payload));
}

/** Returns how to stop. What a busy machine was late with is made up for: the pace is kept on average. */
function publish(devices: readonly Device[], perSecond: number, mayWait: number): () => void {
  const begun = performance.now();
  let turn = 0;
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - begun) * perSecond) / 1_000);
    for (; turn < due; turn++) {
      const device = devices[turn % devices.length]!;
      if (device.waiting.length >= mayWait) break;
      publishOne(device);
    }
  }, TICK_MS);
  return () => clearInterval(timer);
}

let devices: Device[] = [];
let stop = (): void => {};
let begun = 0;

const answer = (message: FleetAnswer): void => void process.send!(message);

async function obey(order: FleetOrder): Promise<void> {
  if (order.type === 'connect') {
    const from = performance.now();
    devices = await connectAll(order);
    answer({ type: 'connected', elapsedMs: performance.now() - from });
  } else if (order.type === 'publish') {
    tally = newTally();
    begun = performance.now();
    stop = publish(devices, order.perSecond, order.mayWait);
  } else {
    stop();
    await new Promise<void>((resolve) => {
      onIdle = resolve;
      if (tally.acknowledged === tally.sent) resolve();
    });
    const { sent, sumPowerW, latencyTenths } = tally;
    const done = { elapsedMs: performance.now() - begun, sent, acknowledged: tally.acknowledged, sumPowerW };
    answer({ type: 'stopped', ...done, latencyTenths: [...latencyTenths] });
  }
}

process.on('message', (order) => {
  obey(order as FleetOrder).catch((error: unknown) => fail((error as Error).message));
});
process.on('disconnect', () => {
  for (const { socket } of devices) socket.removeAllListeners('close').end(DISCONNECT);
  process.exit(0);
});
