import type { Socket } from 'node:net';
import type { Aedes, Client } from 'aedes';
import type { Log } from '../model/log.ts';
import type { BrokerOptions } from './broker.ts';
import type { BrokerLimits } from './limits.ts';
import { listen } from './listener.ts';
import { packetSizes } from './packet-sizes.ts';
import type { Sessions } from './sessions.ts';
import type { Traffic } from './traffic.ts';

/** Cuts a connection off as soon as a packet announces more bytes than it may have. */
function guardSizes(socket: Socket, traffic: Traffic, limit: () => number, onTooLarge: () => void): void {
  const sizes = packetSizes();
  const read = socket.read.bind(socket);
  socket.read = (size?: number) => {
    const bytes = read(size) as Buffer | null;
    if (bytes === null) return null;
    traffic.bytesReceived += bytes.length;
    if (sizes.admits(bytes, limit())) return bytes;
    onTooLarge();
    socket.destroy();
    return null;
  };
}

/** Cuts a connection off when more waits for it than may. */
function guardWaiting(socket: Socket, traffic: Traffic, limit: number, onTooMuch: () => void): void {
  const write = socket.write.bind(socket) as (...what: unknown[]) => boolean;
  socket.write = (...what: unknown[]) => {
    traffic.bytesSent += (what[0] as string | Buffer).length;
    const goesOn = write(...what);
    if (socket.writableLength > limit && !socket.destroyed) {
      onTooMuch();
      socket.destroy();
    }
    return goesOn;
  };
}

export interface AttachState {
  readonly aedes: Aedes;
  readonly sessions: Sessions;
  readonly limits: BrokerLimits;
  readonly traffic: Traffic;
  readonly log: Log;
  /** What to do with each new client of Aedes. */
  readonly prepare: (client: Client) => void;
}

/** Hands every new connection to Aedes, under guard. */
export function attach({ aedes, sessions, limits, traffic, log, prepare }: AttachState) {
  return (socket: Socket): void => {
    let client: Client | undefined;
    const limit = (): number =>
      client && sessions.of(client) ? limits.maxPacketBytes : limits.maxConnectBytes;
    guardSizes(socket, traffic, limit, () => {
      const user = client && sessions.of(client)?.user;
      const fields = { code: 'packet_too_large', user, address: socket.remoteAddress };
      log.warn(fields, `a packet of more than ${limit()} bytes: the connection is ended`);
    });
    guardWaiting(socket, traffic, limits.maxOutboundBytes, () => {
      const user = client && sessions.of(client)?.user;
      log.warn({ user }, 'a subscriber does not keep up: its connection is ended');
    });
    client = aedes.handle(socket);
    prepare(client);
  };
}

/** Throws port_taken, or config_invalid for a bad certificate; then no port is held. */
export async function startListeners(
  options: BrokerOptions,
  limits: BrokerLimits,
  onConnection: (socket: Socket) => void,
) {
  const { host, port, tls, log } = options;
  const { maxConnections } = limits;
  const plain = await listen({ host, port, maxConnections, log, onConnection });
  if (!tls) return { plain, secure: undefined };
  try {
    const secure = await listen({ host, port: tls.port, tls, maxConnections, log, onConnection });
    return { plain, secure };
  } catch (error) {
    await plain.stop();
    throw error;
  }
}
