import type { JSX } from 'preact';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { AssetView, SiteView, ZoneView } from '../../../model/views/site.ts';
import { count } from '../core/words.ts';
import { Icon } from '../parts/icon.tsx';
import { boundsOf, drawingOrder, labelPlace, nearest } from './geometry.ts';
import { useGestures } from './gestures.ts';
import { keysOf } from './keys.ts';
import { Mark, markId } from './mark.tsx';
import { useSizes } from './sizes.ts';
import { usePlanView } from './use-view.ts';
import { contains, type ViewBox } from './view-box.ts';

const REACH_PX = 24;

export interface PlanMapProps {
  readonly site: SiteView;
  readonly zones: readonly ZoneView[];
  readonly assets: readonly AssetView[];
  /** Open tickets by zone. */
  readonly ticketsByZone: ReadonlyMap<string, number>;
  readonly selected: string | null;
  readonly onSelect: (asset: string | null) => void;
  /** Whether an asset passes the filter; the others stay as faint ground. */
  readonly passes: (asset: AssetView) => boolean;
}

function ZoneNames(props: {
  zones: readonly ZoneView[];
  pixel_m: number;
  counts: ReadonlyMap<string, number>;
}): JSX.Element {
  const { zones, pixel_m, counts } = props;
  return (
    <g>
      {zones.map((zone) => {
        const at = labelPlace(zone.outline);
        const open = counts.get(zone.id) ?? 0;
        return (
          <text
            key={zone.id}
            class="zone-name"
            x={at.x + 6 * pixel_m}
            y={at.y - 6 * pixel_m}
            font-size={13 * pixel_m}
            stroke-width={3.5 * pixel_m}
          >
            {zone.name}
            <tspan class="zone-open" dx={6 * pixel_m} font-size={12 * pixel_m}>
              {openWord(open, boundsOf(zone.outline).w / pixel_m)}
            </tspan>
          </text>
        );
      })}
    </g>
  );
}

/** As many words as the zone is wide on the screen. */
function openWord(open: number, width_px: number): string {
  if (width_px > 250) return open === 0 ? 'no open tickets' : count(open, 'open ticket');
  return open === 0 ? '' : `${open} open`;
}

/** Patterns that marks name; once per page. */
export function PlanDefs(): JSX.Element {
  return (
    <defs>
      <pattern
        id="fire-lane"
        width="1.2"
        height="1.2"
        patternUnits="userSpaceOnUse"
        patternTransform="rotate(45)"
      >
        <rect class="fire-lane-stripe" width="0.45" height="1.2" />
      </pattern>
    </defs>
  );
}

function viewBoxOf(view: ViewBox): string {
  return [view.x, view.y, view.w, view.h].map((v) => v.toFixed(3)).join(' ');
}

/** The site from above, live. */
export function PlanMap(props: PlanMapProps): JSX.Element {
  const { site, zones, assets, selected, onSelect, passes } = props;
  const plan = usePlanView({ w: site.plan.width_m, h: site.plan.height_m });
  const sizes = useSizes(assets);
  const drawn = useMemo(() => [...assets].sort(drawingOrder), [assets]);
  const shown = drawn.filter(passes);
  const picked = useRef<string | null>(null);
  const pick = (id: string | null): void => {
    picked.current = id;
    onSelect(id);
  };
  useGestures(plan, (x, y) => {
    const at = plan.toPlan(x, y);
    pick(nearest(shown.toReversed(), at.x, at.y, REACH_PX * plan.pixel_m)?.id ?? null);
  });
  const { look, view } = plan;
  // Only a new choice moves the view.
  useEffect(() => {
    const asset = assets.find(({ id }) => id === selected);
    if (!asset) return;
    const point = { x: asset.x_m, y: asset.y_m };
    // Who came from a list or a link must be led there; who picked it sees it already.
    if (selected !== picked.current || !contains(view, point, 0.04)) look(point);
  }, [selected]);
  return (
    <div class="plan">
      <div
        ref={plan.box}
        class={plan.zoomed ? 'plan-view plan-view-near' : 'plan-view'}
        role="listbox"
        tabIndex={0}
        aria-label={`Plan of ${site.name}. Arrow keys go from asset to asset, plus and minus zoom.`}
        aria-activedescendant={selected ? markId(selected) : undefined}
        onKeyDown={keysOf(plan, { shown, selected, onSelect: pick })}
      >
        <svg viewBox={viewBoxOf(plan.view)} preserveAspectRatio="xMidYMid meet" role="presentation">
          <PlanDefs />
          <rect class="ground" x={0} y={0} width={site.plan.width_m} height={site.plan.height_m} rx={1.5} />
          {zones.map((zone) => (
            <polygon
              key={zone.id}
              class="zone"
              points={zone.outline.map(([x, y]) => `${x},${y}`).join(' ')}
            />
          ))}
          {drawn.map((asset) => (
            <Mark
              key={asset.id}
              asset={asset}
              shape={sizes.shapes.get(asset.id)}
              room_m={sizes.rooms.get(asset.id)}
              selected={asset.id === selected}
              faint={!passes(asset)}
              pixel_m={plan.pixel_m}
            />
          ))}
          <ZoneNames zones={zones} pixel_m={plan.pixel_m} counts={props.ticketsByZone} />
        </svg>
      </div>
      <fieldset class="plan-zoom">
        <legend class="hidden">Zoom</legend>
        <button type="button" class="icon-button" aria-label="Nearer" onClick={() => plan.zoom(0.6)}>
          <Icon name="plus" />
        </button>
        <button type="button" class="icon-button" aria-label="Farther" onClick={() => plan.zoom(1.6)}>
          <Icon name="minus" />
        </button>
        <button type="button" class="icon-button" aria-label="Whole site" onClick={plan.reset}>
          <Icon name="fit" />
        </button>
      </fieldset>
    </div>
  );
}
