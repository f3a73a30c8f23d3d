import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';
import { afterEach, beforeEach } from 'vitest';
import { createIngest } from '../ingest/ingest.ts';
import { smallDirectory } from '../ingest/site.testkit.ts';
import { systemClock } from '../model/clock.ts';
import type { Log } from '../model/log.ts';
import { parseTelemetryTopic } from '../model/topics.ts';
import type { Journal } from '../store/journal/contract.ts';
import { openJournal } from '../store/journal/journal.ts';
import type { Quarantine } from '../store/quarantine/contract.ts';
import { openQuarantine } from '../store/quarantine/sqlite.ts';
import { startBroker } from './aedes.ts';
import type { Broker, BrokerOptions } from './broker.ts';

export const P1 = 'site/north/pump/p-1/telemetry';
export const P2 = 'site/north/pump/p-2/telemetry';

/** A broker with a real journal and quarantine behind it, new for each test. */
export interface KeptBroker {
  readonly dir: string;
  readonly broker: Broker;
  readonly journal: Journal;
  readonly quarantine: Quarantine;
  readonly logged: { level: string; fields: Record<string, unknown>; text: string }[];
  /** What `append` waits for before it goes to the disk; lets a test hold the disk back. */
  disk: Promise<void>;
  /** For another broker of the same kind. */
  options(more?: Partial<BrokerOptions>): BrokerOptions;
  signIn(user: string, more?: IClientOptions): Promise<MqttClient>;
  /** `power_w` of every reading in the journal. */
  powers(): unknown[];
}

/** Devices dev-1…dev-9 speak for pumps p-1…p-9, their passwords are their names; ann may listen to the whole site. */
export function keptBroker(): KeptBroker {
  const directory = smallDirectory();
  const clients: MqttClient[] = [];
  const recordingLog = (): Log => {
    const of =
      (level: string) =>
      (fields: object, text: string): void => {
        at.logged.push({ level, fields: fields as Record<string, unknown>, text });
      };
    return { debug: of('debug'), info: of('info'), warn: of('warn'), error: of('error') };
  };
  const options = (more: Partial<BrokerOptions> = {}): BrokerOptions => {
    const ingest = createIngest({
      directory,
      journal: { append: (entries) => at.disk.then(() => at.journal.append(entries)) },
      quarantine: at.quarantine,
    });
    return {
      host: '127.0.0.1',
      port: 0,
      version: 'test',
      clock: systemClock,
      log: recordingLog(),
      authenticate: async ({ user, password }) => password === `secret of ${user}`,
      isDevice: async () => false,
      mayPublish: (user, topic) => {
        const asset = parseTelemetryTopic(topic)?.asset;
        return asset === undefined || asset === user.replace('dev', 'p');
      },
      maySubscribe: (user, filter) => user === 'ann' && filter.startsWith('site/'),
      isForSubscribers: (topic) => parseTelemetryTopic(topic) !== undefined,
      accept: ingest.accept,
      refuse: ingest.refuse,
      ...more,
    };
  };
  const at = {
    options,
    signIn: async (user: string, more: IClientOptions = {}) => {
      const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${at.broker.port}`, {
        username: user,
        password: `secret of ${user}`,
        clientId: user,
        reconnectPeriod: 0,
        ...more,
      });
      clients.push(client);
      return client;
    },
    powers: () =>
      at.journal
        .read(0, 100_000)
        .map(({ entry }) => entry.type === 'reading' && entry.reading.values['power_w']),
  } as { -readonly [K in keyof KeptBroker]: KeptBroker[K] };

  beforeEach(async () => {
    at.dir = mkdtempSync(join(tmpdir(), 'steward-broker-'));
    at.journal = await openJournal({ dir: join(at.dir, 'journal') });
    at.quarantine = await openQuarantine({ dir: join(at.dir, 'quarantine') });
    at.disk = Promise.resolve();
    at.logged = [];
    at.broker = await startBroker(options());
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) client.end(true);
    await at.broker.close();
    await at.journal.close();
    await at.quarantine.close();
    rmSync(at.dir, { recursive: true });
  });
  return at;
}

export function closing(client: MqttClient): Promise<void> {
  return new Promise((resolve) => client.once('close', () => resolve()));
}

/** A promise that a test settles by hand. */
export function byHand(): {
  readonly promise: Promise<void>;
  settle: () => void;
  fail: (error: Error) => void;
} {
  let settle = (): void => {};
  let fail = (_error: Error): void => {};
  const promise = new Promise<void>((resolve, reject) => {
    settle = resolve;
    fail = reject;
  });
  promise.catch(() => {});
  return { promise, settle, fail };
}
