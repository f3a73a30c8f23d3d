/** MQTT 3.1.1 packets written by hand, so that a load generator costs next to nothing. */

export function field(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes]);
}

function packet(typeAndFlags: number, body: Buffer): Buffer {
  const header = [typeAndFlags];
  for (let left = body.length; ; left >>= 7) {
    header.push(left > 127 ? (left & 127) | 128 : left);
    if (left <= 127) return Buffer.concat([Buffer.from(header), body]);
  }
}

export function connectPacket(user: string, password: string, keepaliveS: number): Buffer {
  const CLEAN_SESSION_USER_PASSWORD = 0xc2;
  const keepalive = [keepaliveS >> 8, keepaliveS & 255];
  const head = Buffer.from([...field('MQTT'), 4, CLEAN_SESSION_USER_PASSWORD, ...keepalive]);
  return packet(0x10, Buffer.concat([head, field(user), field(user), field(password)]));
}

/** QoS 1; `topic` as {@link field} wrote it. */
export function publishPacket(topic: Buffer, id: number, payload: string): Buffer {
  return packet(0x32, Buffer.concat([topic, Buffer.from([id >> 8, id & 255]), Buffer.from(payload)]));
}

export const PINGREQ = Buffer.from([0xc0, 0]);
export const DISCONNECT = Buffer.from([0xe0, 0]);

export const CONNACK_TYPE = 0x20;
export const PUBACK_TYPE = 0x40;

/** Cuts what a broker answers to a publisher into packets: none of them has a body of more than 127 bytes. */
export function packetCutter(onPacket: (type: number, body: Buffer) => void): (data: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  return (data) => {
    const bytes = rest.length === 0 ? data : Buffer.concat([rest, data]);
    let at = 0;
    while (at + 2 <= bytes.length) {
      const end = at + 2 + bytes[at + 1]!;
      if (end > bytes.length) break;
      onPacket(bytes[at]! & 0xf0, bytes.subarray(at + 2, end));
      at = end;
    }
    rest = bytes.subarray(at);
  };
}
