import type { Logger } from 'pino';
import type { LatestValues } from '../api/latest.ts';
import type { LiveHub } from '../api/live/hub.ts';
import type { MqttPort } from '../broker/link.ts';
import type { Directory } from '../model/directory.ts';
import type { Site } from '../model/site.ts';
import type { RuleSet } from '../rules/language/rule.ts';
import type { RecordsStore } from '../store/records/contract.ts';
import type { Config } from './config-schema.ts';
import type { DataFolder } from './data-folder.ts';
import type { Stores } from './open-stores.ts';
import type { StallLimits } from './stalled-steps.ts';
import type { Trace } from './trace.ts';
import type { EventLoopWatch } from './watch/event-loop.ts';
import type { Meters } from './watch/measured.ts';

export interface StewardOptions {
  readonly config: Config;
  readonly folder: DataFolder;
  readonly sites: readonly Site[];
  readonly rules: RuleSet;
  readonly log: Logger;
  /** Since when silence is counted; the demo's history begins in the past. */
  readonly upSince: number;
  /** How long a step may stand still before it is told; absent: the defaults. */
  readonly stallLimits?: StallLimits;
  /** Runs when the records are open, before anybody may connect. */
  prepare?(records: RecordsStore): Promise<void>;
}

/** While a history is sent, its devices live at another time; everybody else is heard in the present. */
export interface SimulatedTime {
  readonly at: number;
  /** Users of the broker whose readings are received at `at`. */
  readonly devices: ReadonlySet<string>;
}

/** The parts that are joined to each other; each `start…` adds to what the next one needs. */
export interface House extends Stores {
  readonly options: StewardOptions;
  readonly directory: Directory;
  readonly latest: LatestValues;
  readonly live: LiveHub;
  readonly meters: Meters;
  readonly loop: EventLoopWatch;
  /** Follows each message through the log; undefined unless it is at debug. */
  readonly trace: Trace | undefined;
  simulatedTime: SimulatedTime | undefined;
  broker: MqttPort | undefined;
}
