import type { ASTNode } from '@marcbachmann/cel-js';
import { attributeTypes } from '../../model/attributes.ts';
import { DAY_MS, HOUR_MS } from '../../model/clock.ts';
import { metricsOf } from '../../model/metrics.ts';
import { LAST_SEEN, TIME, type Total, VALUE } from './cells.ts';
import { compilePeers, compileTotal } from './compile-others.ts';
import { compileOwnPast, OWN_PAST_FUNCTIONS, type OwnPastFunction } from './compile-own-past.ts';
import { compileRunP99 } from './compile-run-p99.ts';
import { compileSinceChange } from './compile-since-change.ts';
import { WINDOW_FUNCTIONS, type WindowFunction } from './context.ts';
import { parseDuration } from './duration.ts';
import { type Code, literal } from './emit.ts';
import { constantIn, totalIn, windowIn } from './layout.ts';
import {
  boolPiece,
  type Compiler,
  ExpressionError,
  numberPiece,
  type Piece,
  readCell,
  readSlot,
  sincePiece,
  slotOf,
  spanOf,
  timelineOf,
} from './piece.ts';
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

/** What each statistic is made of, and how; `slope` is asked of the engine. */
const STATISTICS: Readonly<
  Record<Exclude<WindowFunction, 'slope'>, { needs: readonly Total[]; write: (...cells: string[]) => string }>
> = {
  avg: { needs: ['sum', 'n'], write: (sum, n) => `${sum} / ${n}` },
  sum: { needs: ['sum'], write: (sum) => `${sum}` },
  count: { needs: ['n'], write: (n) => `${n}` },
  min: { needs: ['min'], write: (min) => `${min}` },
  max: { needs: ['max'], write: (max) => `${max}` },
  changes: { needs: ['changes'], write: (changes) => `${changes}` },
  stddev: {
    needs: ['squares', 'sum', 'n'],
    write: (squares, sum, n) => `Math.sqrt(Math.max(0, ${squares} / ${n} - ${sum} / ${n} * (${sum} / ${n})))`,
  },
  rate: { needs: ['rise', 'oldest'], write: (rise, oldest) => `${rise} * ${HOUR_MS} / ${oldest}` },
};

function compileStatistic(k: Compiler, name: WindowFunction, metric: string, width_ms: number): Code {
  const { layout } = k;
  const slot = slotOf(k, metric);
  const place = windowIn(layout, slot, width_ms);
  const window = layout.windows[place]!;
  if (name === 'slope') {
    window.slope = true;
    return () => `c.slope(${literal(place)})`;
  }
  const { needs, write } = STATISTICS[name];
  const cells = needs.map((total) => readCell(totalIn(layout, window, total)));
  if (name !== 'rate') return (body) => write(...cells.map((cell) => cell(body)));
  const newest = readCell(layout.slots[slot]!.at + TIME);
  return (body) => {
    const ms = body.set(`${newest(body)} - ${cells[1]!(body)}`);
    return `${ms} > 0 ? ${write(cells[0]!(body), ms)} : NaN`;
  };
}

function compileWindow(k: Compiler, call: Call, name: WindowFunction): Piece {
  const metric = metricArgument(k, call);
  const width_ms = durationArgument(call, 1);
  if (width_ms === 0) throw new ExpressionError(call, 'a window must be longer than nothing');
  if (width_ms > LONGEST_WINDOW_MS) {
    throw new ExpressionError(call, 'the engine keeps windows of at most 14d');
  }
  const unit = UNITLESS.includes(name) ? '' : unitOfName(metric);
  const fresh = readSlot(k, metric);
  const statistic = compileStatistic(k, name, metric, width_ms);
  return numberPiece(unit, (body) => {
    const newest = fresh(body);
    return body.once(`${name} ${metric} ${width_ms}`, () => {
      const value = body.set('NaN');
      body.when(`${newest} === ${newest}`, () => body.line(`${value} = ${statistic(body)};`));
      return value;
    });
  });
}

function compileAbsent(k: Compiler, call: Call): Piece {
  k.usesAbsence = true;
  const node = call.args[1][0]!;
  const ms = node.op === 'value' ? durationArgument(call, 0) : undefined;
  const span = ms === undefined ? spanOf(node, k.compile(node)) : () => literal(ms);
  return boolPiece((body) => {
    const width = span(body);
    const silent = body.set(`c.afterListening(v[o + ${LAST_SEEN}], ${width})`);
    const truth = body.set(`t >= ${silent} ? 1 : NaN`);
    body.line(`if (t < ${silent}) { ${truth} = 0; if (${silent} < w) w = ${silent}; }`);
    return truth;
  });
}

/** Staleness makes conditions unknown, which changes nothing of a rule at rest; here it makes one true or false. */
function compileKnown(k: Compiler, call: Call): Piece {
  const node = call.args[1][0]!;
  const piece = k.compile(node);
  if (piece.type !== 'number' && piece.type !== 'bool') {
    throw new ExpressionError(node, 'only a number, true or false can be unknown');
  }
  return boolPiece((body) => {
    const value = body.set(piece.code(body));
    body.line('if (s < w) w = s;');
    return body.set(`${value} === ${value} ? 1 : 0`);
  });
}

function compileSun(k: Compiler, call: Call, what: 'night' | 'day'): Piece {
  const node = call.args[1][0];
  if (node && (node.op !== 'value' || node.args === null)) {
    throw new ExpressionError(node, `${what}() takes a number of minutes`);
  }
  const offset_min = node ? Number(node.args) : 0;
  return boolPiece(timelineOf(k, { what, offset_min }));
}

function timeOfDay(call: Call, place: 0 | 1): string {
  const node = call.args[1][place];
  const text = node?.op === 'value' ? node.args : undefined;
  if (typeof text === 'string' && /^([01]\d|2[0-3]):[0-5]\d$/.test(text)) return text;
  throw new ExpressionError(node ?? call, 'a time of day is written "HH:MM"');
}

function compileLocalTime(k: Compiler, call: Call): Piece {
  const between = [timeOfDay(call, 0), timeOfDay(call, 1)] as const;
  return boolPiece(timelineOf(k, { what: 'local', offset_min: 0, between }));
}

/** Where the cells of a metric's slot begin. */
function slotCells(k: Compiler, metric: string): number {
  return k.layout.slots[slotOf(k, metric)]!.at;
}

export function compileCall(k: Compiler, call: Call): Piece {
  const name = call.args[0];
  if ((WINDOW_FUNCTIONS as readonly string[]).includes(name)) {
    return compileWindow(k, call, name as WindowFunction);
  }
  if ((OWN_PAST_FUNCTIONS as readonly string[]).includes(name)) {
    return compileOwnPast(k, call, name as OwnPastFunction);
  }
  switch (name) {
    case 'night':
    case 'day':
      return compileSun(k, call, name);
    case 'known':
      return compileKnown(k, call);
    case 'local_time':
      return compileLocalTime(k, call);
    case 'peers':
      return compilePeers(k, call);
    case 'total':
      return compileTotal(k, call);
    case 'absent':
      return compileAbsent(k, call);
    case 'duration':
      return { type: 'duration', ms: durationArgument(call, 0) };
    case 'last': {
      const metric = metricArgument(k, call);
      const code = readCell(slotCells(k, metric) + VALUE);
      const isState = metricsOf(k.kind).get(metric)?.type === 'state';
      return isState ? boolPiece(code) : numberPiece(unitOfName(metric), code);
    }
    case 'since_day': {
      const node = call.args[1][0]!;
      const name = node.op === 'id' ? node.args : '';
      if (attributeTypes(k.kind).get(name) !== 'string') {
        throw new ExpressionError(node, 'since_day needs an attribute that is a day, such as installed');
      }
      const day = constantIn(k.layout, `day ${name}`, (asset) => Date.parse(String(asset.attributes[name])));
      return sincePiece(readCell(day));
    }
    case 'since':
      return sincePiece(readCell(slotCells(k, metricArgument(k, call)) + TIME));
    case 'run_p99':
      return compileRunP99(k, k.layout.slots[slotOf(k, metricArgument(k, call))]!, call);
    case 'since_change':
      return compileSinceChange(k, k.layout.slots[slotOf(k, metricArgument(k, call))]!, call.args[1][1]);
    default:
      throw new ExpressionError(call, `there is no function "${name}"`);
  }
}
