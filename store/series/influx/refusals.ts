/** A line that the server says it did not store; counted from 1. */
export interface NamedLine {
  readonly line: number;
  readonly reason: string;
}

function parsed(body: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    // A proxy's page in between is no JSON.
    return {};
  }
}

/** What went wrong, in the server's words: `error` of versions 1 and 3, `message` of version 2. */
export function errorIn(body: string): string {
  const { error, message } = parsed(body);
  for (const text of [message, error]) if (typeof text === 'string' && text !== '') return text;
  return body.slice(0, 200).trim();
}

/**
 * The lines that an answer of version 3 names in `data` (at most 100 of them, so there may be more). All other lines
 * of the request may be stored or not.
 */
export function namedLines(body: string): readonly NamedLine[] {
  const { data } = parsed(body);
  const named: NamedLine[] = [];
  for (const each of Array.isArray(data) ? data : [data]) {
    if (typeof each !== 'object' || each === null) continue;
    const { line_number: line, error_message: reason } = each as Record<string, unknown>;
    if (typeof line === 'number' && Number.isSafeInteger(line) && typeof reason === 'string')
      named.push({ line, reason });
  }
  return named;
}
