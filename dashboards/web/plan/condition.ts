import type { AssetView } from '../../../model/views/site.ts';

/** A lamp that draws more than this burns; below is what its driver needs to listen. */
export const LIT_ABOVE_W = 5;

export function latestOf(asset: AssetView, metric: string): number | undefined {
  return asset.latest[metric]?.value;
}

export function isLit(asset: AssetView): boolean {
  return (latestOf(asset, 'power_w') ?? 0) > LIT_ABOVE_W;
}

/** What the asset does now, in words, told beside its status. */
export function conditionWord(asset: AssetView): string {
  if (asset.kind === 'bay') {
    const occupied = latestOf(asset, 'occupied');
    return occupied === undefined ? '' : occupied > 0 ? 'taken' : 'free';
  }
  if (asset.kind === 'luminaire') {
    if (latestOf(asset, 'power_w') === undefined) return '';
    return isLit(asset) ? 'lit' : 'not lit';
  }
  if (asset.kind === 'pump') {
    const running = latestOf(asset, 'running');
    return running === undefined ? '' : running > 0 ? 'running' : 'at rest';
  }
  if (asset.kind === 'circuit') {
    const energized = latestOf(asset, 'energized');
    return energized === undefined ? '' : energized > 0 ? 'on' : 'off';
  }
  if (asset.kind === 'sign') {
    const shown = latestOf(asset, 'shown');
    return shown === undefined ? '' : shown < 0 ? 'dark' : `shows ${shown}`;
  }
  return '';
}

/** What was never heard and promises nothing (`heartbeat_s` 0) is missed by nobody. */
export function needsAttention(asset: AssetView): boolean {
  if (asset.status === 'unknown') return asset.attributes['heartbeat_s'] !== 0;
  return asset.status !== 'ok';
}

export interface Figures {
  readonly bays: number;
  readonly free: number;
  readonly lamps: number;
  readonly lit: number;
  readonly lampsAiling: number;
  readonly pumps: number;
  readonly running: number;
  readonly pumpsAiling: number;
}

/** Free bays are those that say so and can be believed; nobody may park in a fire lane. */
export function figuresOf(assets: Iterable<AssetView>): Figures {
  const figures = {
    bays: 0,
    free: 0,
    lamps: 0,
    lit: 0,
    lampsAiling: 0,
    pumps: 0,
    running: 0,
    pumpsAiling: 0,
  };
  for (const asset of assets) {
    const heard = asset.status !== 'silent' && asset.status !== 'unknown';
    const ailing = asset.status === 'fault' || asset.status === 'warning';
    if (asset.kind === 'bay' && asset.attributes['bay_class'] !== 'fire_lane') {
      figures.bays += 1;
      if (heard && latestOf(asset, 'occupied') === 0) figures.free += 1;
    } else if (asset.kind === 'luminaire') {
      figures.lamps += 1;
      if (heard && isLit(asset)) figures.lit += 1;
      if (ailing) figures.lampsAiling += 1;
    } else if (asset.kind === 'pump') {
      figures.pumps += 1;
      if (heard && (latestOf(asset, 'running') ?? 0) > 0) figures.running += 1;
      if (ailing) figures.pumpsAiling += 1;
    }
  }
  return figures;
}
