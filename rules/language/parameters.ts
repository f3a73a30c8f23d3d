import type { Asset } from '../../model/site.ts';

/** A number that a rule reads and that an asset, a model, a zone or a site may have its own of. Its unit ends its name. */
export interface Parameter {
  readonly name: string;
  readonly default: number;
  readonly min: number;
  readonly max: number;
  readonly meaning: string;
}

export const SELECTORS = ['model', 'site', 'zone', 'asset'] as const;
export type Selector = (typeof SELECTORS)[number];

/** Other numbers for the assets that fit all its selectors; `*` in a model is any text. */
export interface Override {
  readonly where: { readonly [selector in Selector]?: string | undefined };
  readonly set: Readonly<Record<string, number>>;
  /** `file:line:column`. */
  readonly place: string;
}

/** A number and why it is that. */
export interface Setting {
  readonly value: number;
  readonly from: string;
}

function fits(selector: Selector, wanted: string, asset: Asset): boolean {
  if (selector === 'asset') return asset.id === wanted;
  if (selector === 'site' || selector === 'zone') return asset[selector] === wanted;
  const model = String(asset.attributes['model'] ?? '');
  const parts = wanted.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(model);
}

/** How near an override is to the asset: the nearest selector counts, model, site, zone, asset; −1 = it does not fit. */
function nearness({ where }: Override, asset: Asset): number {
  let nearest = -1;
  for (const [i, selector] of SELECTORS.entries()) {
    const wanted = where[selector];
    if (wanted === undefined) continue;
    if (!fits(selector, wanted, asset)) return -1;
    nearest = i;
  }
  return nearest;
}

/** The number for an asset: the nearest override wins, of equally near ones the later. `least`: how near it must be. */
function overridden(
  name: string,
  asset: Asset,
  overrides: readonly Override[],
  least: number,
): Setting | undefined {
  let best: Setting | undefined;
  let nearest = least;
  for (const override of overrides) {
    const value = override.set[name];
    const near = value === undefined ? -1 : nearness(override, asset);
    if (value === undefined || near < nearest) continue;
    nearest = near;
    const selector = SELECTORS[near]!;
    best = { value, from: `${selector} ${override.where[selector]} (${override.place})` };
  }
  return best;
}

export function parameterSetting(
  parameter: Parameter,
  asset: Asset,
  overrides: readonly Override[],
): Setting {
  const { name } = parameter;
  return overridden(name, asset, overrides, 0) ?? { value: parameter.default, from: 'default of the rule' };
}

/** An attribute's number: what the site file gives the asset counts as nearest, after overrides that name the asset. */
export function attributeSetting(name: string, asset: Asset, overrides: readonly Override[]): Setting {
  const isGiven = asset.given?.includes(name) ?? false;
  const least = isGiven ? SELECTORS.indexOf('asset') : 0;
  return (
    overridden(name, asset, overrides, least) ?? {
      value: Number(asset.attributes[name] ?? Number.NaN),
      from: isGiven ? 'site file' : `default of a ${asset.kind}`,
    }
  );
}
