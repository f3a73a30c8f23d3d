import type { ASTNode, BinaryOperator } from '@marcbachmann/cel-js';
import type { Code } from './emit.ts';
import { constantIn } from './layout.ts';
import {
  boolPiece,
  type Compiler,
  ExpressionError,
  type Numeric,
  numberPiece,
  type Piece,
  readCell,
  spanOf,
} from './piece.ts';
import { and, COMPARE, not, or } from './three-valued.ts';

const ARITHMETIC: Readonly<Record<string, (x: string, y: string) => string>> = {
  '+': (x, y) => `${x} + ${y}`,
  '-': (x, y) => `${x} - ${y}`,
  '*': (x, y) => `${x} * ${y}`,
  // Division by zero is not known, never infinite.
  '/': (x, y) => `${y} === 0 ? NaN : ${x} / ${y}`,
};

const MIRRORED: Readonly<Record<string, string>> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=' };

function numeric(k: Compiler, node: ASTNode): Numeric {
  const piece = k.compile(node);
  if (piece.type === 'number' || piece.type === 'bool') return piece;
  throw new ExpressionError(node, 'a number is needed here');
}

function sameUnit(node: ASTNode, a: Numeric, b: Numeric): string {
  if (a.unit !== '' && b.unit !== '' && a.unit !== b.unit) {
    throw new ExpressionError(node, `${a.unit} cannot be compared with ${b.unit}`);
  }
  return a.unit || b.unit;
}

function productUnit(a: Numeric, b: Numeric, op: string): string {
  if (b.unit === '' || b.unit === '%') return a.unit;
  if (op === '*' && (a.unit === '' || a.unit === '%')) return b.unit;
  return '';
}

/** `since(x) > span` turns true at an exact time, so it says when. Equality counts as longer. */
function compareSince(op: string, origin: Code, span: Code): Code {
  const longer = op === '>' || op === '>=' ? 1 : 0;
  return (body) => {
    const at = body.set(`${origin(body)} + ${span(body)}`);
    const truth = body.set(`t >= ${at} ? ${longer} : NaN`);
    body.line(`if (t < ${at}) { ${truth} = ${1 - longer}; if (${at} < w) w = ${at}; }`);
    return truth;
  };
}

/** Texts are of the asset and do not change: the comparison is made once for each. */
function compareTexts(k: Compiler, node: ASTNode, left: Piece & { type: 'text' }, right: typeof left): Code {
  const key = node.input.slice(node.start, node.end);
  const equal = node.op === '==';
  return readCell(
    constantIn(k.layout, key, (asset) => Number((left.of(asset) === right.of(asset)) === equal)),
  );
}

function compare(k: Compiler, node: ASTNode & { op: BinaryOperator }): Piece {
  const [left, right] = [k.compile(node.args[0]), k.compile(node.args[1])];
  if (left.type === 'since' && node.op in MIRRORED) {
    return boolPiece(compareSince(node.op, left.code, spanOf(node.args[1], right)));
  }
  if (right.type === 'since' && node.op in MIRRORED) {
    return boolPiece(compareSince(MIRRORED[node.op]!, right.code, spanOf(node.args[0], left)));
  }
  if (left.type === 'text' && right.type === 'text' && (node.op === '==' || node.op === '!=')) {
    return boolPiece(compareTexts(k, node, left, right));
  }
  const make = COMPARE[node.op];
  if (make && 'unit' in left && 'unit' in right) {
    sameUnit(node, left, right);
    return boolPiece(make(left.code, right.code));
  }
  throw new ExpressionError(node, `these cannot be compared with ${node.op}`);
}

function choose(test: Code, yes: Code, no: Code): Code {
  return (body) => {
    const truth = test(body);
    const value = body.set('NaN');
    body.when(`${truth} === 1`, () => body.line(`${value} = ${yes(body)};`));
    body.when(`${truth} === 0`, () => body.line(`${value} = ${no(body)};`));
    return value;
  };
}

export function compileOperator(k: Compiler, node: ASTNode): Piece {
  switch (node.op) {
    case '&&':
    case '||': {
      const [a, b] = [numeric(k, node.args[0]), numeric(k, node.args[1])];
      return boolPiece(node.op === '&&' ? and(a.code, b.code) : or(a.code, b.code));
    }
    case '!_':
      return boolPiece(not(numeric(k, node.args).code));
    case '-_': {
      const { code, unit } = numeric(k, node.args);
      return numberPiece(unit, (body) => body.set(`-${code(body)}`));
    }
    case '?:': {
      const [test, yes, no] = node.args.map((arg) => numeric(k, arg)) as [Numeric, Numeric, Numeric];
      const unit = sameUnit(node, yes, no);
      const code = choose(test.code, yes.code, no.code);
      return yes.type === 'bool' ? boolPiece(code) : numberPiece(unit, code);
    }
    case '+':
    case '-':
    case '*':
    case '/': {
      const [a, b] = [numeric(k, node.args[0]), numeric(k, node.args[1])];
      const additive = node.op === '+' || node.op === '-';
      const unit = additive ? sameUnit(node, a, b) : productUnit(a, b, node.op);
      const write = ARITHMETIC[node.op]!;
      return numberPiece(unit, (body) => body.set(write(a.code(body), b.code(body))));
    }
    case '==':
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=':
      return compare(k, node);
    default:
      throw new ExpressionError(node, `"${node.op}" is CEL that rules do not use`);
  }
}
