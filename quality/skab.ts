import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CHANNEL_DEFAULTS, type ChannelOptions, judge, learn, newChannel } from '../rules/detect/channel.ts';

/** SKAB is GPL-3.0 and stays outside of the project: put it, or link it, beside the checkout. */
export const SKAB_FOLDER = resolve(process.cwd(), '../shared/data/skab');
export const GROUPS = ['valve1', 'valve2', 'other'] as const;
/** Rows of a file that train; the protocol of the data set. */
const TRAIN = 400;

export interface SkabFile {
  readonly rows: readonly Float64Array[];
  readonly labels: readonly boolean[];
}

/** How often it was right and wrong, row by row. */
export interface Confusion {
  readonly tp: number;
  readonly fp: number;
  readonly fn: number;
  readonly tn: number;
}

export function readGroup(folder: string, group: string): readonly SkabFile[] {
  return readdirSync(join(folder, group))
    .filter((name) => name.endsWith('.csv'))
    .sort()
    .map((name) => {
      const lines = readFileSync(join(folder, group, name), 'utf8')
        .trim()
        .split('\n')
        .slice(1);
      // datetime; eight channels; anomaly; changepoint.
      const cells = lines.map((line) => line.trim().split(';').slice(1).map(Number));
      return {
        rows: cells.map((row) => Float64Array.from(row.slice(0, 8))),
        labels: cells.map((row) => row[8] === 1),
      };
    });
}

/** Whether each row after the training ones is an anomaly, told from the past only: one channel is enough. */
export function detect(rows: readonly Float64Array[], options: ChannelOptions): readonly boolean[] {
  const channels = Array.from(rows[0] ?? [], () => newChannel());
  for (const row of rows.slice(0, TRAIN)) {
    for (const [i, channel] of channels.entries()) learn(channel, 0, row[i]!, options);
  }
  return rows
    .slice(TRAIN)
    .map((row) => channels.map((one, i) => judge(one, 0, row[i]!, options)).some((ratio) => ratio > 1));
}

export function confusionOf(files: readonly SkabFile[], options: ChannelOptions): Confusion {
  const sum = { tp: 0, fp: 0, fn: 0, tn: 0 };
  for (const { rows, labels } of files) {
    detect(rows, options).forEach((told, i) => {
      const isAnomaly = labels[TRAIN + i]!;
      sum[told ? (isAnomaly ? 'tp' : 'fp') : isAnomaly ? 'fn' : 'tn']++;
    });
  }
  return sum;
}

const add = (all: readonly Confusion[]): Confusion =>
  all.reduce((a, b) => ({ tp: a.tp + b.tp, fp: a.fp + b.fp, fn: a.fn + b.fn, tn: a.tn + b.tn }));

export interface Score {
  readonly f1: number;
  /** Share of normal rows that are called anomalies, and of anomalies that are missed, in percent. */
  readonly far_pct: number;
  readonly mar_pct: number;
}

export function scoreOf({ tp, fp, fn, tn }: Confusion): Score {
  return { f1: tp / (tp + (fn + fp) / 2), far_pct: (100 * fp) / (fp + tn), mar_pct: (100 * fn) / (fn + tp) };
}

const GRID: readonly ChannelOptions[] = [0.05, 0.1, 0.2].flatMap((fast) =>
  [0.002, 0.005, 0.01].flatMap((slow) =>
    [1.4, 1.6, 1.8, 2, 2.2, 2.4].map((margin) => ({ ...CHANNEL_DEFAULTS, fast, slow, margin })),
  ),
);

/** The options with the best F1 among those that cry wolf on at most a quarter of the normal rows. */
function bestOn(groups: readonly (readonly SkabFile[])[]): ChannelOptions {
  const rank = (options: ChannelOptions): number => {
    const { f1, far_pct } = scoreOf(add(groups.map((files) => confusionOf(files, options))));
    return far_pct <= 25 ? f1 : f1 - 1;
  };
  return GRID.reduce((best, options) => (rank(options) > rank(best) ? options : best));
}

function line(name: string, { f1, far_pct, mar_pct }: Score, note = ''): string {
  return `${name.padEnd(22)} ${f1.toFixed(3)}   ${far_pct.toFixed(1).padStart(5)}   ${mar_pct.toFixed(1).padStart(5)}   ${note}`;
}

const optionsText = ({ fast, slow, margin }: ChannelOptions): string =>
  `fast ${fast}, slow ${slow}, margin ${margin}`;

/**
 * The rule function `anomaly()` on SKAB, with the shipped options and with ones that never saw the tested group. Throws
 * when the data is not there.
 */
export function measureSkab(say: (line: string) => void): Readonly<Record<string, number>> {
  if (!existsSync(SKAB_FOLDER)) throw new Error(`SKAB is not at ${SKAB_FOLDER}`);
  const files = GROUPS.map((group) => readGroup(SKAB_FOLDER, group));
  say(
    '                       F1     FAR %   MAR %   (first 400 rows of a file train, the rest test, causal)',
  );
  const shipped = files.map((group) => confusionOf(group, CHANNEL_DEFAULTS));
  GROUPS.forEach((group, i) => {
    say(line(`shipped, ${group}`, scoreOf(shipped[i]!)));
  });
  const total = scoreOf(add(shipped));
  say(line('shipped, all', total, optionsText(CHANNEL_DEFAULTS)));
  const unseen = files.map((tested, i) => {
    const options = bestOn(files.filter((_, j) => j !== i));
    const confusion = confusionOf(tested, options);
    say(line(`untuned, ${GROUPS[i]}`, scoreOf(confusion), `${optionsText(options)}: best on the others`));
    return confusion;
  });
  const untuned = scoreOf(add(unseen));
  say(line('untuned, all', untuned));
  const always = scoreOf(
    add(shipped.map(({ tp, fp, fn, tn }) => ({ tp: tp + fn, fp: fp + tn, fn: 0, tn: 0 }))),
  );
  say(line('always an alarm', always, 'baseline'));
  return {
    f1: total.f1,
    far_pct: total.far_pct,
    mar_pct: total.mar_pct,
    untuned_f1: untuned.f1,
    untuned_far_pct: untuned.far_pct,
    untuned_mar_pct: untuned.mar_pct,
    always_f1: always.f1,
  };
}
