import { fork } from 'node:child_process';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { quantile } from './quantile.ts';
import type { RulesRun, RulesRunReport } from './rules-run.ts';
import { RULES_OF_A_METRIC } from './rules-text.ts';

const RUN = `${import.meta.dirname}/rules-run.${import.meta.filename.endsWith('.ts') ? 'ts' : 'js'}`;

async function inProcess(order: RulesRun): Promise<RulesRunReport> {
  const child = fork(RUN, [JSON.stringify(order)]);
  const [report] = await Promise.race([
    once(child, 'message') as Promise<[RulesRunReport]>,
    once(child, 'exit').then(([code]) => {
      throw new Error(`the run ended with ${code}`);
    }),
  ]);
  return report;
}

/** Runs that are compared are made in turn, so often each: what else the machine does moves one run by a tenth. */
const ROUNDS = 5;

const median = (values: readonly number[]): number =>
  quantile(
    [...values].sort((a, b) => a - b),
    0.5,
  );

const ratio = (a: number, b: number): number => Math.round((a / b) * 100) / 100;

/** Decoded samples of one metric each, of assets drawn at random, through the rules: one core, seven rules a sample. */
export async function benchRules(
  say: (line: string) => void,
  args: readonly string[],
): Promise<Record<string, number>> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      assets: { type: 'string', default: '100000' },
      rules: { type: 'string', default: '50' },
      samples: { type: 'string', default: '4000000' },
    },
  });
  const [assets, rules, samples] = [Number(values.assets), Number(values.rules), Number(values.samples)];
  const measure = async (order: Partial<RulesRun>): Promise<RulesRunReport> => {
    const whole: RulesRun = { engine: 'steward', assets, rules, samples, restart: false, ...order };
    const report = await inProcess(whole);
    const rate = report['samples_per_s']!.toLocaleString('en');
    const name = whole.engine.replaceAll('_', ' ');
    say(`${name}: ${whole.assets} assets, ${whole.rules} rules: ${rate} samples/s`);
    return report;
  };
  say(`each sample touches ${RULES_OF_A_METRIC} rules`);
  const steward = await measure({ restart: true });
  const { rss_mib, snapshot_mib, snapshot_pause_ms, snapshot_all_ms, rss_snapshot_mib, restore_ms } = steward;
  say(
    `  ${steward['changes']} changes of faults; memory ${rss_mib} MiB, ${rss_snapshot_mib} MiB with a snapshot of ${snapshot_mib} MiB in memory`,
  );
  say(
    `  snapshot: longest pause ${snapshot_pause_ms} ms, ${snapshot_all_ms} ms in all; restore to the first evaluation ${restore_ms} ms`,
  );
  const hand = await measure({ engine: 'hand_written' });
  const json = await measure({ engine: 'json_rules_engine' });
  const compared = [{}, { assets: 1_000 }, { rules: 10 }, { rules: 200 }];
  const rates: number[][] = compared.map(() => []);
  // What V8 has not collected yet makes one run take half as much again as the next.
  const sizes = [steward['rss_mib']!];
  for (let round = 0; round < ROUNDS; round++) {
    for (const [i, order] of compared.entries()) {
      const report = await measure({ ...order, samples: samples / 2 });
      rates[i]!.push(report['samples_per_s']!);
      if (i === 0) sizes.push(report['rss_mib']!);
    }
  }
  const [all, few, tenRules, manyRules] = rates.map(median) as [number, number, number, number];
  say(`memory of the runs with ${assets} assets and ${rules} rules: ${sizes.join(', ')} MiB`);
  const figures = {
    samples_per_s: steward['samples_per_s']!,
    hand_written_samples_per_s: hand['samples_per_s']!,
    json_rules_engine_samples_per_s: json['samples_per_s']!,
    rss_mib: median(sizes),
    snapshot_pause_ms: snapshot_pause_ms!,
    snapshot_mib: snapshot_mib!,
    restore_ms: restore_ms!,
    cost_ratio_assets: ratio(few, all),
    cost_ratio_rules: ratio(tenRules, manyRules),
  };
  say(
    `cost of a sample: × ${figures.cost_ratio_assets} from 1,000 to ${assets} assets, × ${figures.cost_ratio_rules} from 10 to 200 rules`,
  );
  return figures;
}
