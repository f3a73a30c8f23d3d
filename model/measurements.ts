import { KINDS } from './kinds.ts';
import { metricsOf } from './metrics.ts';

/** Names of what the series engine holds of one measurement. */
export interface Measurement {
  readonly name: string;
  readonly tags: readonly string[];
  readonly fields: readonly string[];
}

const READING_TAGS = ['site', 'zone', 'asset'];

/**
 * Every measurement: one per kind, and what became of faults and tickets, so that one datasource feeds all of
 * Grafana.
 *
 * `fault`: `active` 1 from firing, 0 from clearing. `ticket`: `open` 1 or 0, `opened`, `reopened`, `closed` 1 at the
 * point in time where that happened, `age_s` since it was opened.
 */
export const MEASUREMENTS: readonly Measurement[] = [
  ...KINDS.map((kind) => ({ name: kind, tags: READING_TAGS, fields: [...metricsOf(kind).keys()] })),
  { name: 'fault', tags: [...READING_TAGS, 'kind', 'rule', 'severity'], fields: ['active'] },
  {
    name: 'ticket',
    tags: [...READING_TAGS, 'kind', 'rule', 'severity'],
    fields: ['open', 'opened', 'reopened', 'closed', 'age_s'],
  },
];
