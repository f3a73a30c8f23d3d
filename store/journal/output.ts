/** Bytes that grow as they are written; used again and again, so that a commit makes no garbage. */
export interface Output {
  /** Bytes written since the last `reset`. */
  readonly length: number;
  u16(value: number): void;
  u32(value: number): void;
  f64(value: number): void;
  text(value: string): void;
  setU32(at: number, value: number): void;
  setF64(at: number, value: number): void;
  /** What was written, not copied: valid until the next write. */
  bytes(from?: number): Buffer;
  reset(): void;
}

const FIRST_BYTES = 256 * 1024;
/** What one huge commit needed is not kept for ever. */
const KEPT_BYTES = 8 * 1024 * 1024;
const LARGEST_NUMBER_BYTES = 8;

export function createOutput(): Output {
  let buffer = Buffer.allocUnsafeSlow(FIRST_BYTES);
  let view = new DataView(buffer.buffer);
  let length = 0;

  const enlarge = (needed: number): void => {
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, buffer.length * 2));
    buffer.copy(larger, 0, 0, length);
    buffer = larger;
    view = new DataView(buffer.buffer);
  };
  const room = (bytes: number): void => {
    if (length + bytes > buffer.length) enlarge(length + bytes);
  };

  return {
    get length() {
      return length;
    },
    u16: (value) => {
      room(LARGEST_NUMBER_BYTES);
      view.setUint16(length, value, true);
      length += 2;
    },
    u32: (value) => {
      room(LARGEST_NUMBER_BYTES);
      view.setUint32(length, value, true);
      length += 4;
    },
    f64: (value) => {
      room(LARGEST_NUMBER_BYTES);
      view.setFloat64(length, value, true);
      length += 8;
    },
    text: (value) => {
      // No character of UTF-16 takes more than three bytes in UTF-8.
      room(value.length * 3);
      length += buffer.write(value, length, 'utf8');
    },
    setU32: (at, value) => view.setUint32(at, value, true),
    setF64: (at, value) => view.setFloat64(at, value, true),
    bytes: (from = 0) => buffer.subarray(from, length),
    reset: () => {
      length = 0;
      if (buffer.length > KEPT_BYTES) {
        buffer = Buffer.allocUnsafeSlow(FIRST_BYTES);
        view = new DataView(buffer.buffer);
      }
    },
  };
}
