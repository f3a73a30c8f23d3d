import { DAY_MS, MINUTE_MS } from '../../model/clock.ts';
import { expectedLevel, lightingOf } from '../../model/lighting.ts';
import { localTime, minuteOfDay } from '../../model/local-time.ts';
import type { Lighting, Site } from '../../model/site.ts';
import { isDay, isNight, nightHours } from '../../model/sun.ts';
import type { Timeline } from '../language/context.ts';
import type { TimelinePlace } from '../language/layout.ts';

/** How far ahead a change is looked for: in polar winters none comes for weeks, and asking again is cheap. */
const HORIZON_DAYS = 3;
const KEPT_DAYS = 64;
const SCAN_MS = 5 * MINUTE_MS;

interface Day {
  /** Times of change in the day, and the value from each on; the first is the day's beginning. */
  readonly times: readonly number[];
  readonly values: readonly number[];
}

/** The first millisecond in (low, high] where the value is no longer that of `low`. */
function edge(f: (t: number) => number, low: number, high: number): number {
  const before = f(low);
  let [from, to] = [low, high];
  while (to - from > 1) {
    const middle = Math.floor((from + to) / 2);
    if (Object.is(f(middle), before)) from = middle;
    else to = middle;
  }
  return to;
}

function scanDay(f: (t: number) => number, day: number): Day {
  const start = day * DAY_MS;
  const times = [start];
  const values = [f(start)];
  for (let t = start; t < start + DAY_MS; ) {
    const next = t + SCAN_MS;
    if (Object.is(f(next), values.at(-1))) {
      t = next;
      continue;
    }
    t = edge(f, t, next);
    if (t >= start + DAY_MS) break;
    times.push(t);
    values.push(f(t));
  }
  return { times, values };
}

/** Remembers where a step function changes, by UTC day. A step shorter than five minutes may be missed. */
export function createTimeline(f: (t: number) => number): Timeline {
  const days = new Map<number, Day>();
  const dayOf = (number: number): Day => {
    let day = days.get(number);
    if (!day) {
      if (days.size >= KEPT_DAYS) days.delete(days.keys().next().value as number);
      day = scanDay(f, number);
      days.set(number, day);
    }
    return day;
  };
  const valueAt = (t: number): number => {
    const { times, values } = dayOf(Math.floor(t / DAY_MS));
    let i = times.length - 1;
    while (i > 0 && times[i]! > t) i--;
    return values[i]!;
  };
  const changeAfter = (t: number): number => {
    const today = Math.floor(t / DAY_MS);
    let before = Number.NaN;
    for (let number = today; number <= today + HORIZON_DAYS; number++) {
      const { times, values } = dayOf(number);
      for (let i = 0; i < times.length; i++) {
        if (times[i]! > t && !Object.is(values[i], before)) return times[i]!;
        before = values[i]!;
      }
    }
    // Nothing near: look again then.
    return (today + HORIZON_DAYS) * DAY_MS;
  };
  // Assets ask for nearly the same time one after another: mostly the last answer is still right.
  let from = Number.POSITIVE_INFINITY;
  let value = Number.NaN;
  const timeline = {
    until: Number.NEGATIVE_INFINITY,
    at: (t: number): number => {
      if (t >= from && t < timeline.until) return value;
      value = valueAt(t);
      timeline.until = changeAfter(t);
      from = t;
      return value;
    },
  };
  return timeline;
}

const known = new WeakMap<Site, Map<string, Timeline>>();

function wallClock(at: number, tz: string, [from, to]: readonly [string, string]): boolean {
  const { minute } = localTime(at, tz);
  const [begin, end] = [minuteOfDay(from), minuteOfDay(to)];
  return begin <= end ? minute >= begin && minute < end : minute >= begin || minute < end;
}

function stepFunction(spec: TimelinePlace, site: Site, lighting: Lighting): (t: number) => number {
  switch (spec.what) {
    case 'night':
      return (t) => Number(isNight(t, site, spec.offset_min));
    case 'day':
      return (t) => Number(isDay(t, site, spec.offset_min));
    case 'level':
      return (t) => expectedLevel(t, site, lighting);
    case 'night_h':
      return (t) => nightHours(t, site);
    case 'local':
      return (t) => Number(wallClock(t, site.tz, spec.between!));
  }
}

/** The timeline of a layout for a site and a lighting schedule of it; one for all engines that share the site. */
export function timelineFor(spec: TimelinePlace, site: Site, schedule = ''): Timeline {
  const ofSite = known.get(site) ?? new Map<string, Timeline>();
  known.set(site, ofSite);
  const key = JSON.stringify([spec, spec.what === 'level' ? schedule : '']);
  let timeline = ofSite.get(key);
  if (!timeline) {
    timeline = createTimeline(stepFunction(spec, site, lightingOf(site, schedule)));
    ofSite.set(key, timeline);
  }
  return timeline;
}
