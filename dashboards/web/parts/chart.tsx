import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { metricWord, numberText, valueText } from '../core/words.ts';
import type { Curve } from './readings.ts';

const HEIGHT_PX = 124;

interface ChartProps {
  readonly curve: Curve;
  readonly tz: string;
  /** Epoch milliseconds. */
  readonly from: number;
  readonly to: number;
  /** A moment to mark, and its word. */
  readonly mark?: { readonly at: number; readonly word: string } | undefined;
}

function colours(element: HTMLElement): (name: string) => string {
  const style = getComputedStyle(element);
  return (name) => style.getPropertyValue(name).trim();
}

/** A dashed line where the moment is, its word above. */
function drawMark(plot: uPlot, at_s: number, word: string, colour: string): void {
  const { ctx, bbox } = plot;
  const x = plot.valToPos(at_s, 'x', true);
  if (x < bbox.left - 1 || x > bbox.left + bbox.width + 1) return;
  const ratio = window.devicePixelRatio;
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.fillStyle = colour;
  ctx.lineWidth = 1.5 * ratio;
  ctx.setLineDash([5 * ratio, 3 * ratio]);
  ctx.beginPath();
  ctx.moveTo(x, bbox.top);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
  ctx.font = `600 ${11 * ratio}px system-ui, sans-serif`;
  const left = x > bbox.left + bbox.width / 2;
  ctx.textAlign = left ? 'right' : 'left';
  ctx.textBaseline = 'bottom';
  ctx.fillText(word, x + (left ? 3 : -3) * ratio, bbox.top - 3 * ratio);
  ctx.restore();
}

function optionsOf(props: ChartProps, element: HTMLElement): uPlot.Options {
  const { curve, tz, from, to, mark } = props;
  const colour = colours(element);
  const axis = {
    stroke: colour('--ink-soft'),
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { show: false },
    font: '11px system-ui, sans-serif',
  };
  return {
    width: Math.max(200, element.clientWidth),
    height: HEIGHT_PX,
    padding: [mark ? 17 : 6, 14, 0, 0],
    cursor: { y: false, drag: { x: false, y: false }, sync: { key: 'steward' } },
    legend: { show: false },
    tzDate: (at_s) => uPlot.tzDate(new Date(at_s * 1000), tz),
    scales: {
      x: { range: [from / 1000, to / 1000] },
      y: curve.stepped ? { range: [-0.1, 1.1] } : { range: (_, min, max) => spread(min, max) },
    },
    axes: [
      {
        ...axis,
        size: 38,
        space: 64,
        values: [
          [86_400, '{D} {MMM}', null, null, null, null, null, null, 1],
          [3_600, '{HH}:{mm}', '\n{D} {MMM}', null, '\n{D} {MMM}', null, null, null, 1],
          [60, '{HH}:{mm}', '\n{D} {MMM}', null, '\n{D} {MMM}', null, null, null, 1],
          [1, '{HH}:{mm}:{ss}', null, null, null, null, null, null, 1],
        ],
      },
      {
        ...axis,
        size: 52,
        ...(curve.stepped && { splits: () => [0, 1] }),
        values: (_, ticks) =>
          ticks.map((tick) => (curve.stepped ? valueText(curve.metric.name, tick, '') : numberText(tick))),
      },
    ],
    series: [
      {},
      {
        stroke: colour('--chart'),
        fill: colour('--chart-fill'),
        width: 1.75,
        points: { show: curve.at_s.length < 3 },
        spanGaps: false,
        ...(curve.stepped && { paths: uPlot.paths.stepped!({ align: 1 }) }),
      },
    ],
    hooks: {
      draw: [(plot) => mark && drawMark(plot, mark.at / 1000, mark.word, colour('--fault'))],
      setCursor: [(plot) => tellCursor(plot, curve, element)],
    },
  };
}

/** Room around the values; zero stays in sight when it is near. */
function spread(min: number | null, max: number | null): [number, number] {
  const low = min ?? 0;
  const high = max ?? 1;
  const room = (high - low || Math.abs(high) || 1) * 0.08;
  return [low >= 0 && low - room < (high - low) * 0.5 ? 0 : low - room, high + room];
}

function tellCursor(plot: uPlot, curve: Curve, element: HTMLElement): void {
  const told = element.parentElement?.querySelector('output');
  if (!told) return;
  const index = plot.cursor.idx;
  const value = index === null || index === undefined ? null : curve.values[index];
  told.textContent = valueText(curve.metric.name, value ?? lastOf(curve), curve.metric.unit);
}

function lastOf(curve: Curve): number {
  return curve.values.findLast((value) => value !== null) ?? Number.NaN;
}

function summary(curve: Curve): string {
  const heard = curve.values.filter((value) => value !== null);
  const { name, unit } = curve.metric;
  if (heard.length === 0) return `${metricWord(name)}: no readings in this time`;
  const text = (value: number): string => valueText(name, value, unit);
  const low = heard.reduce((a, b) => Math.min(a, b));
  const high = heard.reduce((a, b) => Math.max(a, b));
  return `${metricWord(name)}: lowest ${text(low)}, highest ${text(high)}, last ${text(lastOf(curve))}`;
}

/** One metric over time, in the site's time zone. */
export function Chart(props: ChartProps): JSX.Element {
  const { curve } = props;
  const box = useRef<HTMLDivElement>(null);
  // The curve and its span are all that is drawn.
  useEffect(() => {
    const element = box.current;
    if (!element || curve.at_s.length === 0) return;
    let plot: uPlot | undefined;
    const draw = (): void => {
      plot?.destroy();
      plot = new uPlot(optionsOf(props, element), [[...curve.at_s], [...curve.values]], element);
    };
    draw();
    const resized = new ResizeObserver(() =>
      plot?.setSize({ width: Math.max(200, element.clientWidth), height: HEIGHT_PX }),
    );
    resized.observe(element);
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    scheme.addEventListener('change', draw);
    return () => {
      resized.disconnect();
      scheme.removeEventListener('change', draw);
      plot?.destroy();
    };
  }, [curve, props.from, props.to, props.tz, props.mark?.at]);
  return (
    <figure class="chart">
      <figcaption>
        <span title={curve.metric.meaning}>{metricWord(curve.metric.name)}</span>
        {curve.at_s.length > 0 && (
          <output>{valueText(curve.metric.name, lastOf(curve), curve.metric.unit)}</output>
        )}
      </figcaption>
      {curve.at_s.length === 0 ? (
        <p class="chart-empty">No readings in this time.</p>
      ) : (
        <div ref={box} class="chart-box" role="img" aria-label={summary(curve)} />
      )}
    </figure>
  );
}
