import { isNode, isScalar, LineCounter, parseDocument } from 'yaml';
import type { Path } from '../../model/strict-yaml.ts';

/** `line:column` of a character inside a text of a YAML file, as exactly as the way it is quoted allows. */
export function placeInside(yaml: string): (path: Path, at: number) => string {
  const lines = new LineCounter();
  const document = parseDocument(yaml, { lineCounter: lines, prettyErrors: false });
  return (path, at) => {
    const node = document.getIn(path, true);
    let offset = isNode(node) && node.range ? node.range[0] : 0;
    if (isScalar(node) && node.range) {
      const [start, end] = node.range;
      const inside = yaml.slice(start, end).indexOf(String(node.value));
      // Folded or escaped text differs from its source: then its beginning must do.
      offset = inside >= 0 ? start + inside + at : start;
    }
    const { line, col } = lines.linePos(offset);
    return `${line}:${col}`;
  };
}
