import { Readable } from 'node:stream';
import type { Log } from '../model/log.ts';
import type { MqttState } from '../store/mqtt-state/contract.ts';
import { filterMatches } from './filters.ts';

export interface RetainedLimits {
  /** Larger messages are passed on, but not kept for later subscribers. */
  readonly maxRetainedBytes: number;
  /** Topics with a retained message; those that come when it is reached are not kept. */
  readonly maxRetained: number;
}

export interface Retained {
  readonly topic: string;
  readonly payload: Buffer | string;
  readonly qos: number;
}

/** The newest retained message of each topic, for later subscribers. */
export interface RetainedMessages {
  readonly size: number;
  put(message: Retained): void;
  /** Of what each filter names, in the form in which Aedes passes them on. */
  stream(filters: readonly string[]): Readable;
}

/** Statistics are made anew all the time: they take no room from the others, and are not kept over a restart. */
const isStatistic = (topic: string): boolean => topic.startsWith('$SYS/');

export function createRetained(
  limits: RetainedLimits,
  state: MqttState | undefined,
  log: Log,
): RetainedMessages {
  const kept = new Map<string, Retained & { readonly payload: Buffer }>();
  const statistics = new Map<string, Retained>();
  for (const message of state?.load().retained ?? []) kept.set(message.topic, message);
  let isFull = false;

  const remove = (topic: string): void => {
    if (kept.delete(topic)) state?.deleteRetained(topic);
    isFull = false;
  };
  const put = ({ topic, payload, qos }: Retained): void => {
    // A copy, or the whole socket read that brought it would be held.
    const message = { topic, payload: Buffer.from(payload as Buffer), qos };
    kept.set(topic, message);
    state?.putRetained(message);
  };
  return {
    get size() {
      return kept.size;
    },
    put: (message) => {
      const { topic, payload } = message;
      // MQTT 3.1.1, 3.3.1.3: a retained message without a payload takes the one before away; 3.3.1.2: every other replaces it.
      if (isStatistic(topic)) {
        statistics.set(topic, message);
      } else if (payload.length === 0 || payload.length > limits.maxRetainedBytes) {
        remove(topic);
      } else if (kept.has(topic) || kept.size < limits.maxRetained) {
        put(message);
      } else if (!isFull) {
        isFull = true;
        log.warn(
          { topic: topic.slice(0, 200) },
          `more than ${limits.maxRetained} retained messages: not kept`,
        );
      }
    },
    stream: (filters) => {
      const found = filters.flatMap((filter) => {
        const among = filter.startsWith('$') ? statistics : kept;
        if (!/[+#]/.test(filter)) return among.get(filter) ?? [];
        return [...among.values()].filter(({ topic }) => filterMatches(filter, topic));
      });
      return Readable.from(found.map((message) => ({ cmd: 'publish', ...message })));
    },
  };
}
