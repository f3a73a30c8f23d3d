import { SerialPort } from 'serialport';
import { StewardError } from '../model/codes.ts';
import type { BytePort } from './byte-port.ts';
import type { LineConfig } from './config.ts';

/** What the operating system says, with what an installer can do about it. */
function advice(message: string): string {
  if (/no such file/i.test(message)) return 'is the adapter plugged in? ls -l /dev/serial/by-id';
  if (/permission denied/i.test(message)) return "add Steward's user to the group dialout";
  if (/lock|busy|temporarily unavailable/i.test(message)) return 'another program has it open';
  return '';
}

/** Opens a serial line. Throws serial_unavailable, saying what can be done. */
export function openSerialLine(line: LineConfig): Promise<BytePort> {
  const { path, baud_rate, data_bits, parity, stop_bits } = line;
  const port = new SerialPort({
    path,
    baudRate: baud_rate,
    dataBits: data_bits,
    parity,
    stopBits: stop_bits,
    autoOpen: false,
  });
  const gone = new AbortController();
  let listener: (bytes: Buffer) => void = () => {};
  port.on('data', (bytes: Buffer) => listener(bytes));
  port.on('error', (error) => gone.abort(error));
  port.on('close', (error: Error | null) => gone.abort(error ?? new Error('closed')));
  const opened: BytePort = {
    write: (bytes) =>
      new Promise((resolve, reject) => {
        port.write(Buffer.from(bytes), (error) => {
          if (!error) return resolve();
          gone.abort(error);
          reject(error);
        });
      }),
    onData: (next) => {
      listener = next;
    },
    gone: gone.signal,
    close: () =>
      new Promise((resolve) => {
        if (port.isOpen) port.close(() => resolve());
        else resolve();
      }),
  };
  return new Promise((resolve, reject) => {
    port.open((error) => {
      if (!error) return resolve(opened);
      const hint = advice(error.message);
      const text = `${path}: ${error.message}${hint === '' ? '' : `; ${hint}`}`;
      reject(new StewardError('serial_unavailable', text, { cause: error }));
    });
  });
}
