import type { ASTNode } from '@marcbachmann/cel-js';
import type { Kind } from '../../model/kinds.ts';
import type { Asset } from '../../model/site.ts';
import { lazily } from './assemble.ts';
import { EXPIRES, TIME, VALUE } from './cells.ts';
import type { Evaluate, EvaluateText } from './context.ts';
import { type Code, literal } from './emit.ts';
import { type Layout, slotIn, type TimelinePlace, timelineIn } from './layout.ts';
import type { Override, Parameter } from './parameters.ts';
import { millisecondsIn } from './units.ts';

/** A compiled piece: a number or truth, a text, or a span of time since an origin. */
export type Piece =
  | { readonly type: 'number' | 'bool'; readonly unit: string; readonly code: Code; readonly run: Evaluate }
  | { readonly type: 'text'; readonly of: (asset: Asset) => string; readonly run: EvaluateText }
  | { readonly type: 'since'; readonly code: Code; readonly origin: Evaluate }
  | { readonly type: 'duration'; readonly ms: number };

export type Numeric = Piece & { type: 'number' | 'bool' };

export const numberPiece = (unit: string, code: Code): Numeric => ({
  type: 'number',
  unit,
  code,
  run: lazily(code),
});
export const boolPiece = (code: Code): Numeric => ({ type: 'bool', unit: '', code, run: lazily(code) });
export const sincePiece = (code: Code): Piece => ({ type: 'since', code, origin: lazily(code) });
export const textPiece = (of: (asset: Asset) => string): Piece => ({
  type: 'text',
  of,
  run: (c) => of(c.asset()),
});

/** A name or window of an expression, to tell people what it was. */
export interface Probe {
  readonly label: string;
  readonly type: 'number' | 'bool' | 'text' | 'since';
  read(c: Parameters<Evaluate>[0], t: number): number | string;
}

/** A part of an expression that is true or false: one that joins others, the opposite of another, or neither. */
export interface Part {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly type: 'join' | 'not' | 'leaf';
  read(c: Parameters<Evaluate>[0], t: number): number;
}

/** What a rule's expressions may name besides its kind's names. */
export interface Scope {
  readonly rule: string;
  readonly parameters: ReadonlyMap<string, Parameter>;
  /** Of all files; those of later files are added later. */
  readonly overrides: readonly Override[];
  /** How a part of its expressions was written (see lets.ts). */
  written(node: Pick<ASTNode, 'input' | 'start' | 'end'>): string;
}

export interface Compiler {
  readonly kind: Kind;
  readonly scope: Scope;
  readonly layout: Layout;
  /** How long a value counts; undefined = as long as the asset's heartbeat and its usual spacing say. */
  readonly stale_ms: number | undefined;
  readonly probes: Map<string, Probe>;
  /** Parts that are true or false of what was compiled since it was emptied last. */
  readonly parts: Part[];
  /** Names of parameters and of the asset's numbers that were read. */
  readonly numbers: Set<string>;
  readonly metrics: Set<string>;
  /** Compiles what stands inside. */
  compile(node: ASTNode): Piece;
  /** For an expression about other assets, which has its own metrics and parts in the same layout. */
  about(kind: Kind): Compiler;
  /** Whether silence of the whole asset matters, so that every reading does. */
  usesAbsence: boolean;
}

export class ExpressionError extends Error {
  readonly at: number;

  constructor(node: Pick<ASTNode, 'start'>, message: string) {
    super(message);
    this.at = node.start;
  }
}

/** The place of a metric of the kind in the layout. */
export function slotOf(k: Compiler, metric: string): number {
  k.metrics.add(metric);
  return slotIn(k.layout, metric);
}

/** A cell of the asset as it is. */
export const readCell =
  (cell: number): Code =>
  () =>
    `v[o + ${literal(cell)}]`;

/** The newest value of a metric: unknown when stale, and awake when it becomes so. */
export function readSlot(k: Compiler, metric: string): Code {
  const { at } = k.layout.slots[slotOf(k, metric)]!;
  const { stale_ms } = k;
  const cell = (offset: number): string => `v[o + ${literal(at + offset)}]`;
  const expires = stale_ms === undefined ? cell(EXPIRES) : `${cell(TIME)} + ${literal(stale_ms)}`;
  return (body) =>
    body.once(`slot ${at} ${stale_ms}`, () => {
      const until = body.set(expires);
      const value = body.set('NaN');
      body.line(`if (t < ${until}) { ${value} = ${cell(VALUE)}; if (${until} < s) s = ${until}; }`);
      return value;
    });
}

export function timelineOf(k: Compiler, timeline: TimelinePlace): Code {
  const place = literal(timelineIn(k.layout, timeline));
  return (body) =>
    body.once(`timeline ${place}`, () => {
      const line = body.set(`c.timelines[${place}]`);
      const value = body.set(`${line}.at(t)`);
      body.line(`if (${line}.until < w) w = ${line}.until;`);
      return value;
    });
}

/** Notes what a piece shows, to tell people under the label. */
export function probeAs(k: Compiler, label: string, piece: Piece): void {
  if (piece.type === 'since') {
    k.probes.set(label, { label, type: 'since', read: (c, t) => t - piece.origin(c, t) });
  } else if (piece.type !== 'duration') {
    k.probes.set(label, { label, type: piece.type, read: (c, t) => piece.run(c, t) });
  }
}

export function probe(k: Compiler, node: ASTNode, piece: Piece): Piece {
  probeAs(k, k.scope.written(node), piece);
  return piece;
}

/** A span of time as milliseconds: `duration("7d")`, or a number in a unit of time. */
export function spanOf(node: ASTNode, piece: Piece): Code {
  if (piece.type === 'duration') return () => literal(piece.ms);
  if (piece.type === 'number') {
    const factor = millisecondsIn(piece.unit);
    if (factor !== undefined) return (body) => body.set(`${piece.code(body)} * ${literal(factor)}`);
  }
  throw new ExpressionError(
    node,
    'a span of time is written duration("3h"), or a name in _s, _min, _h or _d',
  );
}
