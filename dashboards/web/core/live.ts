import type { LiveEvent } from '../../../model/views/event.ts';

export type Connection = 'connecting' | 'open' | 'lost';

export interface LiveHandlers {
  readonly onEvent: (event: LiveEvent) => void;
  readonly onConnection: (state: Connection) => void;
}

const TYPES = ['latest', 'ticket', 'fault', 'sync'] as const;
const WAIT_MIN_MS = 1_000;
const WAIT_MAX_MS = 15_000;
/** A line that says nothing for so long may be dead without knowing it: it is opened anew. */
const QUIET_MAX_MS = 90_000;

function eventOf(type: LiveEvent['type'], data: string): LiveEvent | null {
  try {
    return { ...(JSON.parse(data === '' ? '{}' : data) as object), type } as LiveEvent;
  } catch {
    return null;
  }
}

/**
 * Keeps a line of server-sent events open, opening it again when it breaks, later each time. After a break a `sync`
 * is told, for events were missed. Returns how to stop.
 */
export function connectLive(url: string, handlers: LiveHandlers): () => void {
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let waitMs = WAIT_MIN_MS;
  let opened = false;
  const again = (afterMs: number): void => {
    source?.close();
    clearTimeout(timer);
    timer = setTimeout(open, afterMs);
  };
  const lost = (): void => {
    handlers.onConnection('lost');
    again(waitMs);
    waitMs = Math.min(waitMs * 2, WAIT_MAX_MS);
  };
  const heard = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => again(0), QUIET_MAX_MS);
  };
  const open = (): void => {
    source = new EventSource(url);
    source.onopen = () => {
      waitMs = WAIT_MIN_MS;
      handlers.onConnection('open');
      if (opened) handlers.onEvent({ type: 'sync' });
      opened = true;
      heard();
    };
    source.onerror = lost;
    for (const type of TYPES) {
      source.addEventListener(type, (message: MessageEvent<string>) => {
        heard();
        const event = eventOf(type, message.data);
        if (event) handlers.onEvent(event);
      });
    }
  };
  const backOnline = (): void => again(0);
  window.addEventListener('online', backOnline);
  window.addEventListener('offline', lost);
  handlers.onConnection('connecting');
  open();
  return () => {
    window.removeEventListener('online', backOnline);
    window.removeEventListener('offline', lost);
    clearTimeout(timer);
    source?.close();
  };
}
