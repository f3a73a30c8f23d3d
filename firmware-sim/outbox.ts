/** A message on its way, and what its sender waits for. */
export interface Message {
  readonly topic: string;
  readonly payload: string;
  resolve(): void;
  reject(error: Error): void;
}

/** What one device has measured and the broker has not acknowledged, in order. In memory: a power cut empties it. */
export interface Outbox {
  /** False when it is full. */
  add(message: Message): boolean;
  /** The next to publish, when the window allows one more on the wire. */
  take(): Message | undefined;
  /** Whether the message was on the wire; it is not any more. */
  settle(message: Message): boolean;
  /** The connection is gone: what was on the wire goes back to the head, in order. */
  recall(): void;
  flying(): number;
  size(): number;
  /** Resolves when it is empty. */
  drained(): Promise<void>;
  rejectAll(error: Error): void;
}

/** `window`: messages on the wire at one time; `limit`: messages that wait besides. */
export function createOutbox(window: number, limit: number): Outbox {
  let waiting: Message[] = [];
  const flying = new Set<Message>();
  const onDrained: (() => void)[] = [];
  const size = (): number => waiting.length + flying.size;
  const tellDrained = (): void => {
    if (size() === 0) for (const drained of onDrained.splice(0)) drained();
  };
  return {
    add: (message) => {
      if (waiting.length >= limit) return false;
      waiting.push(message);
      return true;
    },
    take: () => {
      const message = flying.size < window ? waiting.shift() : undefined;
      if (message) flying.add(message);
      return message;
    },
    settle: (message) => {
      const wasFlying = flying.delete(message);
      tellDrained();
      return wasFlying;
    },
    recall: () => {
      waiting = [...flying, ...waiting];
      flying.clear();
    },
    flying: () => flying.size,
    size,
    drained: () =>
      new Promise((resolve) => {
        onDrained.push(resolve);
        tellDrained();
      }),
    rejectAll: (error) => {
      const lost = [...flying, ...waiting];
      flying.clear();
      waiting = [];
      for (const message of lost) message.reject(error);
      tellDrained();
    },
  };
}
