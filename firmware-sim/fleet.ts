import type { Sample } from './device-model.ts';
import { isSimulated } from './scenario.ts';
import type { Sighting } from './sighting.ts';
import { type FleetOptions, type Member, memberOf, type SimulatedDevice, worldOf } from './world.ts';

/** Readings in one JSON array: some 20 kB, as a device that empties its buffer would send. */
const BATCH_SIZE = 100;

export interface Outgoing extends SimulatedDevice {
  readonly ts: number;
  /** When it leaves: `ts`, or later when a gateway has kept it while its line was down. */
  readonly sent: number;
  /** Sent again until it is acknowledged: a change. Routine reports are not. */
  readonly confirmed: boolean;
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
 * leaves in [time, to).
 */
export interface Fleet {
  time(): number;
  devices(): readonly SimulatedDevice[];
  /** Single readings in the order of sending. */
  advance(to: number): Outgoing[];
  /** Device by device; must be read to its end. */
  batches(to: number): Generator<DeviceBatch>;
  /** Moves on and says nothing: after a restart, to where the last run was. */
  skip(to: number): void;
  /** The faults of the scenario, in order of time, and when each could be seen. */
  sightings(): readonly Sighting[];
  /** The simulated assets that a circuit feeds or a gateway carries. */
  membersOf(asset: string): readonly string[];
}

interface Sent {
  /** Its time is what the device's own clock says. */
  readonly sample: Sample;
  readonly sent: number;
  readonly confirmed: boolean;
}

/** A device with what its gateway keeps for it. */
interface Speaker extends Member {
  kept: Sent[];
}

/** What one device says until `to`, in the order of sending; its world moves on even while nobody hears it. */
function* saying(speaker: Speaker, to: number): Generator<Sent> {
  const { model, sightings, isSilent, keptUntil, clock } = speaker;
  while (model.next() < to) {
    const sample = model.step();
    if (!sample || isSilent(sample.ts)) continue;
    const { ts } = sample;
    const confirmed = model.isNews?.() ?? false;
    const said = { ...sample, ts: clock.says(ts) };
    if (clock.isLost(ts)) {
      yield { sample: said, sent: ts, confirmed };
      continue;
    }
    const sent = keptUntil(ts);
    if (sent !== undefined) {
      speaker.kept.push({ sample: said, sent, confirmed });
      continue;
    }
    yield* released(speaker, ts);
    for (const sighting of sightings) sighting.hear(sample);
    yield { sample: said, sent: ts, confirmed };
  }
  yield* released(speaker, to);
}

/** What the gateway kept and sends before `to`. */
function released(speaker: Speaker, to: number): readonly Sent[] {
  if (speaker.kept.length === 0) return [];
  const out = speaker.kept.filter(({ sent }) => sent < to);
  if (out.length > 0) speaker.kept = speaker.kept.filter(({ sent }) => sent >= to);
  return out;
}

function batchOf(member: Speaker, to: number): DeviceBatch {
  const payloads: string[] = [];
  let readings = 0;
  let pending: Sample[] = [];
  const flush = (): void => {
    if (pending.length > 0) payloads.push(JSON.stringify(pending));
    pending = [];
  };
  for (const { sample } of saying(member, to)) {
    readings++;
    if (pending.push(sample) === BATCH_SIZE) flush();
  }
  flush();
  const { device, asset, topic, wired } = member;
  return { device, asset, topic, wired, payloads, readings };
}

export function createFleet(options: FleetOptions): Fleet {
  const world = worldOf(options);
  const members = options.site.assets
    .filter(isSimulated)
    .map((asset): Speaker => ({ ...memberOf(asset, world), kept: [] }));
  let time = options.start;
  return {
    time: () => time,
    devices: () => members,
    advance: (to) => {
      const outgoing: Outgoing[] = [];
      for (const member of members) {
        const { device, asset, topic, wired } = member;
        for (const { sample, sent, confirmed } of saying(member, to)) {
          const payload = JSON.stringify(sample);
          outgoing.push({ device, asset, topic, wired, ts: sample.ts, sent, confirmed, payload });
        }
      }
      time = Math.max(time, to);
      return outgoing.sort((a, b) => a.sent - b.sent || a.ts - b.ts);
    },
    *batches(to) {
      for (const member of members) yield batchOf(member, to);
      time = Math.max(time, to);
    },
    skip: (to) => {
      for (const member of members) for (const _ of saying(member, to));
      time = Math.max(time, to);
    },
    sightings: () => world.sightings,
    membersOf: (id) =>
      options.site.assets
        .filter((asset) => (asset.circuit === id || asset.gateway === id) && isSimulated(asset))
        .map((asset) => asset.id),
  };
}
