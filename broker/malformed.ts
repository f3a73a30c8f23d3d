import type { IConnectPacket, ISubscribePacket, IUnsubscribePacket, Packet } from 'mqtt-packet';
import { parseTelemetryTopic } from '../model/topics.ts';
import { isFilter, isShared } from './filters.ts';

/** As mqtt-packet says it of levels that it does not know. */
export const WRONG_VERSION = 'Invalid protocol version';
const NO_MESSAGE_ID = 'no message id, or 0 (2.3.1)';
/** What the two bits can hold besides the three that there are. */
const WRONG_QOS: number = 3;

/** mqtt-packet gives −1 where there are no bytes for one. */
const isMessageId = (id: number | undefined): boolean => id !== undefined && id > 0;

/** Control characters, non-characters, and the replacement character, which bytes that are no UTF-8 have become. */
function isForbidden(code: number): boolean {
  if (code < 0x20 || (code >= 0x7f && code <= 0x9f)) return true;
  return code >= 0xfffd || (code >= 0xfdd0 && code <= 0xfdef);
}

/** MQTT 3.1.1, 1.5.3: what is no UTF-8 or holds U+0000 must be refused, and what holds the others may be. */
function isBad(text: string | undefined): boolean {
  for (let i = 0; i < (text?.length ?? 0); i++) if (isForbidden(text!.charCodeAt(i))) return true;
  return false;
}

function connectFlaw(packet: IConnectPacket): string | undefined {
  const { username, password, will, clientId, protocolId, protocolVersion } = packet;
  // mqtt-packet knows the names and the levels, not which go together.
  if ((protocolId === 'MQIsdp') !== (protocolVersion === 3)) return WRONG_VERSION;
  if (isBad(username) || isBad(clientId) || isBad(will?.topic)) return 'a control character in a name';
  if (will?.qos === WRONG_QOS) return 'a will of QoS 3 (3.1.2.6)';
  if (password && username === undefined && protocolVersion !== 5)
    return 'a password without a name (3.1.2.9)';
  return undefined;
}

function filtersFlaw(messageId: number | undefined, filters: readonly string[]): string | undefined {
  if (!isMessageId(messageId)) return NO_MESSAGE_ID;
  if (filters.length === 0) return 'no filter (3.8.3, 3.10.3)';
  const wrong = filters.some((filter) => isBad(filter) || !(isFilter(filter) || isShared(filter)));
  return wrong ? 'a filter that is none (4.7)' : undefined;
}

function publishFlaw({
  topic,
  qos,
  dup,
  messageId,
}: Extract<Packet, { cmd: 'publish' }>): string | undefined {
  const isTopic =
    parseTelemetryTopic(topic) !== undefined || !(isBad(topic) || topic === '' || /[+#]/.test(topic));
  if (!isTopic) return 'a topic that is none (3.3.2.1)';
  if (qos === 0 && dup) return 'DUP with QoS 0 (3.3.1.1)';
  if (qos > 0 && !isMessageId(messageId)) return NO_MESSAGE_ID;
  return undefined;
}

/** Bytes after what a packet says are told by where its reader stopped. */
function lengthFlaw({ cmd, length = 0 }: Packet, readBytes: number): string | undefined {
  // What follows the header of a message is its payload.
  if (cmd === 'publish' || length === readBytes) return undefined;
  return `a length of ${length} that does not fit its packet`;
}

/**
 * What is wrong with a packet of MQTT 3.1 or 3.1.1 although mqtt-packet could read it; undefined when nothing is.
 * `readBytes`: how much of its variable header and payload was understood.
 */
export function flawOf(packet: Packet, readBytes: number): string | undefined {
  const flaw = lengthFlaw(packet, readBytes);
  if (flaw) return flaw;
  switch (packet.cmd) {
    case 'connect':
      return connectFlaw(packet);
    case 'publish':
      return publishFlaw(packet);
    case 'subscribe':
      return filtersFlaw(
        packet.messageId,
        (packet as ISubscribePacket).subscriptions.map(({ topic }) => topic),
      );
    case 'unsubscribe':
      return filtersFlaw(packet.messageId, (packet as IUnsubscribePacket).unsubscriptions);
    case 'puback':
    case 'pubrec':
    case 'pubrel':
    case 'pubcomp':
      return isMessageId(packet.messageId) ? undefined : NO_MESSAGE_ID;
    case 'pingreq':
    case 'disconnect':
      return undefined;
    default:
      return `${packet.cmd} is not for a broker`;
  }
}
