import type { ASTNode } from '@marcbachmann/cel-js';
import type { Asset } from '../../model/site.ts';
import { CHANGED, EXPIRES } from './cells.ts';
import { parseDuration } from './duration.ts';
import { literal } from './emit.ts';
import { constantIn, ownIn, type Slot } from './layout.ts';
import { type Compiler, ExpressionError, type Piece, sincePiece } from './piece.ts';

/** Cells: since when it is the same as far as anybody can know, and until when that is said without another sample. */
const SINCE = 0;
const SURE_UNTIL = 1;
const CELLS = 2;

/** Who promises no heartbeat says when something changes: silence is no news of it. */
const promisesNothing = ({ attributes }: Asset): number =>
  Number(attributes['heartbeat_s'] ?? 0) > 0 ? 0 : Number.POSITIVE_INFINITY;

function silenceOf(node: ASTNode | undefined): number | undefined {
  if (!node) return undefined;
  const ms = node.op === 'value' && typeof node.args === 'string' ? parseDuration(node.args) : undefined;
  if (ms === undefined || ms === 0) {
    throw new ExpressionError(node, 'the longest silence is written like "90s", "10m", "1h30m" or "7d"');
  }
  return ms;
}

/** Until when a sample tells what is, without another one: as long as the device promises. */
export function sureUntil(k: Compiler, { at }: Slot): string {
  const promise = constantIn(k.layout, 'promises nothing', promisesNothing);
  return `Math.max(v[o + ${literal(at + EXPIRES)}], v[o + ${literal(promise)}])`;
}

/**
 * `since_change(metric)` or `since_change(metric, "1d")`. After a silence that is longer than the device's promise, or
 * than the second argument says, the value may have changed and changed back: it counts from when it was heard again.
 */
export function compileSinceChange(k: Compiler, slot: Slot, silenceNode: ASTNode | undefined): Piece {
  const { metric, at } = slot;
  const silence_ms = silenceOf(silenceNode);
  const until_ms = silence_ms === undefined ? sureUntil(k, slot) : `t + ${literal(silence_ms)}`;
  const key = `since_change ${metric}, ${silence_ms}`;
  const own = ownIn(k.layout, { key, size: CELLS, metrics: [metric] }, (place) => (body) => {
    const [since, until] = [`v[o + ${literal(place + SINCE)}]`, `v[o + ${literal(place + SURE_UNTIL)}]`];
    body.line(`if (v[o + ${literal(at + CHANGED)}] === t || !(t <= ${until})) ${since} = t;`);
    body.line(`${until} = ${until_ms};`);
    return '';
  });
  return sincePiece((body) =>
    body.once(key, () => {
      const until = body.set(`v[o + ${literal(own + SURE_UNTIL)}]`);
      const since = body.set('NaN');
      body.line(
        `if (t < ${until}) { ${since} = v[o + ${literal(own + SINCE)}]; if (${until} < s) s = ${until}; }`,
      );
      return since;
    }),
  );
}
