import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { FaultChange } from '../../model/fault.ts';
import type { TicketState } from '../../model/ticket.ts';
import type { LiveEvent } from '../../model/views/event.ts';
import type { LatestValues } from '../latest.ts';
import { createLiveClient, type LiveClient } from './client.ts';
import { gatherLatest } from './gatherer.ts';

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

function frame(id: string, { type, ...data }: LiveEvent): string {
  return `id: ${id}\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** Gathers and beats as long as somebody listens; returns how to stop. */
function startTimers(
  { latest, gatherMs = 1_000, heartbeatMs = 15_000 }: LiveHubOptions,
  tell: (event: LiveEvent) => void,
  beat: () => void,
): () => void {
  const gathered = gatherLatest(latest);
  const telling = setInterval(() => {
    const event = gathered.take();
    if (event) tell(event);
  }, gatherMs);
  const beating = setInterval(beat, heartbeatMs);
  return () => {
    clearInterval(telling);
    clearInterval(beating);
    gathered.end();
  };
}

export function createLiveHub(options: LiveHubOptions): LiveHub {
  const { bufferBytes = 256 * 1024 } = options;
  const clients = new Set<LiveClient>();
  // Ids of another process must not look like ours.
  const run = randomUUID().slice(0, 8);
  let count = 0;
  let stop: (() => void) | undefined;
  let closed = false;
  const currentId = (): string => `${run}-${count}`;
  const sync = (): string => frame(currentId(), { type: 'sync' });

  const tell = (event: LiveEvent): void => {
    count += 1;
    if (clients.size === 0) return;
    const text = frame(currentId(), event);
    for (const client of clients) client.tell(text);
  };
  const beat = (): void => {
    for (const client of clients) client.beat();
  };
  const leave = (client: LiveClient): void => {
    clients.delete(client);
    if (clients.size > 0) return;
    stop?.();
    stop = undefined;
    // While nobody listens nothing is gathered: whoever comes back has missed something.
    count += 1;
  };
  const connect: LiveHub['connect'] = ({ lastEventId, allowed }) => {
    const client = createLiveClient({ bufferBytes, allowed, sync, onGone: () => leave(client) });
    clients.add(client);
    stop ??= startTimers(options, tell, beat);
    const isBehind = lastEventId !== undefined && lastEventId !== currentId();
    client.tell(`retry: 3000\n\n${isBehind ? sync() : `id: ${currentId()}\n\n`}`);
    if (closed) client.end();
    return client.stream;
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
    connect,
    clients: () => clients.size,
    close: () => {
      closed = true;
      for (const client of clients) client.end();
    },
  };
}
