import { createServer, type Server } from 'node:net';
import { Aedes, type AuthenticateError, type Client, type PublishPacket } from 'aedes';

export interface Arrived {
  readonly client: string;
  readonly topic: string;
  readonly payload: string;
}

/** A real Aedes on a loopback port that writes down what it takes, and can be told to misbehave. */
export interface TestBroker {
  readonly url: string;
  readonly port: number;
  readonly arrived: Arrived[];
  /** Open TCP connections. */
  connected(): Promise<number>;
  /** Devices whose password is wrong. */
  readonly refused: Set<string>;
  /** Called for each message that was taken; `lose` = the connection breaks before the PUBACK, `hold` = no PUBACK. */
  onPublish(arrived: Arrived): 'acknowledge' | 'lose' | 'hold';
  /** Breaks every connection. */
  cut(): void;
  close(): Promise<void>;
}

const wrongPassword = (): AuthenticateError =>
  Object.assign(new Error('wrong password'), { returnCode: 4 }) as AuthenticateError;

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
  });
}

/** Port 0 = any free one. */
export async function testBroker(port = 0): Promise<TestBroker> {
  const clients = new Map<string, Client>();
  const broker: TestBroker = {
    url: '',
    port: 0,
    arrived: [],
    refused: new Set(),
    connected: () => new Promise((resolve) => server.getConnections((_, count) => resolve(count))),
    onPublish: () => 'acknowledge',
    cut: () => {
      for (const client of clients.values()) client.conn.destroy();
    },
    close: async () => {
      await new Promise<void>((resolve) => aedes.close(resolve));
      await new Promise((resolve) => server.close(resolve));
    },
  };
  const aedes = await Aedes.createBroker({
    maxClientsIdLength: 64,
    authenticate: (client, user, password, done) => {
      if (broker.refused.has(client.id)) return done(wrongPassword(), null);
      done(null, user === client.id && password?.toString() === `secret of ${client.id}`);
    },
    authorizePublish: (client, packet: PublishPacket, done) => {
      if (!client) return done(null);
      const arrived = { client: client.id, topic: packet.topic, payload: packet.payload.toString() };
      broker.arrived.push(arrived);
      const fate = broker.onPublish(arrived);
      if (fate === 'acknowledge') done(null);
      else if (fate === 'lose') client.conn.destroy();
    },
  });
  aedes.on('clientReady', (client) => clients.set(client.id, client));
  aedes.on('clientDisconnect', (client) => {
    if (clients.get(client.id) === client) clients.delete(client.id);
  });
  const server = createServer(aedes.handle);
  const bound = await listen(server, port);
  return Object.assign(broker, { url: `mqtt://127.0.0.1:${bound}`, port: bound });
}

export const credentials = (device: string): { user: string; password: string } => ({
  user: device,
  password: `secret of ${device}`,
});
