/** Where a stream of MQTT packets is, to watch their sizes without keeping any of it. */
export interface PacketSizes {
  /** Bytes of the packet in hand that are still to come. */
  remaining: number;
  /** Bytes of its length seen so far; −1 = the type byte comes next. */
  lengthBytes: number;
  length: number;
}

export function packetSizes(): PacketSizes {
  return { remaining: 0, lengthBytes: -1, length: 0 };
}

/**
 * False as soon as a packet announces more than `limit` bytes, or a length that is none. A fixed header is one byte of
 * type and flags and one to four bytes of remaining length, 7 bits each, least significant first (MQTT 3.1.1, 2.2.3).
 */
export function admits(sizes: PacketSizes, bytes: Uint8Array, limit: number): boolean {
  for (let i = 0; i < bytes.length; ) {
    if (sizes.remaining > 0) {
      const skipped = Math.min(sizes.remaining, bytes.length - i);
      sizes.remaining -= skipped;
      i += skipped;
      continue;
    }
    const byte = bytes[i++]!;
    if (sizes.lengthBytes === -1) {
      sizes.lengthBytes = 0;
      sizes.length = 0;
      continue;
    }
    sizes.length += (byte & 0x7f) * 128 ** sizes.lengthBytes++;
    if (sizes.length > limit || sizes.lengthBytes > 4) return false;
    if ((byte & 0x80) === 0) {
      sizes.remaining = sizes.length;
      sizes.lengthBytes = -1;
    }
  }
  return true;
}
