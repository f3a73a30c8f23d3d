import type { Client } from 'aedes';

/** A message on its way to one subscriber, until it is acknowledged. */
export interface Outgoing {
  /** Orders the messages of a subscriber. */
  readonly place: number;
  readonly topic: string;
  readonly payload: Buffer;
  readonly qos: 1 | 2;
  readonly retain: boolean;
  /** 0 until it was sent. */
  messageId: number;
  /** QoS 2: PUBREC has come. */
  released: boolean;
}

/** A client that may hear something. */
export interface Subscriber {
  readonly client: string;
  readonly user: string;
  /** Whether it outlives its connections: it asked for that with CleanSession 0. */
  readonly durable: boolean;
  /** Granted filters and their QoS. */
  readonly filters: Map<string, number>;
  /** Sent and not acknowledged yet, by message id, oldest first. */
  readonly inFlight: Map<number, Outgoing>;
  readonly waiting: Outgoing[];
  waitingBytes: number;
  /** Undefined while it is away. */
  connection: Client | undefined;
  /** Its socket is full: nothing that may wait is sent. */
  isDraining: boolean;
  /** Something was dropped since its queue was last empty: the log was told. */
  isDropping: boolean;
  lastPlace: number;
  lastMessageId: number;
  /** Aedes's number of the message that was last delivered: two filters may name the same one. */
  lastCounter: number;
  /** When its last connection ended, epoch milliseconds; 0 while it is connected. */
  seen: number;
}

export function newSubscriber(client: string, user: string, durable: boolean, seen: number): Subscriber {
  return {
    client,
    user,
    durable,
    filters: new Map(),
    inFlight: new Map(),
    waiting: [],
    waitingBytes: 0,
    connection: undefined,
    isDraining: false,
    isDropping: false,
    lastPlace: 0,
    lastMessageId: 0,
    lastCounter: 0,
    seen,
  };
}
