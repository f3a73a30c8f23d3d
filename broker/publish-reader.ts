import type { IPublishPacket, Packet } from 'mqtt-packet';

/** What mqtt-packet 9.0.2 keeps to itself: the packet in hand, of length −1 until that is known, and its bytes. */
export interface PacketParser extends NodeJS.EventEmitter {
  readonly settings: { readonly protocolVersion?: number };
  readonly packet: { readonly cmd: Packet['cmd'] | null; readonly length: number };
  readonly error: Error | null;
  readonly _list: { readonly length: number };
  parse(bytes: Buffer): number;
}

const PUBLISH = 3;
const MAX_LENGTH_BYTES = 4;

/**
 * Where the packet that begins at `at` ends, which may be beyond the bytes that are there; undefined when its length is
 * not all there, or is none. A fixed header is a byte of type and flags and one to four bytes of remaining length,
 * 7 bits each, least significant first (MQTT 3.1.1, 2.2.3).
 */
function endOf(bytes: Buffer, at: number): number | undefined {
  let length = 0;
  for (let i = 0; i < MAX_LENGTH_BYTES; i++) {
    const byte = bytes[at + 1 + i];
    if (byte === undefined) return undefined;
    length += (byte & 0x7f) * 128 ** i;
    if (byte < 0x80) return at + 2 + i + length;
  }
  return undefined;
}

/** The whole PUBLISH of QoS 0 or 1 between `at` and `end`; undefined when it is another packet, or not as it should be. */
function readPublish(bytes: Buffer, at: number, end: number): IPublishPacket | undefined {
  const header = bytes[at]!;
  const qos = (header >> 1) & 3;
  if (header >> 4 !== PUBLISH || qos > 1) return undefined;
  let topicAt = at + 2;
  while (bytes[topicAt - 1]! >= 0x80) topicAt++;
  const length = end - topicAt;
  if (length < 2) return undefined;
  const topicEnd = topicAt + 2 + bytes.readUInt16BE(topicAt);
  const payloadAt = topicEnd + 2 * qos;
  if (payloadAt > end) return undefined;
  const packet: IPublishPacket = {
    cmd: 'publish',
    retain: (header & 1) !== 0,
    qos: qos as 0 | 1,
    dup: (header & 8) !== 0,
    length,
    topic: bytes.toString('utf8', topicAt + 2, topicEnd),
    payload: bytes.subarray(payloadAt, end),
  };
  if (qos > 0) packet.messageId = bytes.readUInt16BE(topicEnd);
  return packet;
}

/** How many of the bytes from `at` on belong to the packet that the parser has begun. */
function missingBytes({ packet, _list }: PacketParser): number {
  return packet.length === -1 ? 1 : Math.max(1, packet.length - _list.length);
}

/**
 * Stands before `parse` of mqtt-packet: messages of QoS 0 and 1 that are whole, which is nearly all that a broker reads, are
 * read in one go, and mqtt-packet gets everything else, packet by packet. It goes through each in steps, with a list of
 * buffers and a dozen lines for a debug log, which costs several times as much.
 */
export function readAhead(parse: PacketParser['parse']): PacketParser['parse'] {
  return function (this: PacketParser, bytes) {
    let at = 0;
    while (at < bytes.length && !this.error) {
      let end: number | undefined;
      if (this.packet.cmd === null && this._list.length === 0) {
        end = endOf(bytes, at);
        const isWhole = end !== undefined && end <= bytes.length && this.settings.protocolVersion !== 5;
        const packet = isWhole ? readPublish(bytes, at, end!) : undefined;
        if (packet) {
          at = end!;
          this.emit('packet', packet);
          continue;
        }
      } else end = at + missingBytes(this);
      end = Math.min(end ?? bytes.length, bytes.length);
      parse.call(this, bytes.subarray(at, end));
      at = end;
    }
    return this._list.length;
  };
}
