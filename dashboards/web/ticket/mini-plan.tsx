import type { JSX } from 'preact';
import type { AssetView, ZoneView } from '../../../model/views/site.ts';
import { boundsOf, drawingOrder } from '../plan/geometry.ts';
import { Mark } from '../plan/mark.tsx';
import { PlanDefs } from '../plan/plan-map.tsx';
import { useSizes } from '../plan/sizes.ts';

const MARGIN_M = 4;
/** A drawing some 480 pixels wide. */
const WIDTH_PX = 480;

/** Where in its zone the asset is; a rolled-up ticket's members are shown too. */
export function MiniPlan(props: {
  asset: AssetView;
  members: readonly string[];
  assets: ReadonlyMap<string, AssetView>;
  zone: ZoneView | undefined;
}): JSX.Element {
  const { asset, members, zone } = props;
  const named = new Set([asset.id, ...members]);
  const near = [...props.assets.values()].filter(
    (other) => other.site === asset.site && (other.zone === asset.zone || named.has(other.id)),
  );
  const sizes = useSizes(near);
  const outline = zone?.outline ?? near.map((a) => [a.x_m, a.y_m] as const);
  const box = boundsOf([...outline, [asset.x_m, asset.y_m]]);
  const w = box.w + 2 * MARGIN_M;
  const h = box.h + 2 * MARGIN_M;
  return (
    <a class="mini-plan" href={`/asset/${asset.id}`}>
      <span class="hidden">{asset.name} on the plan</span>
      <svg viewBox={`${box.x - MARGIN_M} ${box.y - MARGIN_M} ${w} ${h}`} aria-hidden="true">
        <PlanDefs />
        {zone && <polygon class="zone" points={zone.outline.map(([x, y]) => `${x},${y}`).join(' ')} />}
        {near.toSorted(drawingOrder).map((other) => (
          <Mark
            key={other.id}
            asset={other}
            shape={sizes.shapes.get(other.id)}
            room_m={sizes.rooms.get(other.id)}
            selected={other.id === asset.id}
            faint={!named.has(other.id)}
            pixel_m={w / WIDTH_PX}
          />
        ))}
      </svg>
    </a>
  );
}
