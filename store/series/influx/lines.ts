import type { Point } from '../../../model/point.ts';
import { measurementOf } from '../point-check.ts';

/** A line of line protocol and the point that it says. */
export interface Line {
  readonly point: Point;
  readonly text: string;
}

/**
 * One line, without the newline; time in milliseconds, every field a float.
 *
 * The point has passed `refusalOf`: names are the catalogue's, tags are slugs, numbers finite. So there is nothing to
 * escape, and nothing that could begin another line.
 */
export function lineOf(point: Point): Line {
  let text = point.measurement;
  for (const tag of measurementOf(point.measurement)?.tags ?? []) text += `,${tag}=${point.tags[tag]}`;
  let separator = ' ';
  for (const field in point.fields) {
    // Without the suffix `i` InfluxDB reads every number as a float, also `1`.
    text += `${separator}${field}=${point.fields[field]}`;
    separator = ',';
  }
  return { point, text: `${text} ${point.ts}` };
}
