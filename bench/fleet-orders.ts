/** What the parent tells a process of devices (`fleet-load.ts`), one order at a time. */
export type FleetOrder =
  | {
      readonly type: 'connect';
      readonly port: number;
      /** Devices `dev-p-<first>` and the following speak for `p-<first>` … */
      readonly first: number;
      readonly count: number;
      /** Secret of the data folder, hexadecimal: passwords are made from it. */
      readonly secret: string;
      /** Sign-ins under way at a time. */
      readonly window: number;
    }
  /** Publishes single readings, device by device in turn, until `stop`. */
  | {
      readonly type: 'publish';
      readonly perSecond: number;
      /** Messages of a device that may wait for their acknowledgement: the pace falls when they do. */
      readonly mayWait: number;
    }
  /** Waits for the last acknowledgement, and answers what was done since `publish`. */
  | { readonly type: 'stop' };

export type FleetAnswer =
  | { readonly type: 'connected'; readonly elapsedMs: number }
  | {
      readonly type: 'stopped';
      readonly elapsedMs: number;
      readonly sent: number;
      readonly acknowledged: number;
      /** Sum of every `power_w` that was acknowledged: a lost or doubled reading shows in it. */
      readonly sumPowerW: number;
      /** Messages by how long their PUBACK took, in whole tenths of a millisecond; the last for all above. */
      readonly latencyTenths: readonly number[];
    };

export const LATENCY_TENTHS = 100_000;
