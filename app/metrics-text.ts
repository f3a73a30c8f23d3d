/** One figure for `/metrics`. Name and unit as Prometheus wants them: `steward_readings_total`. */
export interface Figure {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly values: readonly FigureValue[];
}

export interface FigureValue {
  /** `_bucket`, `_sum` or `_count` of a histogram; absent otherwise. */
  readonly suffix?: string | undefined;
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

// The format knows these three escapes and no other: what JSON would write for a tab is another text here.
function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}

function labelText(labels: Readonly<Record<string, string>> | undefined): string {
  const pairs = Object.entries(labels ?? {}).map(
    ([name, value]) => `${name}="${escaped(value).replaceAll('"', '\\"')}"`,
  );
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function numberText(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  return value === Number.NEGATIVE_INFINITY ? '-Inf' : String(value);
}

/** Prometheus text format 0.0.4. */
export function metricsText(figures: readonly Figure[]): string {
  const lines = figures.flatMap(({ name, type, help, values }) => [
    `# HELP ${name} ${escaped(help)}`,
    `# TYPE ${name} ${type}`,
    ...values.map(
      ({ suffix = '', labels, value }) => `${name}${suffix}${labelText(labels)} ${numberText(value)}`,
    ),
  ]);
  return `${lines.join('\n')}\n`;
}
