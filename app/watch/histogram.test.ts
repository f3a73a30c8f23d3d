import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { metricsText } from '../metrics-text.ts';
import { createHistogram, histogramFigure } from './histogram.ts';

describe('a histogram', () => {
  it('counts everything once, and what is at a bound below it', () => {
    const bounds = [1, 2, 5];
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 8 })), (values) => {
        const histogram = createHistogram(bounds);
        for (const value of values) histogram.observe(value);
        const expected = [...bounds, Number.POSITIVE_INFINITY].map((bound) => [
          bound,
          values.filter((value) => value <= bound).length,
        ]);
        expect(histogram.buckets()).toEqual(expected);
        expect(histogram.count()).toBe(values.length);
        expect(histogram.sum()).toBe(values.reduce((sum, value) => sum + value, 0));
      }),
    );
  });

  it('is written as Prometheus reads it', () => {
    const histogram = createHistogram([0.5, 1]);
    for (const value of [0.25, 0.75, 3]) histogram.observe(value);
    expect(
      metricsText([histogramFigure('x_seconds', 'How long', histogram)])
        .split('\n')
        .slice(1),
    ).toEqual([
      '# TYPE x_seconds histogram',
      'x_seconds_bucket{le="0.5"} 1',
      'x_seconds_bucket{le="1"} 2',
      'x_seconds_bucket{le="+Inf"} 3',
      'x_seconds_sum 4',
      'x_seconds_count 3',
      '',
    ]);
  });
});
