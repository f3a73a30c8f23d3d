import type { ASTNode } from '@marcbachmann/cel-js';
import type { Kind } from '../../model/kinds.ts';
import { metricsOf } from '../../model/metrics.ts';
import { checkExpression, type ExpressionMistake, namesOf } from './cel.ts';
import { compileCall } from './compile-call.ts';
import { compileOperator } from './compile-operator.ts';
import { type Layout, placeOf } from './context.ts';
import { type Compiler, ExpressionError, type Piece, probe, readSlot, slotOf, timelineOf } from './piece.ts';
import { unitOfName } from './units.ts';

function compileName(k: Compiler, name: string): Piece {
  const metric = metricsOf(k.kind).get(name);
  if (metric) {
    const run = readSlot(slotOf(k, name), k.stale_ms);
    return { type: metric.type === 'state' ? 'bool' : 'number', unit: unitOfName(name), run };
  }
  if (name === 'expected_level') return { type: 'number', unit: '%', run: timelineOf(k, 'level', 0) };
  if (namesOf(k.kind).get(name) === 'string') {
    const place = placeOf(k.layout.texts, name);
    return { type: 'text', run: (c) => c.texts[place]! };
  }
  const place = placeOf(k.layout.numbers, name);
  return { type: 'number', unit: unitOfName(name), run: (c) => c.numbers[place]! };
}

function compileValue(node: ASTNode & { op: 'value' }): Piece {
  const { args } = node;
  if (typeof args === 'string') return { type: 'text', run: () => args };
  if (typeof args === 'boolean') {
    const truth = Number(args);
    return { type: 'bool', unit: '', run: () => truth };
  }
  if (typeof args === 'number' || typeof args === 'bigint') {
    const number = Number(args);
    return { type: 'number', unit: '', run: () => number };
  }
  throw new ExpressionError(node, 'only numbers, texts, true and false can be written here');
}

function compileNode(k: Compiler, node: ASTNode): Piece {
  if (node.op === 'value') return compileValue(node);
  if (node.op === 'id') return probe(k, node, compileName(k, node.args));
  if (node.op === 'call') return probe(k, node, compileCall(k, node));
  return compileOperator(k, node);
}

/** A compiler of expressions of one rule, which share a layout with the other rules of their kind. */
export function createCompiler(kind: Kind, layout: Layout, stale_ms: number | undefined): Compiler {
  const compiler: Compiler = {
    kind,
    layout,
    stale_ms,
    probes: new Map(),
    metrics: new Set(),
    usesAbsence: false,
    compile: (node) => compileNode(compiler, node),
  };
  return compiler;
}

/** Checks and compiles an expression; `want` is the type that the place asks for. */
export function compileExpression(
  k: Compiler,
  text: string,
  want: 'bool' | 'any',
): Piece | { readonly mistakes: readonly ExpressionMistake[] } {
  const checked = checkExpression(text, k.kind);
  if ('mistakes' in checked) return checked;
  try {
    const piece = k.compile(checked.ast);
    if (want === 'bool' && piece.type !== 'bool') {
      return { mistakes: [{ at: 0, message: 'this must be true or false; compare it with something' }] };
    }
    return piece;
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    return { mistakes: [{ at: error.at, message: error.message }] };
  }
}
