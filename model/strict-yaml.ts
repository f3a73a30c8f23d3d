import { isCollection, isMap, isPair, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { type Code, StewardError } from './codes.ts';
import { didYouMean } from './suggest.ts';

export type Path = readonly (string | number)[];

/** One mistake in a file, at a place that an editor can jump to. */
export interface Mistake {
  readonly path: Path;
  readonly message: string;
}

export interface StrictYaml<T> {
  readonly value: T;
  /** An error that names each mistake as `file:line:column: path: message`, for checks that a schema cannot make. */
  error(code: Code, mistakes: readonly Mistake[]): StewardError;
  /** `file:line:column` of the node at the path, or of its nearest parent that exists. */
  where(path: Path): string;
}

function pathText(path: Path): string {
  return path
    .map((step, i) => (typeof step === 'number' ? `[${step}]` : i === 0 ? step : `.${step}`))
    .join('');
}

/** The known keys beside an unknown one: the schema's own object at that path. */
function knownKeys(schema: unknown, path: Path): string[] {
  let current = schema as { def?: Record<string, unknown>; shape?: Record<string, unknown> } | undefined;
  const unwrap = (): void => {
    while (current?.def && ('innerType' in current.def || 'in' in current.def)) {
      current = (current.def['innerType'] ?? current.def['in']) as typeof current;
    }
  };
  for (const step of path) {
    unwrap();
    const def = current?.def;
    current = (
      typeof step === 'number' ? def?.['element'] : (current?.shape?.[step] ?? def?.['valueType'])
    ) as typeof current;
  }
  unwrap();
  return Object.keys(current?.shape ?? {});
}

function messageOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_key') return issue.issues[0]?.message ?? issue.message;
  const isMissing = issue.code === 'invalid_type' && issue.message.endsWith('received undefined');
  return isMissing ? `is missing (expected ${issue.expected})` : issue.message;
}

function zodMistakes(schema: z.ZodType, issues: readonly z.core.$ZodIssue[]): Mistake[] {
  return issues.flatMap((issue): Mistake[] => {
    const path = issue.path.filter((step): step is string | number => typeof step !== 'symbol');
    if (issue.code !== 'unrecognized_keys') return [{ path, message: messageOf(issue) }];
    return issue.keys.map((key) => ({
      path: [...path, key],
      message: `unknown key "${key}"${didYouMean(key, knownKeys(schema, path))}`,
    }));
  });
}

/**
 * Reads YAML (and so JSON) against a schema, strictly: an unknown key is a mistake.
 *
 * Throws a StewardError with `code` that lists every mistake with file, line and column.
 */
export function readStrictYaml<S extends z.ZodType>(
  text: string,
  file: string,
  schema: S,
  code: Code,
): StrictYaml<z.output<S>> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const place = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  const where = (path: Path): string => {
    let offset = document.contents?.range?.[0] ?? 0;
    for (let node: unknown = document.contents, i = 0; i < path.length && isCollection(node); i++) {
      const pair = isMap(node) ? node.items.find((item) => String(item.key) === String(path[i])) : undefined;
      const next = isPair(pair) ? pair.value : node.get(path[i], true);
      const at = (pair?.key ?? next) as { range?: readonly number[] } | undefined;
      if (at?.range?.[0] === undefined) break;
      offset = at.range[0];
      node = next;
    }
    return place(offset);
  };
  const error = (errorCode: Code, mistakes: readonly Mistake[]): StewardError =>
    new StewardError(
      errorCode,
      mistakes
        .map(
          ({ path, message }) => `${where(path)}: ${path.length > 0 ? `${pathText(path)}: ` : ''}${message}`,
        )
        .join('\n'),
    );
  if (document.errors.length > 0) {
    throw new StewardError(code, document.errors.map((e) => `${place(e.pos[0])}: ${e.message}`).join('\n'));
  }
  const parsed = schema.safeParse(document.toJS() ?? {});
  if (!parsed.success) throw error(code, zodMistakes(schema, parsed.error.issues));
  return { value: parsed.data, error, where };
}
