import type { Random } from '../model/random.ts';
import { seededRandom } from '../model/random.ts';
import type { Asset, Site } from '../model/site.ts';
import { telemetryTopic } from '../model/topics.ts';
import { bayModel } from './bay.ts';
import { type Calendar, calendarOf } from './calendar.ts';
import { circuitModel } from './circuit.ts';
import type { DeviceModel, ModelOptions, Sample } from './device-model.ts';
import { gatewayModel } from './gateway.ts';
import { type Ailments, ailmentsOf, type Injection, injectionsOf } from './injection.ts';
import { type Lamp, lampOf } from './lamp.ts';
import { luminaireModel } from './luminaire.ts';
import { pumpModel, runHoursBefore } from './pump.ts';
import { isSimulated, type Scenario } from './scenario.ts';

/** Readings in one JSON array: some 20 kB, as a device that empties its buffer would send. */
const BATCH_SIZE = 100;

export interface FleetOptions {
  readonly site: Site;
  readonly scenario: Scenario;
  readonly seed: number;
  /** When the simulation begins, epoch milliseconds. */
  readonly start: number;
  /** The moment that the scenario's times are told from, epoch milliseconds. */
  readonly now: number;
}

/** One device of the fleet: its MQTT client id, the asset that it speaks for, and where it publishes. */
export interface SimulatedDevice {
  readonly device: string;
  readonly asset: string;
  readonly topic: string;
}

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

const WELL = ailmentsOf([], '');

interface Member extends SimulatedDevice {
  readonly model: DeviceModel;
  silent(at: number): boolean;
}

interface World {
  readonly assets: readonly Asset[];
  readonly calendar: Calendar;
  readonly random: Random;
  readonly start: number;
  ailments(asset: string): Ailments;
  lamp(asset: Asset): Lamp;
}

function worldOf({ site, scenario, seed, start, now }: FleetOptions): World & { injections: Injection[] } {
  const injections = injectionsOf(scenario, site, now);
  const calendar = calendarOf(site);
  const random = seededRandom(seed);
  const ailments = new Map(site.assets.map(({ id }) => [id, ailmentsOf(injections, id)]));
  const lamps = new Map<string, Lamp>();
  const lamp = (asset: Asset): Lamp => {
    let made = lamps.get(asset.id);
    if (!made) {
      const own = ailments.get(asset.id) ?? WELL;
      made = lampOf(asset, calendar, own, ailments.get(asset.circuit), random.fork(`lamp ${asset.id}`));
      lamps.set(asset.id, made);
    }
    return made;
  };
  const assets = site.assets;
  return { assets, calendar, random, start, injections, lamp, ailments: (id) => ailments.get(id) ?? WELL };
}

function modelOf(asset: Asset, world: World): DeviceModel {
  const { calendar, start, assets } = world;
  const random = world.random.fork(asset.id);
  const options: ModelOptions = { asset, calendar, ailments: world.ailments(asset.id), random, start };
  switch (asset.kind) {
    case 'bay':
      return bayModel(options);
    case 'luminaire':
      return luminaireModel(options, world.lamp(asset));
    case 'pump':
      return pumpModel({ ...options, random: random.fork('motor') }, runHoursBefore(options));
    case 'circuit': {
      const fed = assets.filter((other) => other.circuit === asset.id && other.kind === 'luminaire');
      return circuitModel(options, fed.map(world.lamp));
    }
    default: {
      const carried = assets.filter((other) => other.gateway === asset.id && isSimulated(other));
      return gatewayModel(
        options,
        carried.map((other) => world.ailments(other.id)),
      );
    }
  }
}

function memberOf(asset: Asset, world: World): Member {
  const own = world.ailments(asset.id);
  const carrier = asset.gateway === '' ? own : world.ailments(asset.gateway);
  return {
    device: `dev-${asset.id}`,
    asset: asset.id,
    topic: telemetryTopic({ site: asset.site, kind: asset.kind, asset: asset.id }),
    model: modelOf(asset, world),
    silent: (at) =>
      own.at('device_silent', at) !== undefined ||
      own.at('gateway_silent', at) !== undefined ||
      carrier.at('gateway_silent', at) !== undefined,
  };
}

/** What one device says until `to`; its world moves on even while nobody hears it. */
function* samples({ model, silent }: Member, to: number): Generator<Sample> {
  while (model.next() < to) {
    const sample = model.step();
    if (sample && !silent(sample.ts)) yield sample;
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
