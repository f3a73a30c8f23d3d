import { Readable } from 'node:stream';

/** One open page: a stream that never holds more than its buffer and one event. */
export interface LiveClient {
  readonly stream: Readable;
  /** Sends, or lets it be missed when the buffer is full; a missed event is made good by `sync`. */
  tell(text: string): void;
  /** Keeps proxies from closing a silent stream, and lets go who takes nothing or may not listen any more. */
  beat(): void;
  end(): void;
}

export interface LiveClientOptions {
  readonly bufferBytes: number;
  readonly allowed: () => boolean;
  /** The frame that says: events were missed, fetch everything again. */
  readonly sync: () => string;
  /** Called once, when nothing can be told any more. */
  readonly onGone: () => void;
}

/** A client that takes nothing for so many heartbeats is gone. */
const STUCK_HEARTBEATS = 4;

export function createLiveClient({ bufferBytes, allowed, sync, onGone }: LiveClientOptions): LiveClient {
  let full = false;
  let missed = false;
  let stuck = 0;
  let gone = false;
  const leave = (): void => {
    if (gone) return;
    gone = true;
    onGone();
  };
  const send = (text: string): void => {
    full = !stream.push(text);
  };
  const stream = new Readable({
    highWaterMark: bufferBytes,
    read: () => {
      full = false;
      if (!missed || gone) return;
      missed = false;
      send(sync());
    },
    destroy: (error, done) => {
      leave();
      done(error);
    },
  });
  const end = (): void => {
    if (gone) return;
    leave();
    stream.push(null);
  };
  return {
    stream,
    tell: (text) => {
      if (full) missed = true;
      else send(text);
    },
    beat: () => {
      stuck = full ? stuck + 1 : 0;
      if (stuck >= STUCK_HEARTBEATS) stream.destroy();
      else if (!allowed()) end();
      else if (!full) send(': still here\n\n');
    },
    end,
  };
}
