import { type Figures, percentile, precision, recall, sumOf } from './figures.ts';

const share = (value: number | null): string => (value === null ? '–' : value.toFixed(3));
const seconds = (value: number | null): string => (value === null ? '–' : String(Math.round(value)));

function rowOf(name: string, figures: Figures, hold_s: string): string[] {
  const { injected, due, duplicates, wrong, implied, delays_s, in_time } = figures;
  return [
    name,
    String(injected),
    String(due),
    share(recall(figures)),
    share(precision(figures)),
    String(wrong),
    String(duplicates),
    String(implied),
    hold_s,
    seconds(percentile(delays_s, 0.5)),
    seconds(percentile(delays_s, 0.95)),
    delays_s.length === 0 ? '–' : `${Math.floor((100 * in_time) / delays_s.length)} %`,
  ];
}

const HEAD = [
  'rule',
  'injected',
  'due',
  'recall',
  'precision',
  'wrong',
  'double',
  'implied',
  'hold s',
  'delay p50',
  'p95',
  'in time',
];

/** One line for each rule, and one for all. */
export function table(rules: ReadonlyMap<string, Figures>, hold_s: (rule: string) => number): string[] {
  const rows = [
    HEAD,
    ...[...rules]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([rule, figures]) => rowOf(rule, figures, String(Math.round(hold_s(rule))))),
    rowOf('all', sumOf(rules.values()), ''),
  ];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    row
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)))
      .join('  ')
      .trimEnd(),
  );
}

function summary(figures: Figures): Record<string, number | null> {
  return {
    recall: recall(figures),
    precision: precision(figures),
    delay_p50_s: percentile(figures.delays_s, 0.5),
    delay_p95_s: percentile(figures.delays_s, 0.95),
    in_time: figures.delays_s.length === 0 ? null : figures.in_time / figures.delays_s.length,
    injected: figures.injected,
    due: figures.due,
    found: figures.found,
    right: figures.right,
    wrong: figures.wrong,
    duplicates: figures.duplicates,
    implied: figures.implied,
  };
}

/** The figures as the last line tells them. */
export function jsonFigures(rules: ReadonlyMap<string, Figures>): Record<string, unknown> {
  const kinds = Object.fromEntries([...rules].map(([rule, figures]) => [rule, summary(figures)]));
  return { ...summary(sumOf(rules.values())), kinds };
}
