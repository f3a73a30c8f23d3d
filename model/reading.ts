import type { Kind } from './kinds.ts';

/** What a sensor measured at one time. Values are finite and inside the catalogue's range. */
export interface Reading {
  readonly site: string;
  readonly zone: string;
  readonly kind: Kind;
  readonly asset: string;
  /** When it was measured, epoch milliseconds. */
  readonly ts: number;
  /** When it reached us, epoch milliseconds. */
  readonly received: number;
  readonly values: Readonly<Record<string, number>>;
  /** Id of the message that brought it; it goes through every log line. */
  readonly message: string;
}

/** A message as the broker or a gateway hands it over. */
export interface RawMessage {
  readonly id: string;
  readonly topic: string;
  readonly payload: Uint8Array;
  /** The device that signed in, or the name of the link that carried it. */
  readonly client: string;
  readonly received: number;
}
