import type { MetricView, ReadingsView, ReadingView } from '../../../model/views/site.ts';
import { get } from '../core/client.ts';
import { isStateMetric } from '../core/words.ts';

/** One curve: seconds since the epoch and values, null where the curve is broken. */
export interface Curve {
  readonly metric: MetricView;
  readonly at_s: readonly number[];
  readonly values: readonly (number | null)[];
  readonly stepped: boolean;
}

const MINUTE_MS = 60_000;
const STEPS: readonly (readonly [spanMs: number, every: string])[] = [
  [3 * 3_600_000, ''],
  [13 * 3_600_000, '1m'],
  [49 * 3_600_000, '5m'],
  [8 * 86_400_000, '30m'],
];

/** Width of the buckets that give a chart some hundred points; empty = each reading as it was stored. */
export function everyFor(spanMs: number): string {
  return STEPS.find(([longest]) => spanMs <= longest)?.[1] ?? '2h';
}

/** A pause longer than three usual steps (two minutes at least) is a gap, not a slope. */
function gapOf(at: readonly number[]): number {
  const steps = at
    .slice(1)
    .map((s, i) => s - (at[i] ?? s))
    .sort((a, b) => a - b);
  return Math.max(120, 3 * (steps[Math.floor(steps.length / 2)] ?? 0));
}

/**
 * The curve of one metric. A state holds its value until the next word and is drawn in steps; a quantity that was not
 * heard for long is broken off.
 */
export function curveOf(metric: MetricView, rows: readonly ReadingView[]): Curve {
  const stepped = isStateMetric(metric.name);
  const heard = rows.flatMap((row) => {
    const value = row.values[metric.name];
    return value === undefined ? [] : [{ at: Date.parse(row.ts) / 1000, value }];
  });
  const gap_s = stepped ? Number.POSITIVE_INFINITY : gapOf(heard.map(({ at }) => at));
  const at_s: number[] = [];
  const values: (number | null)[] = [];
  let before = Number.NaN;
  for (const { at, value } of heard) {
    if (at - before > gap_s) {
      at_s.push((at + before) / 2);
      values.push(null);
    }
    at_s.push(at);
    values.push(value);
    before = at;
  }
  return { metric, at_s, values, stepped };
}

async function rowsOf(path: string, signal: AbortSignal): Promise<ReadingsView> {
  let view = await get<ReadingsView>(path, signal);
  const items = [...view.items];
  for (let page = 1; view.next !== null && page < 20; page += 1) {
    view = await get<ReadingsView>(`${path}&cursor=${encodeURIComponent(view.next)}`, signal);
    items.push(...view.items);
  }
  return { ...view, items };
}

export interface CurvesRequest {
  readonly asset: string;
  readonly metrics: readonly string[];
  /** Epoch milliseconds. */
  readonly from: number;
  readonly to: number;
}

/** Curves in the order asked for: quantities as means, states as they were told. Throws ApiError. */
export async function fetchCurves(request: CurvesRequest, signal: AbortSignal): Promise<readonly Curve[]> {
  const { asset, metrics, from, to } = request;
  const ask = async (names: readonly string[], every: string): Promise<readonly Curve[]> => {
    if (names.length === 0) return [];
    const span = { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
    const query = new URLSearchParams({ metrics: names.join(','), ...span, ...(every && { every }) });
    const view = await rowsOf(`/assets/${encodeURIComponent(asset)}/readings?${query}`, signal);
    return names.map((name) =>
      curveOf(
        view.metrics.find((metric) => metric.name === name) ?? { name, unit: '', meaning: name },
        view.items,
      ),
    );
  };
  const [quantities, states] = await Promise.all([
    ask(
      metrics.filter((name) => !isStateMetric(name)),
      everyFor(to - from - MINUTE_MS),
    ),
    ask(metrics.filter(isStateMetric), ''),
  ]);
  const curves = [...quantities, ...states];
  return metrics.flatMap((name) => curves.find((curve) => curve.metric.name === name) ?? []);
}
