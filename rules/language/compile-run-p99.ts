import type { ASTNode } from '@marcbachmann/cel-js';
import { HOUR_MS } from '../../model/clock.ts';
import { RUN_CELLS } from '../detect/run-lengths.ts';
import { VALUE } from './cells.ts';
import { pastBegins, pastOf } from './compile-own-past.ts';
import { sureUntil } from './compile-since-change.ts';
import { type Code, literal } from './emit.ts';
import { constantIn, ownIn, type Slot } from './layout.ts';
import { type Compiler, type Numeric, numberPiece, readCell } from './piece.ts';

/** `run_p99(running, "14d")`, in hours. */
export function compileRunP99(k: Compiler, slot: Slot, call: ASTNode & { op: 'call' }): Numeric {
  const span = literal(pastOf(call));
  const { metric, at } = slot;
  const since = readCell(constantIn(k.layout, 'past begins', pastBegins));
  const until = sureUntil(k, slot);
  const key = `run_p99 ${metric}, ${span}`;
  const own = ownIn(k.layout, { key, size: RUN_CELLS, metrics: [metric] }, (place) => (body) => {
    const value = `v[o + ${literal(at + VALUE)}]`;
    body.line(`c.own.learnRuns(v, o + ${literal(place)}, t, ${value}, ${until}, ${span}, ${since(body)});`);
    return '';
  });
  const answer: Code = (body) =>
    body.once(key, () => body.set(`c.own.runP99(v, o + ${literal(own)}, t, ${span}) / ${HOUR_MS}`));
  return numberPiece('h', answer);
}
