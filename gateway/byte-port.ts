/** A serial line as a stream of bytes: what the Modbus master needs of it. */
export interface BytePort {
  /** Rejects when the line is gone. */
  write(bytes: Uint8Array): Promise<void>;
  /** There is one listener at a time. */
  onData(listener: (bytes: Buffer) => void): void;
  /** Aborted when the line is gone, unplugged or closed, with an Error that says why. */
  readonly gone: AbortSignal;
  /** Resolves when the operating system has it back; closing what is gone is fine. */
  close(): Promise<void>;
}
