import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect } from 'vitest';
import type { BrokerOptions } from '../broker/broker.ts';
import {
  connectPacket,
  type OpenBroker,
  openBroker,
  type RawClient,
  rawClient,
} from '../broker/raw.testkit.ts';
import { silentLog } from '../model/log.ts';
import type { MqttState } from '../store/mqtt-state/contract.ts';
import { openSqliteMqttState } from '../store/mqtt-state/sqlite.ts';

/** A broker that keeps its state in a folder, and those who sign in to it; gone after each test. */
export interface BrokerStage {
  broker(): OpenBroker;
  start(more?: Partial<BrokerOptions>): Promise<void>;
  restart(more?: Partial<BrokerOptions>): Promise<void>;
  connect(): Promise<RawClient>;
  /** Signs in and says whether its session was there. */
  signIn(user: string, more?: object): Promise<RawClient & { readonly present: boolean }>;
  leave(client: RawClient): Promise<void>;
  published(...payloads: readonly string[]): Promise<void>;
}

export async function answered(client: RawClient): Promise<void> {
  client.send({ cmd: 'pingreq' });
  await client.next('pingresp');
}

export const heardBy = (client: RawClient): string[] =>
  client.received.flatMap((packet) => (packet.cmd === 'publish' ? [String(packet.payload)] : []));

/** Call it where tests are described: it takes part in their beginning and end. */
export function brokerStage(): BrokerStage {
  let dir: string;
  let state: MqttState;
  let broker: OpenBroker;
  const clients: RawClient[] = [];
  const start: BrokerStage['start'] = async (more = {}) => {
    state = openSqliteMqttState({ file: join(dir, 'mqtt.sqlite'), log: silentLog });
    broker = await openBroker({ state, ...more, limits: { closeTimeoutMs: 100, ...more.limits } });
  };
  const stop = async (): Promise<void> => {
    for (const { socket } of clients.splice(0)) socket.destroy();
    await broker.close();
    await state.close();
  };
  const connect = async (): Promise<RawClient> => {
    const client = await rawClient(broker.port);
    clients.push(client);
    return client;
  };
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'steward-sessions-'));
  });
  afterEach(async () => {
    await stop();
    rmSync(dir, { recursive: true });
  });
  return {
    broker: () => broker,
    start,
    restart: async (more) => {
      await stop();
      await start(more);
    },
    connect,
    signIn: async (user, more = {}) => {
      const client = await connect();
      client.send(connectPacket(user, { clean: false, ...more }));
      const { returnCode, sessionPresent } = await client.next('connack');
      expect(returnCode).toBe(0);
      return { ...client, present: sessionPresent };
    },
    leave: async (client) => {
      client.socket.destroy();
      await client.closed;
      await expect.poll(() => broker.connected()).not.toContain('ann');
    },
    published: async (...payloads) => {
      for (const payload of payloads) await broker.publish('site/north/x', payload);
    },
  };
}
