import type { BytePort } from './byte-port.ts';
import { pause } from './pause.ts';
import { dataLength, type ReadRequest } from './request-plan.ts';
import { type Answer, findAnswer, requestFrame } from './rtu-frame.ts';

/** `silent`: not one byte; `garbled`: bytes, but no answer in them; `gone`: the line itself. */
export type ReadResult =
  | Answer
  | { readonly type: 'silent' }
  | { readonly type: 'garbled' }
  | { readonly type: 'gone' };

/** The only one who speaks unasked on a line. One request at a time: call `read` again when it has resolved. */
export interface RtuMaster {
  /** Never rejects. */
  read(unit: number, request: ReadRequest): Promise<ReadResult>;
}

const REQUEST_LENGTH = 8;
/** Unit, function, length, check sum. */
const ANSWER_OVERHEAD = 5;
/** Enough for the longest frame (256 bytes) behind an echo, and for telling noise from silence. */
const RECEIVED_MAX_BYTES = 1024;

/**
 * Modbus RTU over a serial line (MODBUS over Serial Line V1.02). `timeoutMs` is how long a unit may think; the time that
 * request and answer take on the wire comes on top. Before each request it waits until the line has been
 * silent for 3.5 characters, so that the end of a late answer is not heard as the beginning of the next.
 */
export function rtuMaster(
  port: BytePort,
  { baudRate, timeoutMs }: { readonly baudRate: number; readonly timeoutMs: number },
): RtuMaster {
  const characterMs = (11 * 1000) / baudRate;
  const silenceMs = Math.max(2, Math.ceil(3.5 * characterMs));
  let received = Buffer.alloc(0);
  let heard = (): void => {};
  port.onData((bytes) => {
    received = Buffer.concat([received, bytes]).subarray(-RECEIVED_MAX_BYTES);
    heard();
  });
  port.gone.addEventListener('abort', () => heard());

  const silence = async (): Promise<void> => {
    // A line that never falls silent (a broken termination) must not stop the polling for ever.
    for (let waited = 0; waited < timeoutMs && !port.gone.aborted; waited += silenceMs) {
      received = Buffer.alloc(0);
      await pause(silenceMs, port.gone);
      if (received.length === 0) return;
    }
    received = Buffer.alloc(0);
  };
  const answer = (unit: number, request: ReadRequest): Promise<Answer | undefined> =>
    new Promise((resolve) => {
      const done = (found?: Answer): void => {
        clearTimeout(timer);
        heard = () => {};
        resolve(found);
      };
      const onTheWireMs = (REQUEST_LENGTH + dataLength(request) + ANSWER_OVERHEAD) * characterMs;
      const timer = setTimeout(done, timeoutMs + onTheWireMs);
      heard = () => {
        const found = findAnswer(received, unit, request);
        if (found || port.gone.aborted) done(found);
      };
      port.write(requestFrame(unit, request)).catch(() => done());
    });
  return {
    async read(unit, request) {
      await silence();
      if (port.gone.aborted) return { type: 'gone' };
      const found = await answer(unit, request);
      if (found) return found;
      if (port.gone.aborted) return { type: 'gone' };
      return received.length === 0 ? { type: 'silent' } : { type: 'garbled' };
    },
  };
}
