import { measureSkab } from '../quality/skab.ts';
import { benchAssets } from './assets.ts';
import { benchBacktest } from './backtest.ts';
import { benchConnections } from './connections.ts';
import { benchIngest } from './ingest.ts';
import { benchJournal } from './journal.ts';
import { benchLatency } from './latency.ts';
import { machine } from './machine.ts';
import { benchOutage } from './outage.ts';
import { benchRules } from './rules.ts';
import { benchSeries } from './series.ts';
import { benchSimulate } from './simulate.ts';
import { benchTickets } from './tickets.ts';

/** Figures by name, the unit at the end of the name. */
type Figures = Readonly<Record<string, number>>;

const BENCHMARKS: Readonly<
  Record<string, (say: (line: string) => void, args: readonly string[]) => Promise<Figures>>
> = {
  ingest: benchIngest,
  assets: benchAssets,
  journal: benchJournal,
  series: benchSeries,
  connections: benchConnections,
  outage: benchOutage,
  latency: benchLatency,
  rules: benchRules,
  tickets: benchTickets,
  simulate: benchSimulate,
  skab: async (say) => measureSkab(say),
  backtest: benchBacktest,
};

const name = process.argv[2] ?? '';
const run = Object.hasOwn(BENCHMARKS, name) ? BENCHMARKS[name] : undefined;
if (run === undefined) {
  process.stderr.write(`usage: npm run bench -- ${Object.keys(BENCHMARKS).join(' | ')}\n`);
  process.exitCode = 2;
} else {
  const on = machine();
  const { cpu, cores, memory_gib, os, node, load_before } = on;
  process.stdout.write(
    `${cpu}, ${cores} cores, ${memory_gib} GiB, ${os}, Node.js ${node}, load ${load_before}\n`,
  );
  const figures = await run((line) => process.stdout.write(`${line}\n`), process.argv.slice(3));
  process.stdout.write(`${JSON.stringify({ bench: name, machine: on, figures })}\n`);
}
