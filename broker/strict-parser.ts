import type { Client } from 'aedes';
import type { IPublishPacket, Packet } from 'mqtt-packet';
import { flawOf, WRONG_VERSION } from './malformed.ts';
import type { Outbox } from './outbox.ts';
import { type PacketParser, readAhead } from './publish-reader.ts';
import type { Subscriber } from './subscriber.ts';
import type { Traffic } from './traffic.ts';

/** What Aedes 1.2.0 and mqtt-packet 9.0.2 keep to themselves. */
interface Parser extends PacketParser {
  readonly client: ConnectionOf;
  readonly _pos: number;
  _emitError(error: Error): void;
}
type ConnectionOf = Client & { readonly _parser: Parser };
type OnPacket = (this: Parser, packet: Packet) => void;

/** CONNACK 1: unacceptable protocol version (MQTT 3.1.1, 3.1.2.2). */
const CONNACK_WRONG_VERSION = Buffer.from([0x20, 2, 0, 1]);

export interface StrictParserOptions {
  readonly outbox: Outbox;
  readonly traffic: Traffic;
  subscriberOf(client: Client): Subscriber | undefined;
  onMalformed(client: Client, flaw: string): void;
  /** Takes a message that need not go through Aedes; false when it must. */
  takeTelemetry(client: Client, packet: IPublishPacket): boolean;
}

/** A client says CONNECT once, and first (MQTT 3.1.1, 3.1). */
function turnFlaw({ connecting, connected }: Client, { cmd }: Packet): string | undefined {
  const isIn = connecting || connected;
  if (isIn === (cmd !== 'connect')) return undefined;
  return isIn ? 'a second CONNECT (3.1.0)' : `${cmd} before CONNECT (3.1.0)`;
}

/** An acknowledgement that is not the next step of a message under way (MQTT 3.1.1, 4.3). */
function stepFlaw(packet: Packet, subscriber: Subscriber | undefined): string | undefined {
  const { cmd } = packet;
  if (cmd !== 'puback' && cmd !== 'pubrec' && cmd !== 'pubcomp') return undefined;
  const message = subscriber?.inFlight.get(packet.messageId!);
  // Unknown ones are answered or ignored: they may be of before.
  if (!message) return undefined;
  const expected = message.qos === 1 ? ['puback'] : message.released ? ['pubcomp', 'pubrec'] : ['pubrec'];
  return expected.includes(cmd) ? undefined : `${cmd} where ${expected[0]} is the next step (4.3)`;
}

/**
 * Stands between the parser of a connection and Aedes, which takes what MQTT forbids. Returns what to do with each
 * new client; the functions are shared by all of them, so that a connection costs nothing.
 */
export function strictParser(options: StrictParserOptions) {
  const { outbox, traffic, subscriberOf, onMalformed, takeTelemetry } = options;
  let enqueue: OnPacket | undefined;
  let parse: Parser['parse'] | undefined;
  const onPacket: OnPacket = function (packet) {
    const subscriber = subscriberOf(this.client);
    const flaw = flawOf(packet, this._pos) ?? turnFlaw(this.client, packet) ?? stepFlaw(packet, subscriber);
    if (flaw !== undefined) {
      this._emitError(new Error(flaw));
      return;
    }
    if (packet.cmd === 'publish') {
      traffic.messagesReceived++;
      if (takeTelemetry(this.client, packet)) return;
    }
    if (packet.cmd === 'pubrec' && subscriber) outbox.released(subscriber, packet.messageId!);
    enqueue?.call(this, packet);
  };
  const onError = function (this: Parser, error: Error): void {
    if (!this.client.connected && error.message === WRONG_VERSION) {
      this.client.conn.write(CONNACK_WRONG_VERSION);
    }
    onMalformed(this.client, error.message);
  };
  return (client: Client): void => {
    const { _parser: parser } = client as ConnectionOf;
    enqueue ??= parser.listeners('packet')[0] as OnPacket;
    parse ??= readAhead(parser.parse);
    parser.parse = parse;
    parser.removeAllListeners('packet');
    parser.on('packet', onPacket);
    parser.prependListener('error', onError);
  };
}
