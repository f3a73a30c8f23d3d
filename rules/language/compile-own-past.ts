import type { ASTNode } from '@marcbachmann/cel-js';
import type { Asset } from '../../model/site.ts';
import { FROM } from '../detect/begins.ts';
import {
  ANOMALY_CELLS,
  BASELINE_CELLS,
  BASELINE_LEAST,
  MEAN,
  N,
  RATIO,
  SMOOTH,
  SMOOTH_CELLS,
  SMOOTH_MS,
  SQUARES,
} from '../detect/own-past.ts';
import { parseDuration } from './duration.ts';
import { type Code, literal } from './emit.ts';
import { constantIn, ownIn } from './layout.ts';
import {
  type Compiler,
  ExpressionError,
  type Numeric,
  numberPiece,
  type Piece,
  readCell,
  readSlot,
} from './piece.ts';

type Call = ASTNode & { op: 'call' };

/** Functions that compare an asset with its own past: `name(value, "3d")` or `name(value, "3d", condition)`. */
export const OWN_PAST_FUNCTIONS = ['baseline', 'deviation', 'smooth', 'anomaly'] as const;
export type OwnPastFunction = (typeof OWN_PAST_FUNCTIONS)[number];

/** What is kept, and the statement that takes a sample: `x` the value, `counts` whether it does. */
interface Kept {
  readonly cells: number;
  readonly take: (at: string, x: string, counts: string, span: string, since: string) => string;
}

const KEPT: Readonly<Record<'baseline' | 'smooth' | 'anomaly', Kept>> = {
  baseline: {
    cells: BASELINE_CELLS,
    take: (at, x, counts, span, since) =>
      `if (${counts}) c.own.learnBaseline(v, ${at}, t, ${x}, ${span}, ${since});`,
  },
  smooth: {
    cells: SMOOTH_CELLS,
    take: (at, x, counts, span) => `c.own.moveSmooth(v, ${at}, t, ${x}, ${counts}, ${span});`,
  },
  anomaly: {
    cells: ANOMALY_CELLS,
    take: (at, x, counts, span, since) =>
      `if (${counts}) c.own.moveAnomaly(v, ${at}, t, ${x}, ${span}, ${since});`,
  },
};

/** The newest of the days on which the asset was installed and serviced; its past begins there. */
export function pastBegins({ attributes }: Asset): number {
  const days = [attributes['installed'], attributes['serviced']].map((day) => Date.parse(String(day ?? '')));
  const known = days.filter((day) => !Number.isNaN(day));
  return known.length > 0 ? Math.max(...known) : Number.NaN;
}

/** What the function answers, made of its cells. `newest`: samples that it is made of. */
function answer(name: OwnPastFunction, at: number, span_ms: number, newest: readonly Code[]): Code {
  const cell = (offset: number): string => `v[o + ${literal(at + offset)}]`;
  const learnt = (value: string): Code => {
    return (body) => {
      const until = body.set(`${cell(FROM)} + ${literal(span_ms)}`);
      body.line(`if (t < ${until} && ${until} < w) w = ${until};`);
      return body.set(`t >= ${until} ? ${value} : NaN`);
    };
  };
  const enough = `${cell(N)} >= ${literal(BASELINE_LEAST)}`;
  switch (name) {
    case 'baseline':
      return learnt(`${enough} ? ${cell(MEAN)} : NaN`);
    case 'deviation':
      return learnt(`${enough} ? Math.sqrt(${cell(SQUARES)} / (${cell(N)} - 1)) : NaN`);
    case 'anomaly':
      return learnt(cell(RATIO));
    case 'smooth':
      // A mean that stands still because nothing is heard says nothing of now.
      return (body) => {
        const known = newest.map((code) => code(body)).map((value) => `${value} === ${value}`);
        const enough = `${cell(SMOOTH_MS)} >= ${literal(span_ms / 2)}`;
        return body.set(`${[...known, enough].join(' && ')} ? ${cell(SMOOTH)} : NaN`);
      };
  }
}

export function pastOf(call: Call): number {
  const node = call.args[1][1];
  const ms = node?.op === 'value' && typeof node.args === 'string' ? parseDuration(node.args) : undefined;
  if (ms === undefined) {
    throw new ExpressionError(node ?? call, 'a duration is written like "90s", "10m", "1h30m" or "7d"');
  }
  if (ms === 0) throw new ExpressionError(node!, 'a past must be longer than nothing');
  return ms;
}

/** Compiles an argument; answers it with the metrics that it reads, which bring its cells up to date. */
function argument(
  k: Compiler,
  node: ASTNode,
): { readonly piece: Numeric; readonly metrics: readonly string[] } {
  const others = [...k.metrics];
  const { length } = k.parts;
  k.metrics.clear();
  const piece = k.compile(node);
  // What counts for the past says nothing of now.
  k.parts.length = length;
  const metrics = [...k.metrics];
  for (const metric of others) k.metrics.add(metric);
  if (piece.type === 'number' || piece.type === 'bool') return { piece, metrics };
  throw new ExpressionError(node, 'a number is needed here');
}

export function compileOwnPast(k: Compiler, call: Call, name: OwnPastFunction): Piece {
  const [valueNode, , conditionNode] = call.args[1];
  const span_ms = pastOf(call);
  const value = argument(k, valueNode!);
  const condition = conditionNode && argument(k, conditionNode);
  const metrics = [...new Set([...value.metrics, ...(condition?.metrics ?? [])])];
  if (metrics.length === 0)
    throw new ExpressionError(valueNode!, `${name} needs a metric: nothing else has a past`);
  const newest = metrics.map((metric) => readSlot(k, metric));
  const kept = KEPT[name === 'deviation' ? 'baseline' : name];
  const since = readCell(constantIn(k.layout, 'past begins', pastBegins));
  const text = (node: ASTNode | undefined): string => (node ? node.input.slice(node.start, node.end) : '');
  const key = `${name === 'deviation' ? 'baseline' : name} ${text(valueNode)}, ${span_ms}, ${text(conditionNode)}, ${k.stale_ms}`;
  const at = ownIn(k.layout, { key, size: kept.cells, metrics }, (place) => (body) => {
    const x = body.set(value.piece.code(body));
    const counts = condition ? `${condition.piece.code(body)} === 1 && ` : '';
    body.line(kept.take(`o + ${literal(place)}`, x, `${counts}${x} === ${x}`, literal(span_ms), since(body)));
    return '';
  });
  return numberPiece(name === 'anomaly' ? '' : value.piece.unit, answer(name, at, span_ms, newest));
}
