import { DAY_MS, rfc3339 } from '../model/clock.ts';
import type { RejectCode } from '../model/codes.ts';
import { type Metric, metricsOf } from '../model/metrics.ts';
import type { Reading } from '../model/reading.ts';
import type { Asset } from '../model/site.ts';
import { isSlug } from '../model/slug.ts';
import { described, type Flaw, quoted, type Sample } from './codecs/codec.ts';
import type { IngestLimits } from './limits.ts';
import type { suggestions } from './suggestions.ts';

export interface ValidateContext {
  readonly asset: Asset;
  readonly reserved: ReadonlySet<string>;
  readonly received: number;
  readonly message: string;
  readonly limits: IngestLimits;
  readonly suggest: ReturnType<typeof suggestions>;
}

/** The largest epoch milliseconds that a date can have. */
const LAST_DATE_MS = 8.64e15;
/** A time that comes this near to now in another unit was probably meant in that unit. */
const UNIT_HINT_MS = 400 * DAY_MS;

/** What is wrong with one member of a sample: its code, the member (empty: the sample itself) and the reason. */
interface Fault {
  readonly code: RejectCode;
  readonly member: string;
  readonly reason: string;
}

function timeFault(ts: number, { received, limits }: ValidateContext): Fault | undefined {
  const fault = (code: RejectCode, reason: string): Fault => ({ code, member: 'ts', reason });
  if (Math.abs(ts) > LAST_DATE_MS) return fault('time_invalid', `${ts} is no date`);
  if (ts > received + limits.futureMs) {
    const ahead_s = Math.round((ts - received) / 1_000);
    const hint = Math.abs(ts / 1_000 - received) < UNIT_HINT_MS ? '; it looks like microseconds' : '';
    return fault('time_in_future', `${rfc3339(ts)} is ${ahead_s} s ahead of the server${hint}`);
  }
  if (ts < received - limits.pastMs) {
    const days = Math.round(limits.pastMs / DAY_MS);
    const hint = Math.abs(ts * 1_000 - received) < UNIT_HINT_MS ? '; it looks like seconds' : '';
    return fault('time_too_old', `${rfc3339(ts)} is more than ${days} days old${hint}`);
  }
  return undefined;
}

function valueFault(member: string, value: unknown, metric: Metric): Fault {
  const fault = (code: RejectCode, reason: string): Fault => ({ code, member, reason });
  if (typeof value === 'boolean')
    return fault('value_wrong_type', `${value} is for states, this is a number`);
  if (typeof value !== 'number') return fault('value_wrong_type', `${described(value)} is no number`);
  if (!Number.isFinite(value)) return fault('value_not_finite', 'it is not a finite number');
  if (metric.type === 'state') return fault('value_out_of_range', `${value} is neither 0 nor 1`);
  const unit = metric.unit === '' ? '' : ` ${metric.unit}`;
  const range = `${metric.min} … ${metric.max}${unit}`;
  return fault('value_out_of_range', `${value}${unit} is outside ${range}`);
}

/** The value as it is kept, or undefined when the metric cannot be that. */
function accepted(value: unknown, metric: Metric): number | undefined {
  if (typeof value === 'number') {
    // Written so that NaN fails too.
    if (!(value >= metric.min && value <= metric.max)) return undefined;
    return metric.type === 'state' && value !== 0 && value !== 1 ? undefined : value;
  }
  if (typeof value === 'boolean' && metric.type === 'state') return value ? 1 : 0;
  return undefined;
}

function flawOf({ where, members }: Sample, { code, member, reason }: Fault): Flaw {
  const place = [where, isSlug(member) || member === '' ? member : quoted(member)].filter(
    (part) => part !== '',
  );
  const detail = place.length === 0 ? reason : `${place.join('.')}: ${reason}`;
  return where === '' ? { code, detail } : { code, detail, element: members };
}

/**
 * A sample whose every name is in the catalogue and whose every value is physically possible becomes a reading. One
 * bad value spoils the sample whole: what is wrong in one place is not to be trusted in the next.
 */
export function validate(sample: Sample, context: ValidateContext): Reading | Flaw {
  const { asset, received } = context;
  const metrics = metricsOf(asset.kind);
  const { members } = sample;
  const values: Record<string, number> = {};
  let named = 0;
  for (const name in members) {
    const metric = metrics.get(name);
    if (metric === undefined) {
      if (context.reserved.has(name)) continue;
      const hint = context.suggest(asset.kind, name, () => metrics.keys());
      const reason = `a ${asset.kind} has no such metric${hint}`;
      return flawOf(sample, { code: 'metric_unknown', member: name, reason });
    }
    const value = accepted(members[name], metric);
    if (value === undefined) return flawOf(sample, valueFault(name, members[name], metric));
    values[name] = value;
    named++;
  }
  if (named === 0) return flawOf(sample, { code: 'payload_empty', member: '', reason: 'no metric is named' });
  const ts = sample.ts ?? received;
  const fault = timeFault(ts, context);
  if (fault !== undefined) return flawOf(sample, fault);
  const { site, zone, kind, id } = asset;
  return { site, zone, kind, asset: id, ts, received, values, message: context.message };
}
