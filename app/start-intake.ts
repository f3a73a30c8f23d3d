import { readFileSync } from 'node:fs';
import { startBroker } from '../broker/aedes.ts';
import type { Broker, BrokerOptions, BrokerTls } from '../broker/broker.ts';
import type { MqttPort } from '../broker/link.ts';
import { createIngest, type Ingest } from '../ingest/ingest.ts';
import { type SeriesWriter, startSeriesWriter } from '../ingest/series-writer.ts';
import { systemClock } from '../model/clock.ts';
import type { RawMessage } from '../model/reading.ts';
import { parseTelemetryTopic } from '../model/topics.ts';
import { openSqliteMqttState } from '../store/mqtt-state/sqlite.ts';
import { type Access, createAccess } from './access.ts';
import type { Closing } from './closing.ts';
import type { Config } from './config-schema.ts';
import { watchCredentialChanges } from './credential-changes.ts';
import type { House } from './house.ts';
import { brokerLimits } from './mqtt-schema.ts';
import { version } from './paths.ts';
import { linkTo } from './start-link.ts';

/** How long a stop waits for the series engine to take what the journal holds; the rest waits in the journal. */
const STORE_AT_CLOSE_MS = 5_000;
const CREDENTIALS_EVERY_MS = 60_000;

export interface Intake {
  /** The embedded broker, or the link to an outside one. */
  readonly broker: MqttPort;
  /** Undefined when the broker is an outside one. */
  readonly ownBroker: Broker | undefined;
  readonly ingest: Ingest;
  readonly writer: SeriesWriter;
  readonly access: Access;
  readonly url: string;
}

type Doors = Pick<BrokerOptions, 'accept' | 'refuse'>;

function readTls({
  port,
  cert,
  key,
  ca,
  client_certificates,
}: NonNullable<Config['mqtt']['tls']>): BrokerTls {
  return {
    port,
    cert: readFileSync(cert),
    key: readFileSync(key),
    ...(ca === undefined ? {} : { ca: readFileSync(ca) }),
    clientCertificates: client_certificates,
  };
}

async function startOwnBroker(
  { config, folder, log }: House['options'],
  access: Access,
  doors: Doors,
  closing: Closing,
) {
  const { host, port, tls, websocket, limits } = config.mqtt;
  const state = closing.own('MQTT state', openSqliteMqttState({ file: folder.at('mqtt.sqlite'), log }));
  const broker = await startBroker({
    host,
    port,
    ...(tls ? { tls: readTls(tls) } : {}),
    ...(websocket ? { webSocket: websocket } : {}),
    clock: systemClock,
    log,
    version,
    state,
    limits: brokerLimits(limits),
    authenticate: ({ user, password }) => access.authenticate(user, password),
    isDevice: access.isDevice,
    mayPublish: access.mayPublish,
    maySubscribe: access.maySubscribe,
    isForSubscribers: (topic) => parseTelemetryTopic(topic) !== undefined,
    ...doors,
  });
  access.onRevoked((user) => {
    log.info({ user }, 'its credentials have changed: its connections are ended');
    broker.revoke(user).catch((error: unknown) => log.error({ user, error }, 'could not be disconnected'));
  });
  return broker;
}

/** Looks at the credentials again when `steward devices` says so, and now and then for whatever else changes them. */
function followCredentials({ folder, log }: House['options'], access: Access, closing: Closing): void {
  const look = (): void => {
    access
      .reload()
      .catch((error: unknown) => log.error({ error }, 'devices and users could not be read again'));
  };
  const unwatch = watchCredentialChanges(folder.path, look);
  const timer = setInterval(look, CREDENTIALS_EVERY_MS);
  closing.add('credentials', () => {
    unwatch();
    clearInterval(timer);
  });
}

/** The way of a reading: broker → ingest → journal, and from there the series engine. */
export async function startIntake(house: House, closing: Closing): Promise<Intake> {
  const { directory, journal, quarantine, series, records, trace, options } = house;
  const { log, config } = options;
  const ingest = createIngest({ directory, journal, quarantine, log });
  const writer = await startSeriesWriter({ journal, series, quarantine, clock: systemClock, log });
  closing.add('series writer', async () => {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, STORE_AT_CLOSE_MS);
    });
    await Promise.race([writer.caughtUp(journal.head()), late]);
    clearTimeout(timer);
    await writer.stop();
  });
  const access = await createAccess(records, directory, systemClock.now);
  const inItsTime = (message: RawMessage): RawMessage =>
    house.simulatedTime?.devices.has(message.client)
      ? { ...message, received: house.simulatedTime.at }
      : message;
  const followed = (message: RawMessage, take: () => Promise<void>): Promise<void> => {
    if (!trace) return take();
    trace.received(message);
    return take().then(() => trace.acknowledged(message));
  };
  const doors: Doors = {
    accept: (message) => followed(message, () => ingest.accept(inItsTime(message))),
    refuse: (message, code, detail) =>
      followed(message, () => ingest.refuse(inItsTime(message), code, detail)),
  };
  followCredentials(options, access, closing);
  const { link } = config.mqtt;
  const own = link ? undefined : await startOwnBroker(options, access, doors, closing);
  const broker = own ?? linkTo(link!, options, doors.accept);
  house.broker = broker;
  closing.add('broker', async () => {
    house.broker = undefined;
    await broker.close();
  });
  const { host } = config.mqtt;
  const url = own ? `mqtt://${host === '0.0.0.0' ? '127.0.0.1' : host}:${own.port}` : link!.url;
  return { broker, ownBroker: own, ingest, writer, access, url };
}
