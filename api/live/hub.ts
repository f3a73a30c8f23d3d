import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { rfc3339 } from '../../model/clock.ts';
import type { FaultChange } from '../../model/fault.ts';
import type { TicketState } from '../../model/ticket.ts';
import type { LiveEvent } from '../../model/views/event.ts';
import type { LatestView } from '../../model/views/site.ts';
import type { LatestValues } from '../latest.ts';

/** Tells every open page what changed. Fed by `app`; `connect` is the route's side. */
export interface LiveHub {
  ticketChanged(ticket: { readonly id: string; readonly state: TicketState }): void;
  /** A rolled-up fault changes the status of each of its members too. */
  faultChanged(change: Pick<FaultChange, 'type' | 'fault'>): void;
  /**
   * A stream of server-sent events, until it is destroyed, `allowed` says no or the hub is closed.
   *
   * `lastEventId` of an earlier stream: when anything was said since, the first event is `sync`.
   */
  connect(client: { readonly lastEventId?: string | undefined; readonly allowed: () => boolean }): Readable;
  clients(): number;
  /** Ends every stream. */
  close(): void;
}

export interface LiveHubOptions {
  readonly latest: LatestValues;
  /** How long newest values are gathered before they are told, in milliseconds. */
  readonly gatherMs?: number;
  /** Comments that keep proxies from closing a silent stream. */
  readonly heartbeatMs?: number;
  /** What may wait for a slow client; beyond that it misses events, and is told so by `sync`. */
  readonly bufferBytes?: number;
}

/** A client that takes nothing for so many heartbeats is gone. */
const STUCK_HEARTBEATS = 4;

interface Client {
  readonly stream: Readable;
  readonly allowed: () => boolean;
  full: boolean;
  missed: boolean;
  stuck: number;
}

function frame(id: string, { type, ...data }: LiveEvent): string {
  return `id: ${id}\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** What was gathered since the last telling, by asset and metric. */
function gatherer(latest: LatestValues): { take(): LiveEvent | undefined; end(): void } {
  let pending = new Map<string, Record<string, LatestView>>();
  const end = latest.onChange(({ asset, values }) => {
    const gathered = pending.get(asset) ?? {};
    pending.set(asset, gathered);
    for (const [metric, { value, ts }] of Object.entries(values))
      gathered[metric] = { value, ts: rfc3339(ts) };
  });
  return {
    take: () => {
      if (pending.size === 0) return undefined;
      const assets = Object.fromEntries(pending);
      pending = new Map();
      return { type: 'latest', assets };
    },
    end,
  };
}

export function createLiveHub(options: LiveHubOptions): LiveHub {
  const { latest, gatherMs = 1_000, heartbeatMs = 15_000, bufferBytes = 256 * 1024 } = options;
  const clients = new Set<Client>();
  // Ids of another process must not look like ours.
  const run = randomUUID().slice(0, 8);
  let count = 0;
  let stopTimers: (() => void) | undefined;
  let closed = false;
  const currentId = (): string => `${run}-${count}`;

  const push = (client: Client, text: string): void => {
    if (client.full) client.missed = true;
    else client.full = !client.stream.push(text);
  };
  const tell = (event: LiveEvent): void => {
    count += 1;
    if (clients.size === 0) return;
    const text = frame(currentId(), event);
    for (const client of clients) push(client, text);
  };
  const leave = (client: Client): void => {
    clients.delete(client);
    if (clients.size === 0) stopTimers?.();
  };
  const beat = (): void => {
    for (const client of clients) {
      client.stuck = client.full ? client.stuck + 1 : 0;
      if (client.stuck >= STUCK_HEARTBEATS) client.stream.destroy();
      else if (!client.allowed()) {
        leave(client);
        client.stream.push(null);
      } else if (!client.full) client.full = !client.stream.push(': still here\n\n');
    }
  };
  const startTimers = (): void => {
    const gathered = gatherer(latest);
    const telling = setInterval(() => {
      const event = gathered.take();
      if (event) tell(event);
    }, gatherMs);
    const beating = setInterval(beat, heartbeatMs);
    stopTimers = () => {
      clearInterval(telling);
      clearInterval(beating);
      gathered.end();
      stopTimers = undefined;
      // While nobody listens nothing is gathered: whoever comes back has missed something.
      count += 1;
    };
  };

  return {
    ticketChanged: ({ id, state }) => tell({ type: 'ticket', id, state }),
    faultChanged: ({ type, fault }) => {
      if (type === 'proved') return;
      const active = type !== 'cleared';
      for (const asset of new Set([fault.asset, ...fault.members])) {
        tell({ type: 'fault', asset, rule: fault.rule, active });
      }
    },
    connect: ({ lastEventId, allowed }) => {
      const stream = new Readable({
        highWaterMark: bufferBytes,
        read: () => {
          client.full = false;
          if (!client.missed) return;
          client.missed = false;
          client.full = !stream.push(frame(currentId(), { type: 'sync' }));
        },
        destroy: (error, done) => {
          leave(client);
          done(error);
        },
      });
      const client: Client = { stream, allowed, full: false, missed: false, stuck: 0 };
      if (closed) {
        stream.push(null);
        return stream;
      }
      clients.add(client);
      if (!stopTimers) startTimers();
      const isBehind = lastEventId !== undefined && lastEventId !== currentId();
      const hello = isBehind ? frame(currentId(), { type: 'sync' }) : `id: ${currentId()}\n\n`;
      stream.push(`retry: 3000\n\n${hello}`);
      return stream;
    },
    clients: () => clients.size,
    close: () => {
      closed = true;
      for (const { stream } of clients) stream.push(null);
      clients.clear();
      stopTimers?.();
    },
  };
}
