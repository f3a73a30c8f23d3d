import { COUNTS_ONLY } from '../firmware-sim/fault-kinds.ts';
import { attributeSchema } from '../model/attributes.ts';
import type { Kind } from '../model/kinds.ts';
import type { Random } from '../model/random.ts';
import type { Asset, Lighting, Place, Site } from '../model/site.ts';

const PLACES: readonly Place[] = [
  { tz: 'Europe/London', lat: 51.5, lon: -0.1 },
  { tz: 'Europe/Berlin', lat: 52.5, lon: 13.4 },
  { tz: 'Europe/Madrid', lat: 40.4, lon: -3.7 },
  { tz: 'America/New_York', lat: 40.7, lon: -74 },
  { tz: 'Asia/Kolkata', lat: 12.97, lon: 77.6 },
  { tz: 'Australia/Sydney', lat: -33.9, lon: 151.2 },
  // Tromsø: nights without end, and none for two months.
  { tz: 'Europe/Oslo', lat: 69.65, lon: 18.96 },
  { tz: 'America/Sao_Paulo', lat: -23.5, lon: -46.6 },
];
/** Of the lamps of some circuits each has a photocell. */
const OTHER_SCHEDULES: Readonly<Record<string, Lighting>> = {
  cells: { photocell: true, offset_min: 0, level_pct: 100, steps: [] },
  park: {
    offset_min: 10,
    before_sunrise_min: 0,
    level_pct: 100,
    steps: [
      { at: '00:30', level_pct: 0 },
      { at: '05:30', level_pct: 100 },
    ],
    nights: [{ on: ['fri', 'sat'], level_pct: 100, steps: [] }],
  },
};
const LIGHTINGS: readonly Lighting[] = [
  { offset_min: 20, level_pct: 100, steps: [] },
  {
    offset_min: 15,
    level_pct: 100,
    steps: [
      { at: '23:00', level_pct: 50 },
      { at: '05:00', level_pct: 100 },
    ],
  },
  { offset_min: 30, level_pct: 80, steps: [{ at: '00:30', level_pct: 60 }] },
];
const ZONES = ['north', 'east', 'south', 'west'] as const;

function pick<T>(random: Random, items: readonly T[]): T {
  return items[random.int(items.length)]!;
}

/** Assets whose devices one gateway carries. */
const CARRIED = { least: 20, spread: 40 };
/** Lamps that one circuit feeds. */
const FED = { least: 6, spread: 36 };

/** A zone of so many bays has gates that count. */
const BAYS_OF_A_GATE = 15;

interface Drawing {
  readonly random: Random;
  readonly assets: Asset[];
}

type More = Record<string, string | number>;

function add(
  { assets }: Drawing,
  kind: Kind,
  place: { zone: string; circuit?: string; gateway?: string },
  more: More,
): void {
  const count = assets.filter((other) => other.kind === kind).length + 1;
  const id = `${kind}-${String(count).padStart(4, '0')}`;
  const { zone, circuit = '', gateway = '' } = place;
  const attributes = attributeSchema(kind).parse(more);
  assets.push({ id, kind, site: 'estate', zone, name: id, x_m: 0, y_m: 0, circuit, gateway, attributes });
}

function lampOf(random: Random): More {
  const model = random.next() < 0.06 ? COUNTS_ONLY : '';
  return { model, rated_w: pick(random, [30, 40, 60, 90, 120]), heartbeat_s: 300 };
}

function bayOf(random: Random): More {
  const luck = random.next();
  const bay_class =
    luck < 0.04
      ? 'fire_lane'
      : luck < 0.1
        ? 'accessible'
        : luck < 0.18
          ? 'charging'
          : luck < 0.3
            ? 'reserved'
            : 'general';
  const isLimited = bay_class === 'general' && random.next() < 0.3;
  return {
    bay_class,
    heartbeat_s: pick(random, [600, 900, 1800]),
    dwell_p999_h: pick(random, [36, 48, 72]),
    limit_minutes: isLimited ? pick(random, [120, 180, 240]) : 0,
  };
}

/** A controller on a cable says more than a sensor with a battery. */
function pumpOf(random: Random, heartbeat_s: number): More {
  const duty = pick(random, ['drainage', 'drainage', 'booster', 'booster', 'fire']);
  const rated_w = duty === 'fire' ? 15_000 : pick(random, [2200, 3000, 4000, 5500]);
  return {
    duty,
    rated_w,
    vibration_class: random.next() < 0.2 ? 'own' : 'iso10816_7_1',
    dry_run_w: 0.4 * rated_w,
    heartbeat_s,
    service_every_h: duty === 'booster' ? 4000 : duty === 'fire' ? 50 : 500,
    serviced_at_run_h: 200 + random.int(5000),
    service_every_d: 365,
    ...(duty === 'drainage'
      ? { service_every_starts: 10_000, serviced_at_starts: random.int(20_000), starts_daily_max: 100 }
      : {}),
  };
}

/**
 * A site of so many assets that nobody laid out by hand: where it lies, how it is lit, what stands there and how often
 * it speaks, all drawn. Gateways carry 20 to 60 devices, circuits feed 6 to 42 lamps.
 */
export function drawEstate(random: Random, size: number): Site {
  const place = pick(random, PLACES);
  const drawing: Drawing = { random, assets: [] };
  const { assets } = drawing;
  while (assets.length < size) {
    const zone = pick(random, ZONES);
    add(drawing, 'gateway', { zone }, { heartbeat_s: 60 });
    const gateway = assets.at(-1)!.id;
    const carried = CARRIED.least + random.int(CARRIED.spread);
    const what = random.next();
    if (what < 0.4) {
      const schedule = pick(random, ['', '', 'cells', 'park']);
      add(drawing, 'circuit', { zone, gateway }, { heartbeat_s: 300, schedule });
      const circuit = assets.at(-1)!.id;
      const lamps = FED.least + random.int(FED.spread);
      for (let i = 0; i < lamps; i++) add(drawing, 'luminaire', { zone, circuit, gateway }, lampOf(random));
    } else {
      for (let i = 0; i < carried; i++) {
        const luck = random.next();
        if (luck < 0.06) add(drawing, 'pump', { zone }, pumpOf(random, pick(random, [20, 60])));
        else if (luck < 0.1) add(drawing, 'pump', { zone, gateway }, pumpOf(random, 300));
        else add(drawing, 'bay', { zone, gateway }, bayOf(random));
      }
    }
  }
  for (const zone of ZONES) {
    const bays = assets.filter((asset) => asset.kind === 'bay' && asset.zone === zone).length;
    if (bays >= BAYS_OF_A_GATE) add(drawing, 'meter', { zone }, { heartbeat_s: 300 });
  }
  return {
    id: 'estate',
    name: 'Drawn estate',
    ...place,
    plan: { width_m: 1, height_m: 1 },
    lighting: pick(random, LIGHTINGS),
    schedules: OTHER_SCHEDULES,
    zones: ZONES.map((id) => ({ id, name: id, steward: 'steward', staff: {}, outline: [] })),
    people: [{ id: 'steward', name: 'Steward', role: 'manager' }],
    assets,
  };
}
