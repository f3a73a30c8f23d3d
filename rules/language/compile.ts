import type { ASTNode } from '@marcbachmann/cel-js';
import type { Kind } from '../../model/kinds.ts';
import { metricsOf } from '../../model/metrics.ts';
import type { Asset } from '../../model/site.ts';
import { checkExpression, DERIVED_NAMES, type ExpressionMistake, namesOf } from './cel.ts';
import { compileCall } from './compile-call.ts';
import { compileOperator } from './compile-operator.ts';
import { literal } from './emit.ts';
import { constantIn, type Layout } from './layout.ts';
import { attributeSetting, parameterSetting } from './parameters.ts';
import {
  boolPiece,
  type Compiler,
  ExpressionError,
  numberPiece,
  type Piece,
  probe,
  readCell,
  readSlot,
  type Scope,
  textPiece,
  timelineOf,
} from './piece.ts';
import { unitOfName } from './units.ts';

function textOf(name: string): (asset: Asset) => string {
  if (name === 'id' || name === 'zone') return (asset) => asset[name];
  return (asset) => String(asset.attributes[name] ?? '');
}

function compileName(k: Compiler, name: string): Piece {
  const metric = metricsOf(k.kind).get(name);
  if (metric) {
    const code = readSlot(k, name);
    return metric.type === 'state' ? boolPiece(code) : numberPiece(unitOfName(name), code);
  }
  const what = DERIVED_NAMES.get(name);
  if (what) return numberPiece(unitOfName(name), timelineOf(k, { what, offset_min: 0 }));
  if (namesOf(k.kind).get(name) === 'string') return textPiece(textOf(name));
  return numberPiece(unitOfName(name), readCell(numberIn(k, name)));
}

/** The cell of a parameter of the rule, or of a number among the asset's attributes. */
function numberIn(k: Compiler, name: string): number {
  const { layout, scope } = k;
  const { rule, overrides } = scope;
  k.numbers.add(name);
  const parameter = scope.parameters.get(name);
  if (!parameter) {
    return constantIn(layout, name, (asset) => attributeSetting(name, asset, overrides).value);
  }
  return constantIn(
    layout,
    `${rule}.${name}`,
    (asset) => parameterSetting(parameter, asset, overrides).value,
  );
}

function compileValue(node: ASTNode & { op: 'value' }): Piece {
  const { args } = node;
  if (typeof args === 'string') return textPiece(() => args);
  if (typeof args === 'boolean') return boolPiece(() => literal(Number(args)));
  if (typeof args === 'number' || typeof args === 'bigint')
    return numberPiece('', () => literal(Number(args)));
  throw new ExpressionError(node, 'only numbers, texts, true and false can be written here');
}

function compileAny(k: Compiler, node: ASTNode): Piece {
  if (node.op === 'value') return compileValue(node);
  if (node.op === 'id') return probe(k, node, compileName(k, node.args));
  if (node.op === 'call') return probe(k, node, compileCall(k, node));
  return compileOperator(k, node);
}

const JOINING = ['&&', '||', '?:'];

function compileNode(k: Compiler, node: ASTNode): Piece {
  const place = k.parts.length;
  const piece = compileAny(k, node);
  if (piece.type === 'bool') {
    const type = node.op === '!_' ? 'not' : JOINING.includes(node.op) ? 'join' : 'leaf';
    // Its own parts came first while it was compiled; of a leaf, such as a comparison, they tell nothing more.
    if (type === 'leaf') k.parts.length = place;
    const text = k.scope.written(node);
    k.parts.splice(place, 0, { text, start: node.start, end: node.end, type, read: piece.run });
  }
  return piece;
}

/** A compiler of expressions of one rule, which share a layout with the other rules of their kind. */
export function createCompiler(
  kind: Kind,
  layout: Layout,
  stale_ms: number | undefined,
  scope: Scope,
): Compiler {
  const compiler: Compiler = {
    kind,
    scope,
    layout,
    stale_ms,
    probes: new Map(),
    parts: [],
    numbers: new Set(),
    metrics: new Set(),
    usesAbsence: false,
    compile: (node) => compileNode(compiler, node),
    about: (other) => createCompiler(other, layout, stale_ms, scope),
  };
  return compiler;
}

/** Checks and compiles an expression; `want` is the type that the place asks for. */
export function compileExpression(
  k: Compiler,
  text: string,
  want: 'bool' | 'any',
): Piece | { readonly mistakes: readonly ExpressionMistake[] } {
  const checked = checkExpression(text, k.kind, [...k.scope.parameters.keys()]);
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
