import type { JSX } from 'preact';
import { memo } from 'preact/compat';
import type { AssetView } from '../../../model/views/site.ts';
import { KIND_WORD, STATUS_WORD } from '../core/words.ts';
import { StatusMark } from '../parts/badge.tsx';
import { kindPath } from '../parts/icon.tsx';
import { conditionWord, isLit, latestOf, needsAttention } from './condition.ts';
import type { BayShape } from './geometry.ts';

interface MarkProps {
  readonly asset: AssetView;
  readonly shape: BayShape | undefined;
  /** Half the way to the nearest other pump, gateway…; its picture stays inside when it can. */
  readonly room_m: number | undefined;
  readonly selected: boolean;
  readonly faint: boolean;
  /** Metres that one screen pixel covers, in coarse steps. */
  readonly pixel_m: number;
}

export function markId(asset: string): string {
  return `mark-${asset}`;
}

const BAY_SIGN: Readonly<Record<string, string>> = {
  // Wheelchair, plug, initial: on a 10 × 10 grid.
  accessible: 'M4.5 1.5h.01M4.5 3v3h3L8.5 9M4.5 4.5H7M3.5 5a2.3 2.3 0 1 0 3.2 3',
  charging: 'M5.5 1 2.5 5.5h2.3L4.5 9 7.5 4.5H5.2Z',
  reserved: 'M3.5 9V1.5h2a2 2 0 0 1 0 4.2h-2M5.5 5.7 7.3 9',
};

function Bay({ asset, shape }: { asset: AssetView; shape: BayShape }): JSX.Element {
  const occupied = latestOf(asset, 'occupied');
  const bayClass = String(asset.attributes['bay_class'] ?? 'general');
  const sign = BAY_SIGN[bayClass];
  const state = occupied === undefined ? 'unheard' : occupied > 0 ? 'taken' : 'free';
  const fit = (0.8 * Math.min(shape.w, shape.h)) / 10;
  const x = asset.x_m - shape.w / 2;
  const y = asset.y_m - shape.h / 2;
  return (
    <>
      <rect class={`bay bay-${state}`} x={x} y={y} width={shape.w} height={shape.h} rx={0.35} />
      {bayClass === 'fire_lane' && (
        <rect x={x} y={y} width={shape.w} height={shape.h} rx={0.35} fill="url(#fire-lane)" />
      )}
      {sign && (
        <path
          class={`bay-sign bay-sign-${state}`}
          d={sign}
          transform={`translate(${asset.x_m - 5 * fit} ${asset.y_m - 5 * fit}) scale(${fit})`}
        />
      )}
    </>
  );
}

function Lamp({ asset, pixel_m }: { asset: AssetView; pixel_m: number }): JSX.Element {
  const r = Math.max(0.75, 2.8 * pixel_m);
  const lit = isLit(asset);
  return (
    <>
      {lit && <circle class="lamp-halo" cx={asset.x_m} cy={asset.y_m} r={r * 2.2} />}
      <circle class={lit ? 'lamp lamp-lit' : 'lamp lamp-off'} cx={asset.x_m} cy={asset.y_m} r={r} />
    </>
  );
}

/** From a dot where things crowd to a picture that keeps its size on the screen. */
function halfOf({ room_m, pixel_m }: Pick<MarkProps, 'room_m' | 'pixel_m'>): number {
  return Math.min(Math.max(1.4, 10 * pixel_m), Math.max((room_m ?? 0) * 0.94, 3.6 * pixel_m));
}

function Thing({ asset, half, pixel_m }: { asset: AssetView; half: number; pixel_m: number }): JSX.Element {
  const running = asset.kind === 'pump' && (latestOf(asset, 'running') ?? 0) > 0;
  const scale = (half * 1.5) / 24;
  const offset = half * 0.75;
  return (
    <>
      {asset.kind === 'pump' ? (
        <circle
          class={`thing thing-pump ${running ? 'thing-on' : ''}`}
          cx={asset.x_m}
          cy={asset.y_m}
          r={half}
        />
      ) : (
        <rect
          class={`thing thing-${asset.kind}`}
          x={asset.x_m - half}
          y={asset.y_m - half}
          width={2 * half}
          height={2 * half}
          rx={half * 0.35}
        />
      )}
      {half > 6 * pixel_m && (
        <path
          class={`thing-sign ${running ? 'thing-sign-on' : ''}`}
          d={kindPath(asset.kind)}
          transform={`translate(${asset.x_m - offset} ${asset.y_m - offset}) scale(${scale})`}
        />
      )}
    </>
  );
}

function reachOf(props: MarkProps): number {
  const { asset, shape, pixel_m } = props;
  if (shape) return Math.max(shape.w, shape.h) / 2;
  return asset.kind === 'luminaire' ? Math.max(0.75, 2.8 * pixel_m) : halfOf(props);
}

function drawn(props: MarkProps): JSX.Element {
  const { asset, shape, pixel_m } = props;
  if (shape) return <Bay asset={asset} shape={shape} />;
  if (asset.kind === 'luminaire') return <Lamp asset={asset} pixel_m={pixel_m} />;
  return <Thing asset={asset} half={halfOf(props)} pixel_m={pixel_m} />;
}

export function spoken(asset: AssetView): string {
  const condition = conditionWord(asset);
  return `${KIND_WORD[asset.kind]} ${asset.name}: ${condition === '' ? '' : `${condition}, `}${STATUS_WORD[asset.status]}`;
}

/** One asset on the plan. Its status is a shape at its corner; what it does now is how it is drawn. */
export const Mark = memo(function Mark(props: MarkProps): JSX.Element {
  const { asset, selected, faint, pixel_m } = props;
  const reach = reachOf(props);
  const badge = Math.max(1.8, 13 * pixel_m);
  const beside = asset.kind === 'bay' || asset.kind === 'luminaire' ? 0 : reach * 0.8;
  return (
    <g
      id={markId(asset.id)}
      class={faint ? 'mark mark-faint' : 'mark'}
      data-asset={asset.id}
      data-status={asset.status}
      role="option"
      aria-selected={selected}
      aria-label={spoken(asset)}
    >
      {drawn(props)}
      {needsAttention(asset) && (
        <StatusMark status={asset.status} x={asset.x_m + beside} y={asset.y_m - beside} size={badge} />
      )}
      {selected && <circle class="mark-ring" cx={asset.x_m} cy={asset.y_m} r={reach + 5 * pixel_m} />}
    </g>
  );
}, sameMark);

function sameMark(a: MarkProps, b: MarkProps): boolean {
  return (
    a.selected === b.selected &&
    a.faint === b.faint &&
    a.pixel_m === b.pixel_m &&
    a.shape === b.shape &&
    a.room_m === b.room_m &&
    a.asset.status === b.asset.status &&
    a.asset.name === b.asset.name &&
    conditionWord(a.asset) === conditionWord(b.asset)
  );
}
