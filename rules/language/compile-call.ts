import type { ASTNode } from '@marcbachmann/cel-js';
import { DAY_MS } from '../../model/clock.ts';
import { metricsOf } from '../../model/metrics.ts';
import { placeOf, WINDOW_FUNCTIONS, type WindowFunction } from './context.ts';
import { parseDuration } from './duration.ts';
import { type Compiler, ExpressionError, type Piece, readSlot, slotOf, spanOf, timelineOf } from './piece.ts';
import { unitOfName } from './units.ts';

type Call = ASTNode & { op: 'call' };

/** A window longer than this is history, which the series store answers, not the engine's memory. */
export const LONGEST_WINDOW_MS = 14 * DAY_MS;

/** Statistics whose unit is not the metric's. */
const UNITLESS: readonly string[] = ['count', 'changes', 'rate', 'slope'];

function metricArgument(k: Compiler, call: Call): string {
  const node = call.args[1][0];
  if (node?.op === 'id' && metricsOf(k.kind).has(node.args)) return node.args;
  throw new ExpressionError(node ?? call, `${call.args[0]} needs the name of a metric of a ${k.kind}`);
}

function durationArgument(call: Call, place: number): number {
  const node = call.args[1][place];
  const ms = node?.op === 'value' && typeof node.args === 'string' ? parseDuration(node.args) : undefined;
  if (ms === undefined) {
    throw new ExpressionError(node ?? call, 'a duration is written like "90s", "10m", "1h30m" or "7d"');
  }
  return ms;
}

function compileWindow(k: Compiler, call: Call, name: WindowFunction): Piece {
  const metric = metricArgument(k, call);
  const width_ms = durationArgument(call, 1);
  if (width_ms === 0) throw new ExpressionError(call, 'a window must be longer than nothing');
  if (width_ms > LONGEST_WINDOW_MS) {
    throw new ExpressionError(call, 'the engine keeps windows of at most 14d');
  }
  const slot = slotOf(k, metric);
  const fresh = readSlot(slot, k.stale_ms);
  const place = placeOf(k.layout.windows, { slot, width_ms });
  const unit = UNITLESS.includes(name) ? '' : unitOfName(metric);
  return {
    type: 'number',
    unit,
    run: (c, t) => (Number.isNaN(fresh(c, t)) ? Number.NaN : c.windows[place]![name]()),
  };
}

function compileAbsent(k: Compiler, call: Call): Piece {
  k.usesAbsence = true;
  const node = call.args[1][0]!;
  const literal = node.op === 'value' ? durationArgument(call, 0) : undefined;
  const span = literal === undefined ? spanOf(node, k.compile(node)) : () => literal;
  return {
    type: 'bool',
    unit: '',
    run: (c, t) => {
      const ms = span(c, t);
      const silent = c.lastSeen + ms;
      if (Number.isNaN(silent)) return Number.NaN;
      if (t < silent) {
        if (silent < c.wake) c.wake = silent;
        return 0;
      }
      // While Steward itself was down nobody listened: that silence is not the asset's.
      const listened = c.upSince + ms;
      if (t >= listened) return 1;
      if (listened < c.wake) c.wake = listened;
      return Number.NaN;
    },
  };
}

function compileSun(k: Compiler, call: Call, what: 'night' | 'day'): Piece {
  const node = call.args[1][0];
  if (node && (node.op !== 'value' || node.args === null)) {
    throw new ExpressionError(node, `${what}() takes a number of minutes`);
  }
  const offset_min = node ? Number(node.args) : 0;
  return { type: 'bool', unit: '', run: timelineOf(k, what, offset_min) };
}

export function compileCall(k: Compiler, call: Call): Piece {
  const name = call.args[0];
  if ((WINDOW_FUNCTIONS as readonly string[]).includes(name)) {
    return compileWindow(k, call, name as WindowFunction);
  }
  switch (name) {
    case 'night':
    case 'day':
      return compileSun(k, call, name);
    case 'absent':
      return compileAbsent(k, call);
    case 'duration':
      return { type: 'duration', ms: durationArgument(call, 0) };
    case 'last': {
      const metric = metricArgument(k, call);
      const slot = slotOf(k, metric);
      const type = metricsOf(k.kind).get(metric)?.type === 'state' ? 'bool' : 'number';
      return { type, unit: unitOfName(metric), run: (c) => c.values[slot]! };
    }
    case 'since': {
      const slot = slotOf(k, metricArgument(k, call));
      return { type: 'since', origin: (c) => c.times[slot]! };
    }
    case 'since_change': {
      const slot = slotOf(k, metricArgument(k, call));
      const fresh = readSlot(slot, k.stale_ms);
      return {
        type: 'since',
        origin: (c, t) => (Number.isNaN(fresh(c, t)) ? Number.NaN : c.changed[slot]!),
      };
    }
    default:
      throw new ExpressionError(call, `there is no function "${name}"`);
  }
}
