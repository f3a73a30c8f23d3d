import type { ASTNode } from '@marcbachmann/cel-js';
import type { Kind } from '../../model/kinds.ts';
import { type Evaluate, type EvaluateText, type Layout, placeOf } from './context.ts';
import { millisecondsIn } from './units.ts';

/** A compiled piece: a number or truth, a text, or a span of time since an origin. */
export type Piece =
  | { readonly type: 'number' | 'bool'; readonly unit: string; readonly run: Evaluate }
  | { readonly type: 'text'; readonly run: EvaluateText }
  | { readonly type: 'since'; readonly origin: Evaluate }
  | { readonly type: 'duration'; readonly ms: number };

/** A name or window of an expression, to tell people what it was. */
export interface Probe {
  readonly label: string;
  readonly type: 'number' | 'bool' | 'text' | 'since';
  read(c: Parameters<Evaluate>[0], t: number): number | string;
}

export interface Compiler {
  readonly kind: Kind;
  readonly layout: Layout;
  /** How long a value counts; undefined = as long as the asset's heartbeat and its usual spacing say. */
  readonly stale_ms: number | undefined;
  readonly probes: Map<string, Probe>;
  readonly metrics: Set<string>;
  /** Compiles what stands inside. */
  compile(node: ASTNode): Piece;
  /** Whether silence of the whole asset matters, so that every reading does. */
  usesAbsence: boolean;
}

export class ExpressionError extends Error {
  readonly at: number;

  constructor(node: ASTNode, message: string) {
    super(message);
    this.at = node.start;
  }
}

/** Reads a slot: unknown when stale, and awake when it becomes so. */
export function readSlot(slot: number, stale_ms: number | undefined): Evaluate {
  if (stale_ms === undefined) {
    return (c, t) => {
      const expires = c.expires[slot]!;
      if (!(t < expires)) return Number.NaN;
      if (expires < c.wake) c.wake = expires;
      return c.values[slot]!;
    };
  }
  return (c, t) => {
    const expires = c.times[slot]! + stale_ms;
    if (!(t < expires)) return Number.NaN;
    if (expires < c.wake) c.wake = expires;
    return c.values[slot]!;
  };
}

/** The place of a metric of the kind in the layout. */
export function slotOf(k: Compiler, metric: string): number {
  k.metrics.add(metric);
  return placeOf(k.layout.metrics, metric);
}

export function timelineOf(k: Compiler, what: 'night' | 'day' | 'level', offset_min: number): Evaluate {
  const place = placeOf(k.layout.timelines, { what, offset_min });
  return (c, t) => {
    const timeline = c.timelines[place]!;
    const next = timeline.next(t);
    if (next < c.wake) c.wake = next;
    return timeline.at(t);
  };
}

export function probe(k: Compiler, node: ASTNode, piece: Piece): Piece {
  const label = node.input.slice(node.start, node.end);
  if (piece.type === 'since') {
    k.probes.set(label, { label, type: 'since', read: (c, t) => t - piece.origin(c, t) });
  } else if (piece.type !== 'duration') {
    k.probes.set(label, { label, type: piece.type, read: (c, t) => piece.run(c, t) });
  }
  return piece;
}

/** A span of time as milliseconds: `duration("7d")`, or a number in a unit of time. */
export function spanOf(node: ASTNode, piece: Piece): Evaluate {
  if (piece.type === 'duration') return () => piece.ms;
  if (piece.type === 'number') {
    const factor = millisecondsIn(piece.unit);
    if (factor !== undefined) return (c, t) => piece.run(c, t) * factor;
  }
  throw new ExpressionError(
    node,
    'a span of time is written duration("3h"), or a name in _s, _min, _h or _d',
  );
}
