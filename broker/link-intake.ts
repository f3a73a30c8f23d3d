import type { IPublishPacket, MqttClient } from 'mqtt';
import type { Clock } from '../model/clock.ts';
import type { Log } from '../model/log.ts';
import type { RawMessage } from '../model/reading.ts';
import { ackLine, standInLine } from './ack-line.ts';
import { type EndConnection, KEEPALIVE_S } from './link-connection.ts';

/** What the outside broker let through comes in under this name: it, not Steward, knows who sent it. */
export const LINK_CLIENT = 'link';

const PING_WHILE_STALLED_MS = (KEEPALIVE_S * 1_000) / 2;
/** Type and flags, and the length of what follows: the same in MQTT 3.1.1, and in 5 for success without properties. */
const PUBACK_HEADER = [0x40, 2] as const;

/** For the callback of `handleMessage`: an error there means no PUBACK now, and the next packet please. */
const WITHHELD = new Error('acknowledged when it is durable');

export interface LinkIntakeOptions {
  /** Messages whose outcome is not known; when there are so many, nothing more is read. */
  readonly maxUnsettled: number;
  readonly clock: Clock;
  readonly log: Log;
  readonly nextMessageId: () => string;
  /** What resolves is acknowledged; what rejects is not, and its connection is ended so that it comes again. */
  accept(message: RawMessage): Promise<void>;
}

export interface LinkIntake {
  attach(client: MqttClient, end: EndConnection): void;
  unsettled(): number;
  /** Takes nothing more; resolves when every outcome is known and told. */
  finish(): Promise<void>;
}

/** Sends the acknowledgements of one turn of the event loop in one write. */
function pubacks(client: MqttClient): (messageId: number) => void {
  let bytes: number[] = [];
  const flush = (): void => {
    if (!client.stream.destroyed) client.stream.write(Buffer.from(bytes));
    bytes = [];
  };
  return (messageId) => {
    if (bytes.length === 0) setImmediate(flush);
    bytes.push(...PUBACK_HEADER, messageId >> 8, messageId & 255);
  };
}

/** While a client reads nothing it does not see PINGRESP either, and would take the broker for dead. */
function keepAlive(client: MqttClient): { stop(): void } {
  const timer = setInterval(() => {
    client.sendPing();
    client.reschedulePing(true);
  }, PING_WHILE_STALLED_MS);
  return { stop: () => clearInterval(timer) };
}

function bytesOf({ payload }: IPublishPacket): Uint8Array {
  return typeof payload === 'string' ? Buffer.from(payload) : payload;
}

/**
 * Takes messages as they come, many at a time, and acknowledges each when it is durable, in the order of arrival
 * (MQTT 4.6). `customHandleAcks` of mqtt.js would read the next message only after the PUBACK of the one before.
 */
export function createLinkIntake(options: LinkIntakeOptions): LinkIntake {
  const { maxUnsettled, clock, log, nextMessageId, accept } = options;
  /** Of all connections: what one left behind must not let the next one pile up more. */
  let unsettled = 0;
  let stalled: (() => void)[] = [];
  let whenNone: (() => void) | undefined;
  let isFinishing = false;

  const settled = (): void => {
    unsettled--;
    if (unsettled === 0) whenNone?.();
    if (stalled.length === 0) return;
    const resumed = stalled;
    stalled = [];
    for (const resume of resumed) resume();
  };

  const attach = (client: MqttClient, end: EndConnection): void => {
    const line = ackLine();
    const acknowledge = pubacks(client);
    let isLive = true;
    let keeping: { stop(): void } | undefined;
    client.once('close', () => {
      isLive = false;
      keeping?.stop();
    });

    const failed = (message: string, qos: number, error: Error): void => {
      log.error(
        { message, client: LINK_CLIENT, error },
        'a message could not be kept: it is not acknowledged',
      );
      if (qos === 0) return;
      isLive = false;
      end(error);
    };
    const take = (packet: IPublishPacket): void => {
      const { topic, qos, messageId = 0 } = packet;
      const id = nextMessageId();
      unsettled++;
      // What the broker retained was measured nobody knows when, and was heard when it was new.
      const outcome = packet.retain
        ? Promise.resolve()
        : accept({ id, topic, payload: bytesOf(packet), client: LINK_CLIENT, received: clock.now() });
      standInLine(line, outcome, (error) => {
        if (isLive && error) failed(id, qos, error);
        else if (isLive && qos === 1) acknowledge(messageId);
        settled();
      });
    };
    client.handleMessage = (packet, next) => {
      if (!isLive || isFinishing) return next(WITHHELD);
      take(packet);
      const goOn = (): void => {
        if (unsettled >= maxUnsettled && isLive) {
          keeping ??= keepAlive(client);
          stalled.push(goOn);
          return;
        }
        keeping?.stop();
        keeping = undefined;
        next(WITHHELD);
      };
      goOn();
    };
  };

  return {
    attach,
    unsettled: () => unsettled,
    finish: () => {
      isFinishing = true;
      return new Promise((resolve) => {
        // The last acknowledgements are written at the end of this turn of the event loop.
        whenNone = () => setImmediate(resolve);
        if (unsettled === 0) whenNone();
      });
    },
  };
}
