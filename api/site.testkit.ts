import { attributeSchema } from '../model/attributes.ts';
import { directoryOf } from '../model/directory.ts';
import type { Fault } from '../model/fault.ts';
import type { Kind } from '../model/kinds.ts';
import type { Asset, Site, Zone } from '../model/site.ts';

/** 21:30 in London on a winter night: lamps are asked to burn. */
export const NOW = Date.UTC(2026, 0, 15, 21, 30);
export const NOON = Date.UTC(2026, 0, 15, 12, 0);

export function assetOf(
  kind: Kind,
  id: string,
  differs: Partial<Asset> = {},
  attributes: object = {},
): Asset {
  return {
    id,
    kind,
    site: 'mill-lane',
    zone: 'north',
    name: `${kind} ${id}`,
    x_m: 1,
    y_m: 2,
    circuit: '',
    gateway: '',
    attributes: attributeSchema(kind).parse({ heartbeat_s: 600, ...attributes }),
    ...differs,
  };
}

const outline: Zone['outline'] = [
  [0, 0],
  [50, 0],
  [50, 40],
];

/** One site, two zones, and one or two of everything. */
export const SITE: Site = {
  id: 'mill-lane',
  name: 'Mill Lane',
  tz: 'Europe/London',
  lat: 51.5,
  lon: -0.1,
  plan: { width_m: 100, height_m: 80 },
  lighting: { offset_min: 15, level_pct: 100, steps: [{ at: '23:00', level_pct: 50 }] },
  zones: [
    { id: 'north', name: 'North court', steward: 'nora', staff: { safety: 'sam' }, outline },
    { id: 'south', name: 'South court', steward: 'nora', staff: {}, outline },
  ],
  people: [
    { id: 'mia', name: 'Mia Manager', role: 'manager' },
    { id: 'nora', name: 'Nora North', role: 'staff' },
    { id: 'sam', name: 'Sam Safety', role: 'staff' },
    { id: 'vic', name: 'Vic Viewer', role: 'viewer' },
  ],
  assets: [
    assetOf('bay', 'b1'),
    assetOf('bay', 'b2'),
    assetOf('bay', 'b3', {}, { bay_class: 'accessible' }),
    assetOf('bay', 'b4', {}, { bay_class: 'fire_lane' }),
    assetOf('bay', 'b5', { zone: 'south' }, { bay_class: 'charging' }),
    assetOf('circuit', 'c1', {}, { heartbeat_s: 0 }),
    assetOf('luminaire', 'l1', { circuit: 'c1', x_m: 40 }, { rated_w: 100 }),
    assetOf('luminaire', 'l2', { circuit: 'c1', x_m: 10 }, { rated_w: 100 }),
    assetOf('luminaire', 'l3', { circuit: 'c1', x_m: 20 }, { rated_w: 100 }),
    assetOf('pump', 'p1', { zone: 'south' }),
  ],
};
export const DIRECTORY = directoryOf([SITE]);

export function faultOf(asset: string, differs: Partial<Fault> = {}): Fault {
  const { kind, site, zone } = DIRECTORY.asset(asset)!;
  const rule = differs.rule ?? 'LampOut';
  return {
    key: `${rule}/${asset}`,
    rule,
    asset,
    kind,
    site,
    zone,
    severity: 'minor',
    title: `${asset} is not well`,
    trade: 'steward',
    since: NOW - 60_000,
    members: [],
    evidence: {
      expression: 'power_w < 5.0',
      text: 'power is far below what the level asks for',
      values: { power_w: 0.4 },
      metrics: ['power_w'],
      from: NOW - 3_600_000,
      to: NOW,
    },
    ...differs,
  };
}
