import type { IncomingMessage } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { StewardError } from '../model/codes.ts';
import type { Log } from '../model/log.ts';
import { webSocketServer } from './websocket.ts';

/** A peer that vanished without a word is noticed by the system after this, also when it asked for no keep-alive. */
const TCP_KEEPALIVE_MS = 60_000;

/** The request is there when MQTT comes over WebSocket. */
export type OnConnection = (stream: Duplex, request?: IncomingMessage) => void;

export interface ListenerOptions {
  readonly host: string;
  readonly port: number;
  readonly tls?: TlsOptions | undefined;
  /** MQTT over WebSocket under this path, in place of TCP. */
  readonly webSocketPath?: string;
  readonly maxPacketBytes: number;
  readonly maxConnections: number;
  readonly connectTimeoutMs: number;
  readonly log: Log;
  readonly onConnection: OnConnection;
}

export interface Listener {
  readonly port: number;
  /** Takes no more connections; resolves when the port is free, which is after the last connection ended. */
  stop(): Promise<void>;
  /** Cuts every connection. */
  endAll(): void;
}

function listeningError(error: NodeJS.ErrnoException, host: string, port: number): StewardError {
  const place = `${host}:${port}`;
  if (error.code === 'EADDRINUSE') {
    const detail = `${place} is taken by another program; stop it, or choose another port for MQTT`;
    return new StewardError('port_taken', detail, { cause: error });
  }
  return new StewardError('port_taken', `${place} cannot be listened on: ${error.message}`, { cause: error });
}

/** Throws port_taken when the port cannot be had, config_invalid when certificate and key are none. */
export async function listen(options: ListenerOptions): Promise<Listener> {
  const { host, port, log } = options;
  const sockets = new Set<Socket>();
  const forget = function (this: Socket): void {
    sockets.delete(this);
  };
  const server = serverOf(options);
  // For TLS too this is the bare connection, before any handshake: none is forgotten at the end.
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', forget);
    socket.setKeepAlive(true, TCP_KEEPALIVE_MS);
  });
  server.on('tlsClientError', (error) => log.debug({ error }, 'a TLS connection failed'));
  server.maxConnections = options.maxConnections;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(listeningError(error, host, port)));
    server.listen(port, host, resolve);
  });
  server.on('error', (error) => log.error({ error }, 'the MQTT listener failed'));
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
    endAll: () => {
      for (const socket of sockets) socket.destroy();
    },
  };
}

function serverOf(options: ListenerOptions): Server {
  const { tls, webSocketPath, maxPacketBytes, connectTimeoutMs, onConnection } = options;
  try {
    if (webSocketPath !== undefined) {
      const limits = { maxMessageBytes: maxPacketBytes, timeoutMs: connectTimeoutMs };
      return webSocketServer({ path: webSocketPath, tls, ...limits, onConnection });
    }
    if (!tls) return createServer({ noDelay: true }, (socket) => onConnection(socket));
    return createTlsServer({ ...tls, noDelay: true }, (socket) => onConnection(socket));
  } catch (error) {
    const detail = `the TLS certificate or key of MQTT: ${(error as Error).message}`;
    throw new StewardError('config_invalid', detail, { cause: error });
  }
}
