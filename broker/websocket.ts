import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Server } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TlsOptions } from 'node:tls';
import { createWebSocketStream, type WebSocket, WebSocketServer } from 'ws';

const CHECK_EVERY_MS = 5_000;
const PROTOCOL_ERROR = 1_002;
const UNSUPPORTED_DATA = 1_003;

export interface WebSocketOptions {
  readonly path: string;
  readonly tls: TlsOptions | undefined;
  /** A larger message ends its connection: it would be held whole. */
  readonly maxMessageBytes: number;
  /** How long a client may take to ask for the upgrade. */
  readonly timeoutMs: number;
  onConnection(stream: Duplex, request: IncomingMessage): void;
}

function accept(socket: WebSocket, request: IncomingMessage, { onConnection }: WebSocketOptions): void {
  if (socket.protocol === '') {
    // MQTT 3.1.1, 6: the client must ask for the subprotocol.
    socket.close(PROTOCOL_ERROR, 'subprotocol mqtt expected');
    return;
  }
  const stream = createWebSocketStream(socket);
  socket.on('message', (_data, isBinary) => {
    if (isBinary) return;
    socket.close(UNSUPPORTED_DATA, 'binary frames expected');
    stream.destroy();
  });
  onConnection(stream, request);
}

/** A server of MQTT over WebSocket (MQTT 3.1.1, chapter 6), not listening yet. Throws what a bad certificate throws. */
export function webSocketServer(options: WebSocketOptions): Server {
  const { path, tls, maxMessageBytes, timeoutMs } = options;
  const times = {
    headersTimeout: timeoutMs,
    requestTimeout: timeoutMs,
    connectionsCheckingInterval: Math.min(CHECK_EVERY_MS, timeoutMs),
    noDelay: true,
  };
  const answer = (_request: IncomingMessage, response: ServerResponse): void => {
    response.writeHead(426, { upgrade: 'websocket', connection: 'close' }).end('MQTT over WebSocket only\n');
  };
  const server = tls ? createTlsServer({ ...tls, ...times }, answer) : createServer(times, answer);
  const sockets = new WebSocketServer({
    server,
    path,
    maxPayload: maxMessageBytes,
    perMessageDeflate: false,
    // Of MQTT 3.1 and 3.1.1.
    handleProtocols: (offered) => ['mqtt', 'mqttv3.1'].find((protocol) => offered.has(protocol)) ?? false,
  });
  sockets.on('connection', (socket, request) => accept(socket, request, options));
  // The server's own errors are told by its listener.
  sockets.on('error', () => {});
  return server;
}
