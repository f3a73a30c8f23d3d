import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Aedes, Client } from 'aedes';
import type { Log } from '../model/log.ts';
import type { BrokerOptions } from './broker.ts';
import { tlsOptions } from './certificate.ts';
import type { BrokerLimits } from './limits.ts';
import { type Listener, type ListenerOptions, listen, type OnConnection } from './listener.ts';
import { admits, type PacketSizes, packetSizes } from './packet-sizes.ts';
import type { Sessions } from './sessions.ts';
import { addressOf } from './sign-in.ts';
import type { Traffic } from './traffic.ts';

/** What the request for an upgrade may take: Node.js bounds its headers by this. */
const MAX_UPGRADE_BYTES = 16 * 1024;

/** A stream that Aedes reads and writes, with what is known of it. */
type Guarded = Duplex & {
  /** Set by Aedes. */
  readonly client?: Client;
  readonly sizes: PacketSizes;
};

export interface AttachState {
  readonly aedes: Aedes;
  readonly sessions: Sessions;
  readonly limits: BrokerLimits;
  readonly traffic: Traffic;
  readonly log: Log;
  /** What to do with each new client of Aedes. */
  readonly prepare: (client: Client) => void;
}

/**
 * Hands every new connection to Aedes, under guard: one that announces a packet larger than it may have is cut off, and
 * one for which more waits than may. The guards are shared by all connections, so that one costs little.
 */
export function attach({ aedes, sessions, limits, traffic, log, prepare }: AttachState): OnConnection {
  const userOf = ({ client }: Guarded): string | undefined => client && sessions.of(client)?.user;
  const limitOf = (connection: Guarded): number =>
    userOf(connection) === undefined ? limits.maxConnectBytes : limits.maxPacketBytes;
  const cutOff = (connection: Guarded): void => {
    const fields = {
      code: 'packet_too_large',
      user: userOf(connection),
      address: connection.client && addressOf(connection.client),
    };
    log.warn(fields, `a packet of more than ${limitOf(connection)} bytes: the connection is ended`);
    connection.destroy();
  };
  const read = function (this: Guarded, size?: number): Buffer | null {
    const bytes = Object.getPrototypeOf(this).read.call(this, size) as Buffer | null;
    if (bytes === null) return null;
    traffic.bytesReceived += bytes.length;
    if (admits(this.sizes, bytes, limitOf(this))) return bytes;
    cutOff(this);
    return null;
  };
  const write = function (this: Guarded, ...what: readonly [Buffer | string, ...unknown[]]): boolean {
    traffic.bytesSent += what[0].length;
    const goesOn = Object.getPrototypeOf(this).write.apply(this, what) as boolean;
    if (this.writableLength > limits.maxOutboundBytes && !this.destroyed) {
      log.warn({ user: userOf(this) }, 'a subscriber does not keep up: its connection is ended');
      this.destroy();
    }
    return goesOn;
  };
  return (stream, request) => {
    Object.assign(stream, { sizes: packetSizes(), read, write });
    const client = aedes.handle(stream, request);
    prepare(client);
    if (request) boundBeforeSignIn(request.socket, limits, () => userOf(stream as Guarded) !== undefined);
  };
}

/** A WebSocket frame is held whole before a packet is seen in it: before sign-in its bytes are counted. */
function boundBeforeSignIn(socket: Socket, limits: BrokerLimits, isSignedIn: () => boolean): void {
  const look = (): void => {
    if (isSignedIn()) socket.off('data', look);
    else if (socket.bytesRead > limits.maxConnectBytes + MAX_UPGRADE_BYTES) socket.destroy();
  };
  socket.on('data', look);
}

/** The listeners that the options ask for. Throws port_taken, or config_invalid for a bad certificate; then no port is held. */
export async function startListeners(
  { host, port, tls, webSocket, log }: BrokerOptions,
  limits: BrokerLimits,
  onConnection: OnConnection,
) {
  const common = { ...limits, host, log, onConnection };
  const secured = tls && tlsOptions(tls);
  const started: Listener[] = [];
  const start = async (
    options: Pick<ListenerOptions, 'port' | 'tls' | 'webSocketPath'>,
  ): Promise<Listener> => {
    const listener = await listen({ ...common, ...options });
    started.push(listener);
    return listener;
  };
  try {
    return {
      plain: await start({ port }),
      secure: tls && (await start({ port: tls.port, tls: secured })),
      webSocket:
        webSocket && (await start({ port: webSocket.port, tls: secured, webSocketPath: webSocket.path })),
    };
  } catch (error) {
    await Promise.all(started.map((listener) => listener.stop()));
    throw error;
  }
}
