import type { Kind } from '../../model/kinds.ts';
import { metricsOf } from '../../model/metrics.ts';
import type { MetricView } from '../../model/views/site.ts';

export function metricView(kind: Kind, name: string): MetricView {
  const metric = metricsOf(kind).get(name);
  return { name, unit: metric?.unit ?? '', meaning: metric?.meaning ?? '' };
}
