import { describe, expect, it } from 'vitest';
import { attributeSchema } from '../../model/attributes.ts';
import type { Asset } from '../../model/site.ts';
import { runRuleTests } from '../testing/run.ts';
import { loadRules } from './load.ts';
import { attributeSetting, parameterSetting } from './parameters.ts';

const FILE = `groups:
- name: g
  parameters: { hot_c: { default: 70, min: 20, max: 120 } }
  rules:
  - { rule: Hot, on: pump, when: bearing_c > hot_c, ticket: { title: t } }
  - { rule: Cold, on: pump, parameters: { cold_c: -5 }, when: bearing_c < cold_c, ticket: { title: t } }
overrides:
- { model: "Tern*", set: { hot_c: 71, bearing_warn_c: 61 } }
- { model: "Tern S 2", set: { hot_c: 72 } }
- { site: oak, set: { hot_c: 73, cold_c: -10 } }
- { zone: mill, set: { hot_c: 74, bearing_warn_c: 64 } }
- { zone: mill, model: "Kestrel*", set: { hot_c: 75 } }
- { asset: p9, set: { hot_c: 76, bearing_warn_c: 66 } }
`;
const rules = loadRules([{ file: 'own.yaml', text: FILE }]);

function pump(
  id: string,
  site: string,
  zone: string,
  model: string,
  given: Record<string, number> = {},
): Asset {
  const attributes = attributeSchema('pump').parse({ model, ...given });
  return {
    id,
    kind: 'pump',
    site,
    zone,
    name: id,
    x_m: 0,
    y_m: 0,
    circuit: '',
    gateway: '',
    attributes,
    given: ['model', ...Object.keys(given)],
  };
}

describe('a parameter', () => {
  it.each([
    ['of nobody is the rule’s', pump('p1', 'elm', 'a', 'Corvid'), 70, 'default of the rule'],
    ['of a model', pump('p1', 'elm', 'a', 'Tern B'), 71, 'model Tern* (own.yaml:8:3)'],
    ['of a model, the later of two', pump('p1', 'elm', 'a', 'Tern S 2'), 72, 'model Tern S 2 (own.yaml:9:3)'],
    ['of a site before that of a model', pump('p1', 'oak', 'a', 'Tern B'), 73, 'site oak (own.yaml:10:3)'],
    ['of a zone before that of a site', pump('p1', 'oak', 'mill', 'Tern B'), 74, 'zone mill (own.yaml:11:3)'],
    ['of a model in a zone', pump('p1', 'oak', 'mill', 'Kestrel F'), 75, 'zone mill (own.yaml:12:3)'],
    ['of a model elsewhere', pump('p1', 'elm', 'a', 'Kestrel F'), 70, 'default of the rule'],
    ['of the asset before all', pump('p9', 'oak', 'mill', 'Tern B'), 76, 'asset p9 (own.yaml:13:3)'],
  ])('%s', (_, asset, value, from) => {
    const [parameter] = rules.infos.get('Hot')!.parameters;
    expect(parameterSetting(parameter!, asset, rules.overrides)).toEqual({ value, from });
  });

  it.each([
    ['default of the trade', pump('p1', 'elm', 'a', ''), 80, 'default of a pump'],
    ['its model’s', pump('p1', 'elm', 'a', 'Tern B'), 61, 'model Tern* (own.yaml:8:3)'],
    [
      'what the site file gives the asset, before its zone’s',
      pump('p1', 'oak', 'mill', '', { bearing_warn_c: 99 }),
      99,
      'site file',
    ],
    [
      'what an override gives the very asset',
      pump('p9', 'oak', 'mill', '', { bearing_warn_c: 99 }),
      66,
      'asset p9 (own.yaml:13:3)',
    ],
  ])('that is an attribute is %s', (_, asset, value, from) => {
    expect(attributeSetting('bearing_warn_c', asset, rules.overrides)).toEqual({ value, from });
  });

  it('is what the rule judges by', () => {
    const text = `${FILE}tests:
- start: 2026-03-01T00:00:00Z
  assets: [{ id: p1, kind: pump }, { id: p9, kind: pump }, { id: p2, kind: pump, model: Tern B }]
  series: [{ of: "*/bearing_c", every: 1m, values: "70.5 71.5 73 77" }]
  expect:
  - { at: 30s, firing: [Hot/p1] }
  - { at: 90s, firing: [Hot/p1, Hot/p2] }
  - { at: 3m, firing: [Hot/p1, Hot/p2, Hot/p9] }
`;
    expect(runRuleTests([{ file: 'own.yaml', text }]).failures).toEqual([]);
  });

  const wrong = (from: string, to: string) => (): unknown =>
    loadRules([{ file: 'own.yaml', text: FILE.replace(from, to) }]);
  it.each([
    [
      'bearing_c > hot_c',
      'bearing_c > hut_c',
      'own.yaml:5:46: Hot: a pump has no "hut_c" (did you mean "hot_c"?)',
    ],
    ['bearing_c > hot_c', 'bearing_c > 9', 'own.yaml:3:24: no rule of the group reads "hot_c"'],
    ['bearing_c < cold_c', 'bearing_c < 9', 'own.yaml:6:51: Cold: nothing reads the parameter "cold_c"'],
    ['hot_c: { default: 70,', 'hot_c: { default: 10,', 'the default is out of its bounds'],
    ['bearing_c > hot_c', 'power_w > hot_c', 'W cannot be compared with °C'],
    ['cold_c: -5', 'Cold: -5', 'a parameter is named like dark_pct'],
    [
      'set: { hot_c: 72 }',
      'set: { hut_c: 72 }',
      'own.yaml:9:38: no rule has a parameter "hut_c" (did you mean "hot_c"?)',
    ],
    ['set: { hot_c: 72 }', 'set: { hot_c: 200 }', 'own.yaml:9:38: hot_c must be 20 to 120'],
    ['set: { hot_c: 72 }', 'set: { bearing_warn_c: -2 }', 'own.yaml:9:47: bearing_warn_c: Too small'],
    ['set: { hot_c: 72 }', 'set: { heartbeat_s: 60 }', 'heartbeat_s is told by the site file'],
    ['{ asset: p9, set', '{ set', 'own.yaml:13:3: an override needs model, site, zone or asset'],
    ['{ asset: p9, set', '{ assets: p9, set', 'unknown key "assets" (did you mean "asset"?)'],
  ])('%s → %s: %s', (from, to, message) => {
    expect(wrong(from, to)).toThrow(message);
  });

  it('may not hide a name of its kind', () => {
    const text = FILE.replace('{ cold_c: -5 }', '{ power_w: -5 }').replace(
      'bearing_c < cold_c',
      'bearing_c < power_w',
    );
    expect(() => loadRules([{ file: 'own.yaml', text }])).toThrow('a pump has "power_w" already');
  });
});
