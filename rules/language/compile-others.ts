import type { ASTNode } from '@marcbachmann/cel-js';
import { isKind, KINDS } from '../../model/kinds.ts';
import { checkExpression } from './cel.ts';
import { literal } from './emit.ts';
import { PEER_GROUPS, type PeerGroup, peersIn } from './layout.ts';
import { type Compiler, ExpressionError, numberPiece, type Piece } from './piece.ts';

type Call = ASTNode & { op: 'call' };

interface TextNode {
  readonly node: ASTNode;
  readonly text: string;
}

function peerGroup(node: ASTNode, written: unknown): PeerGroup {
  const by = PEER_GROUPS.find((name) => name === written);
  if (!by) throw new ExpressionError(node, `neighbours are those of the same ${PEER_GROUPS.join(', ')}`);
  return by;
}

/**
 * Other assets do not wake a rule: it is looked at when its own asset is heard and when its clocks say, and then asks
 * what the others are at that time.
 */
export function compilePeers(k: Compiler, call: Call): Piece {
  const [group, inner] = call.args[1] as [ASTNode, ASTNode];
  const by = peerGroup(group, group.op === 'value' ? group.args : '');
  const key = inner.input.slice(inner.start, inner.end);
  return askOthers(k, 'peers', by, key, inner, k.compile(inner));
}

function askOthers(
  k: Compiler,
  ask: 'peers' | 'total',
  by: PeerGroup,
  text: string,
  node: ASTNode,
  piece: Piece,
): Piece {
  if (/\b(peers|total)\s*\(/.test(text))
    throw new ExpressionError(node, 'neighbours are not asked for theirs');
  if (piece.type !== 'number' && piece.type !== 'bool') {
    throw new ExpressionError(node, 'neighbours are asked for a number, true or false');
  }
  const key = `${text}/${k.stale_ms}`;
  const place = literal(peersIn(k.layout, { key, kind: k.kind, by, code: piece.code }));
  return numberPiece(piece.unit, (body) =>
    body.once(`${ask} ${place}`, () => body.set(`c.${ask}(${place}, t)`)),
  );
}

/** The expression is checked as one about the other kind, in the same layout: its assets lie beside. */
export function compileTotal(k: Compiler, call: Call): Piece {
  const [kindNode, group, inner] = call.args[1].map((node) => ({
    node,
    text: node.op === 'value' && typeof node.args === 'string' ? node.args : '',
  })) as [TextNode, TextNode, TextNode];
  if (!isKind(kindNode.text) || kindNode.text === k.kind) {
    const others = KINDS.filter((kind) => kind !== k.kind).join(', ');
    throw new ExpressionError(kindNode.node, `total asks assets of another kind: ${others}`);
  }
  const other = k.about(kindNode.text);
  const checked = checkExpression(inner.text, other.kind, [...k.scope.parameters.keys()]);
  if ('mistakes' in checked) {
    const { at, message } = checked.mistakes[0]!;
    throw new ExpressionError({ start: inner.node.start + 1 + at }, message);
  }
  return askOthers(
    other,
    'total',
    peerGroup(group.node, group.text),
    inner.text,
    inner.node,
    other.compile(checked.ast),
  );
}
