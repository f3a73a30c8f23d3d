import type { Sample } from './device-model.ts';
import type { Injection } from './injection.ts';
import { isSimulated } from './scenario.ts';
import { type FleetOptions, type Member, memberOf, type SimulatedDevice, worldOf } from './world.ts';

/** Readings in one JSON array: some 20 kB, as a device that empties its buffer would send. */
const BATCH_SIZE = 100;

export interface Outgoing extends SimulatedDevice {
  readonly ts: number;
  /** One JSON object. */
  readonly payload: string;
}

export interface DeviceBatch extends SimulatedDevice {
  /** JSON arrays of at most 100 readings, in order of time. */
  readonly payloads: readonly string[];
  readonly readings: number;
}

/**
 * Simulated devices and the world that they watch. The same options give the same bytes, however the time is cut
 * into pieces and whether they were sent or skipped. Every call moves the fleet's time on to `to` and gives what
 * was measured in [time, to).
 */
export interface Fleet {
  time(): number;
  devices(): readonly SimulatedDevice[];
  /** Single readings in order of time. */
  advance(to: number): Outgoing[];
  /** Device by device; must be read to its end. */
  batches(to: number): Generator<DeviceBatch>;
  /** Moves on and says nothing: after a restart, to where the last run was. */
  skip(to: number): void;
  injections(): readonly Injection[];
  /** The simulated assets that a circuit feeds or a gateway carries. */
  membersOf(asset: string): readonly string[];
}

/** What one device says until `to`; its world moves on even while nobody hears it. */
function* samples({ model, isSilent }: Member, to: number): Generator<Sample> {
  while (model.next() < to) {
    const sample = model.step();
    if (sample && !isSilent(sample.ts)) yield sample;
  }
}

function batchOf(member: Member, to: number): DeviceBatch {
  const payloads: string[] = [];
  let readings = 0;
  let pending: Sample[] = [];
  const flush = (): void => {
    if (pending.length > 0) payloads.push(JSON.stringify(pending));
    pending = [];
  };
  for (const sample of samples(member, to)) {
    readings++;
    if (pending.push(sample) === BATCH_SIZE) flush();
  }
  flush();
  const { device, asset, topic } = member;
  return { device, asset, topic, payloads, readings };
}

export function createFleet(options: FleetOptions): Fleet {
  const world = worldOf(options);
  const members = options.site.assets.filter(isSimulated).map((asset) => memberOf(asset, world));
  let time = options.start;
  return {
    time: () => time,
    devices: () => members,
    advance: (to) => {
      const sent = members.flatMap((member) => {
        const { device, asset, topic } = member;
        return [...samples(member, to)].map((sample) => ({
          device,
          asset,
          topic,
          ts: sample.ts,
          payload: JSON.stringify(sample),
        }));
      });
      time = Math.max(time, to);
      return sent.sort((a, b) => a.ts - b.ts);
    },
    *batches(to) {
      for (const member of members) yield batchOf(member, to);
      time = Math.max(time, to);
    },
    skip: (to) => {
      for (const { model } of members) while (model.next() < to) model.step();
      time = Math.max(time, to);
    },
    injections: () => world.injections,
    membersOf: (id) =>
      options.site.assets
        .filter((asset) => (asset.circuit === id || asset.gateway === id) && isSimulated(asset))
        .map((asset) => asset.id),
  };
}
