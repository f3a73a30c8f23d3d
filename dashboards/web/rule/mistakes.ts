/** A mistake in a rule file; line and column begin at 1. */
export interface Mistake {
  readonly line: number;
  readonly column: number;
  readonly text: string;
}

/** The mistakes that the server tells, a line for each: `rules.yaml:4:12: LampOut: there is no …`. */
export function mistakesIn(detail: string): readonly Mistake[] {
  return detail.split('\n').flatMap((told) => {
    const [, line, column, text] = /:(\d+):(\d+): (.*)$/.exec(told) ?? [];
    return text === undefined ? [] : [{ line: Number(line), column: Number(column), text }];
  });
}

/** Where the place lies in the text; at its end when the text is shorter. */
export function offsetOf(text: string, { line, column }: Pick<Mistake, 'line' | 'column'>): number {
  const lines = text.split('\n');
  const before = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0);
  return Math.min(before + column - 1, text.length);
}
