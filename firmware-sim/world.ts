import { scheduleOf } from '../model/lighting.ts';
import { type Random, seededRandom } from '../model/random.ts';
import type { Asset, Site } from '../model/site.ts';
import { telemetryTopic } from '../model/topics.ts';
import { bayModel } from './bay.ts';
import { type Calendar, calendarOf } from './calendar.ts';
import { type Census, type CountedAt, censusOf, staysOf } from './census.ts';
import { circuitModel } from './circuit.ts';
import { type DeviceClock, deviceClock } from './device-clock.ts';
import type { DeviceModel, ModelOptions } from './device-model.ts';
import { gateModel } from './gate.ts';
import { gatewayModel } from './gateway.ts';
import { type Ailments, ailmentsOf, injectionsOf } from './injection.ts';
import { type Lamp, lampOf } from './lamp.ts';
import { luminaireModel } from './luminaire.ts';
import { countersBefore, pumpModel } from './pump.ts';
import { isSimulated, type Scenario } from './scenario.ts';
import { type Sighting, sightingOf } from './sighting.ts';

export interface FleetOptions {
  readonly site: Site;
  readonly scenario: Scenario;
  readonly seed: number;
  /** When the simulation begins, epoch milliseconds. */
  readonly start: number;
  /** The moment that the scenario's times are told from, epoch milliseconds. */
  readonly now: number;
  /** Whether the clocks of devices that a gateway carries drift; they are right. */
  readonly clocksDrift?: boolean;
}

/** One device of the fleet: its MQTT client id, the asset that it speaks for, and where it publishes. */
export interface SimulatedDevice {
  readonly device: string;
  readonly asset: string;
  readonly topic: string;
  /** Nothing carries it: it speaks MQTT over a line of its own, QoS 1. */
  readonly wired: boolean;
}

/** A device with the part of the world that it watches. */
export interface Member extends SimulatedDevice {
  readonly model: DeviceModel;
  readonly sightings: readonly Sighting[];
  isSilent(at: number): boolean;
  readonly clock: DeviceClock;
  /** Until when the gateway keeps what it hears now, because its own line is down; undefined when it does not. */
  keptUntil(at: number): number | undefined;
}

/** What the models of one fleet share. */
export interface World {
  readonly assets: readonly Asset[];
  readonly calendar: Calendar;
  readonly random: Random;
  readonly start: number;
  readonly clocksDrift: boolean;
  readonly sightings: readonly Sighting[];
  ailments(asset: string): Ailments;
  lamp(asset: Asset): Lamp;
  /** The cars of a zone from the start on: one of its own for everybody who counts them. */
  census(zone: string, counted: CountedAt): Census;
}

const WELL = ailmentsOf([], '');

export function worldOf({ site, scenario, seed, start, now, clocksDrift = false }: FleetOptions): World {
  const injections = injectionsOf(scenario, site, now);
  const random = seededRandom(seed);
  const calendar = calendarOf(site, random);
  const assetById = new Map(site.assets.map((asset) => [asset.id, asset]));
  const ailments = new Map(site.assets.map(({ id }) => [id, ailmentsOf(injections, id)]));
  const census = (zone: string, counted: CountedAt): Census => {
    const bays = site.assets.filter(
      (asset) => asset.kind === 'bay' && asset.zone === zone && isSimulated(asset),
    );
    return censusOf(
      bays.map((bay) => ({
        stays: staysOf(bay, calendar, random.fork(bay.id), start),
        ailments: ailments.get(bay.id)!,
      })),
      start,
      counted,
    );
  };
  const sightings = injections.map((injection) =>
    sightingOf(injection, assetById.get(injection.asset)!, site, census),
  );
  const lamps = new Map<string, Lamp>();
  const lamp = (asset: Asset): Lamp => {
    let made = lamps.get(asset.id);
    if (!made) {
      made = lampOf({
        asset,
        schedule: scheduleOf(asset, assetById.get(asset.circuit)),
        calendar,
        ailments: ailments.get(asset.id) ?? WELL,
        circuit: ailments.get(asset.circuit),
        random: random.fork(`lamp ${asset.id}`),
      });
      lamps.set(asset.id, made);
    }
    return made;
  };
  const assets = site.assets;
  return {
    assets,
    calendar,
    random,
    start,
    clocksDrift,
    sightings,
    lamp,
    census,
    ailments: (id) => ailments.get(id) ?? WELL,
  };
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
      return pumpModel({ ...options, random: random.fork('motor') }, countersBefore(options));
    case 'circuit': {
      const fed = assets.filter((other) => other.circuit === asset.id && other.kind === 'luminaire');
      return circuitModel(options, fed.map(world.lamp));
    }
    case 'meter':
      return gateModel(options, world.census(asset.zone, 'gates'));
    default: {
      const carried = assets.filter((other) => other.gateway === asset.id && isSimulated(other));
      return gatewayModel(
        options,
        carried.map((other) => world.ailments(other.id)),
      );
    }
  }
}

/** The asset's device, and when nobody hears it. */
export function memberOf(asset: Asset, world: World): Member {
  const own = world.ailments(asset.id);
  const carrier = asset.kind === 'gateway' ? own : world.ailments(asset.gateway);
  const wired = asset.gateway === '';
  const crystal = world.clocksDrift && !wired ? world.random.fork(`clock ${asset.id}`) : undefined;
  return {
    device: `dev-${asset.id}`,
    asset: asset.id,
    wired,
    topic: telemetryTopic({ site: asset.site, kind: asset.kind, asset: asset.id }),
    model: modelOf(asset, world),
    clock: deviceClock(own, world.start, crystal),
    sightings: world.sightings.filter(({ injection }) => injection.asset === asset.id),
    isSilent: (at) =>
      own.at('device_silent', at) !== undefined || carrier.at('gateway_silent', at) !== undefined,
    keptUntil: (at) => {
      const outage = carrier.at('gateway_outage', at);
      return outage && (outage.to ?? Number.POSITIVE_INFINITY);
    },
  };
}
