import { MEASUREMENTS, type Measurement } from '../../model/measurements.ts';
import type { Point } from '../../model/point.ts';
import { isSlug } from '../../model/slug.ts';
import type { RejectedPoint } from './contract.ts';

/** Rules are named as their files name them (`LampOut`): as safe as a slug, in both cases of letters. */
const RULE_NAME = /^[A-Za-z0-9_-]{1,64}$/;

/** The last millisecond that InfluxDB's nanoseconds in 64 bits can hold: 2262-04-11. */
const LAST_MS = 9_223_372_036_854;

const BY_NAME: ReadonlyMap<string, Measurement> = new Map(MEASUREMENTS.map((each) => [each.name, each]));
const FIELDS_BY_NAME: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  MEASUREMENTS.map((each) => [each.name, new Set(each.fields)]),
);

/** The catalogue's entry of that name. */
export function measurementOf(name: string): Measurement | undefined {
  return BY_NAME.get(name);
}

/**
 * Why no engine may be given this point; undefined when it may. The check stands before encoding, so that what an
 * encoder sees cannot carry a newline, a quote or a NaN.
 */
export function refusalOf(point: Point): string | undefined {
  const known = BY_NAME.get(point.measurement);
  const fields = FIELDS_BY_NAME.get(point.measurement);
  if (known === undefined || fields === undefined)
    return `measurement ${JSON.stringify(point.measurement)} is not in the catalogue`;
  if (!Number.isSafeInteger(point.ts) || point.ts < 0 || point.ts > LAST_MS)
    return `time ${point.ts} is not a whole number of epoch milliseconds between 0 and ${LAST_MS}`;
  return refusalOfTags(point.tags, known.tags) ?? refusalOfFields(point.fields, fields);
}

function refusalOfTags(tags: Point['tags'], wanted: readonly string[]): string | undefined {
  for (const name of wanted) {
    const value = tags[name];
    if (value === undefined) return `tag ${name} is missing`;
    if (!isSlug(value) && !(name === 'rule' && RULE_NAME.test(value)))
      return `tag ${name} is ${JSON.stringify(value)}: only a-z, 0-9, _ and - are allowed, 1 to 64`;
  }
  for (const name in tags)
    if (!wanted.includes(name)) return `tag ${JSON.stringify(name)} is not in the catalogue`;
  return undefined;
}

function refusalOfFields(fields: Point['fields'], wanted: ReadonlySet<string>): string | undefined {
  let any = false;
  for (const name in fields) {
    if (!wanted.has(name)) return `field ${JSON.stringify(name)} is not in the catalogue`;
    if (!Number.isFinite(fields[name])) return `field ${name} is ${fields[name]}: not a finite number`;
    any = true;
  }
  return any ? undefined : 'it has no field';
}

/** Parts a batch into what an engine may be given, in the same order, and what it may not. */
export function checked(points: readonly Point[]): {
  readonly good: readonly Point[];
  readonly rejected: readonly RejectedPoint[];
} {
  const rejected: RejectedPoint[] = [];
  for (const point of points) {
    const reason = refusalOf(point);
    if (reason !== undefined) rejected.push({ point, reason });
  }
  if (rejected.length === 0) return { good: points, rejected };
  const bad = new Set(rejected.map(({ point }) => point));
  return { good: points.filter((point) => !bad.has(point)), rejected };
}
