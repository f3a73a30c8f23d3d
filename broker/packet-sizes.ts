/**
 * Watches the sizes of MQTT packets in a stream of bytes without keeping any of it. A fixed header is one byte of type
 * and flags and one to four bytes of remaining length, 7 bits each, least significant first (MQTT 3.1.1, 2.2.3).
 */
export interface PacketSizes {
  /** False as soon as a packet announces more than `limit` bytes, or a length that is none. */
  admits(bytes: Uint8Array, limit: number): boolean;
}

export function packetSizes(): PacketSizes {
  /** Bytes of the packet in hand that are still to come. */
  let remaining = 0;
  /** Bytes of its length seen so far; −1 = the type byte comes next. */
  let lengthBytes = -1;
  let length = 0;
  return {
    admits: (bytes, limit) => {
      for (let i = 0; i < bytes.length; ) {
        if (remaining > 0) {
          const skipped = Math.min(remaining, bytes.length - i);
          remaining -= skipped;
          i += skipped;
          continue;
        }
        const byte = bytes[i++]!;
        if (lengthBytes === -1) {
          lengthBytes = 0;
          length = 0;
          continue;
        }
        length += (byte & 0x7f) * 128 ** lengthBytes++;
        if (length > limit || lengthBytes > 4) return false;
        if ((byte & 0x80) === 0) {
          remaining = length;
          lengthBytes = -1;
        }
      }
      return true;
    },
  };
}
