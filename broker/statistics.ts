import type { Traffic } from './traffic.ts';

const MINUTE_MS = 60_000;

export interface StatisticsSource {
  readonly version: string;
  readonly traffic: Readonly<Traffic>;
  readonly now: () => number;
  clients(): number;
  sessions(): number;
  queued(): number;
  retained(): number;
}

/** The average of a minute, of which older minutes count less and less. */
function minuteAverage(perMinute: number, value: number, elapsedMs: number): number {
  const share = Math.exp(-elapsedMs / MINUTE_MS);
  return value * share + perMinute * (1 - share);
}

/**
 * What the broker tells of itself under `$SYS/broker/` (docs/broker.md), as other brokers name it. Each call gives
 * every topic and its text.
 */
export function createStatistics(source: StatisticsSource): () => readonly (readonly [string, string])[] {
  const { traffic, now } = source;
  const begun = now();
  let last = { at: begun, received: 0, sent: 0 };
  let load = { received: 0, sent: 0 };

  const updateLoad = (): void => {
    const at = now();
    const elapsedMs = at - last.at;
    if (elapsedMs <= 0) return;
    const of = (count: number, before: number, average: number): number =>
      minuteAverage(((count - before) * MINUTE_MS) / elapsedMs, average, elapsedMs);
    load = {
      received: of(traffic.messagesReceived, last.received, load.received),
      sent: of(traffic.messagesSent, last.sent, load.sent),
    };
    last = { at, received: traffic.messagesReceived, sent: traffic.messagesSent };
  };
  return () => {
    updateLoad();
    const values: readonly (readonly [string, number | string])[] = [
      ['version', source.version],
      ['uptime', Math.floor((now() - begun) / 1_000)],
      ['clients/connected', source.clients()],
      ['clients/durable', source.sessions()],
      ['messages/received', traffic.messagesReceived],
      ['messages/sent', traffic.messagesSent],
      ['messages/dropped', traffic.messagesDropped],
      ['messages/queued', source.queued()],
      ['messages/retained', source.retained()],
      ['bytes/received', traffic.bytesReceived],
      ['bytes/sent', traffic.bytesSent],
      ['load/messages/received/1min', load.received.toFixed(2)],
      ['load/messages/sent/1min', load.sent.toFixed(2)],
    ];
    return values.map(([name, value]) => [`$SYS/broker/${name}`, String(value)] as const);
  };
}
