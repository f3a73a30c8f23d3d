import type { RejectCode } from './codes.ts';

/** A message, or one reading of its batch, that was not accepted: acknowledged, kept, shown to the installer. */
export interface Rejection {
  readonly message: string;
  readonly topic: string;
  readonly client: string;
  readonly received: number;
  readonly code: RejectCode;
  /** What is wrong and where: `[3].power_w: 1e9 W is outside 0 … 1000000 W`. */
  readonly detail: string;
  /** The payload, or its first bytes when it is larger than what is kept. */
  readonly payload: Uint8Array;
  /** The payload's whole size in bytes. */
  readonly size: number;
}
