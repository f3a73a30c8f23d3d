import type { Point } from '../../model/point.ts';
import type { RejectedPoint } from './contract.ts';
import { type SeriesIndex, type SeriesName, seriesIndex } from './series-index.ts';

/** Assets come from site files, so this is far above what a sound site has, and below what makes an engine suffer. */
export const DEFAULT_MAX_SERIES = 1_000_000;

/**
 * Refuses points that would begin more series than the engine may hold: their number is what InfluxDB dies of. Free of
 * cost while there is room for a series from every point.
 */
export function refuseNewSeries(
  points: readonly Point[],
  known: SeriesIndex<SeriesName>,
  most: number,
): { readonly good: readonly Point[]; readonly rejected: readonly RejectedPoint[] } {
  if (known.size() + points.length <= most) return { good: points, rejected: [] };
  const begun = seriesIndex<SeriesName>();
  const good: Point[] = [];
  const rejected: RejectedPoint[] = [];
  const reason = `it would begin a new series, and ${most} are there: as many as series.max_series allows`;
  for (const point of points) {
    const old = (known.find(point) ?? begun.find(point)) !== undefined;
    if (!old && known.size() + begun.size() >= most) {
      rejected.push({ point, reason, code: 'series_too_many' });
      continue;
    }
    if (!old) begun.add(point);
    good.push(point);
  }
  return { good, rejected };
}
