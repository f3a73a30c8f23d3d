import type { ASTNode, BinaryOperator } from '@marcbachmann/cel-js';
import type { Evaluate } from './context.ts';
import { type Compiler, ExpressionError, type Piece, spanOf } from './piece.ts';
import { and, COMPARE, not, or } from './three-valued.ts';

type Numeric = Piece & { type: 'number' | 'bool' };

const ARITHMETIC: Readonly<Record<string, (a: Evaluate, b: Evaluate) => Evaluate>> = {
  '+': (a, b) => (c, t) => a(c, t) + b(c, t),
  '-': (a, b) => (c, t) => a(c, t) - b(c, t),
  '*': (a, b) => (c, t) => a(c, t) * b(c, t),
  // Division by zero is not known, never infinite.
  '/': (a, b) => (c, t) => {
    const divisor = b(c, t);
    return divisor === 0 ? Number.NaN : a(c, t) / divisor;
  },
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
function compareSince(op: string, origin: Evaluate, span: Evaluate): Evaluate {
  const longer = op === '>' || op === '>=';
  return (c, t) => {
    const at = origin(c, t) + span(c, t);
    if (Number.isNaN(at)) return Number.NaN;
    if (t >= at) return longer ? 1 : 0;
    if (at < c.wake) c.wake = at;
    return longer ? 0 : 1;
  };
}

function compare(k: Compiler, node: ASTNode & { op: BinaryOperator }): Piece {
  const [left, right] = [k.compile(node.args[0]), k.compile(node.args[1])];
  const bool = (run: Evaluate): Piece => ({ type: 'bool', unit: '', run });
  if (left.type === 'since' && node.op in MIRRORED) {
    return bool(compareSince(node.op, left.origin, spanOf(node.args[1], right)));
  }
  if (right.type === 'since' && node.op in MIRRORED) {
    return bool(compareSince(MIRRORED[node.op]!, right.origin, spanOf(node.args[0], left)));
  }
  if (left.type === 'text' && right.type === 'text' && (node.op === '==' || node.op === '!=')) {
    const equal = node.op === '==';
    return bool((c) => Number((left.run(c) === right.run(c)) === equal));
  }
  const make = COMPARE[node.op];
  if (make && 'unit' in left && 'unit' in right) {
    sameUnit(node, left, right);
    return bool(make(left.run, right.run));
  }
  throw new ExpressionError(node, `these cannot be compared with ${node.op}`);
}

export function compileOperator(k: Compiler, node: ASTNode): Piece {
  switch (node.op) {
    case '&&':
    case '||': {
      const [a, b] = [numeric(k, node.args[0]), numeric(k, node.args[1])];
      return { type: 'bool', unit: '', run: node.op === '&&' ? and(a.run, b.run) : or(a.run, b.run) };
    }
    case '!_':
      return { type: 'bool', unit: '', run: not(numeric(k, node.args).run) };
    case '-_': {
      const { run, unit } = numeric(k, node.args);
      return { type: 'number', unit, run: (c, t) => -run(c, t) };
    }
    case '?:': {
      const [test, yes, no] = node.args.map((arg) => numeric(k, arg)) as [Numeric, Numeric, Numeric];
      const run: Evaluate = (c, t) => {
        const truth = test.run(c, t);
        return Number.isNaN(truth) ? truth : truth === 1 ? yes.run(c, t) : no.run(c, t);
      };
      return { type: yes.type, unit: sameUnit(node, yes, no), run };
    }
    case '+':
    case '-':
    case '*':
    case '/': {
      const [a, b] = [numeric(k, node.args[0]), numeric(k, node.args[1])];
      const additive = node.op === '+' || node.op === '-';
      const unit = additive ? sameUnit(node, a, b) : productUnit(a, b, node.op);
      return { type: 'number', unit, run: ARITHMETIC[node.op]!(a.run, b.run) };
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
