import { existsSync } from 'node:fs';
import { Command, InvalidArgumentError } from 'commander';
import { libraryRulesFolder } from '../app/paths.ts';
import { progressLine } from '../app/progress-line.ts';
import { rulesIn } from '../app/rule-files.ts';
import { CLEAN, RADIO, type RadioProfile } from '../firmware-sim/radio.ts';
import { DAY_MS, HOUR_MS } from '../model/clock.ts';
import { seededRandom } from '../model/random.ts';
import { componentsOf } from '../rules/engine/components.ts';
import { loadRules } from '../rules/language/load.ts';
import type { RuleSet } from '../rules/language/rule.ts';
import { drawFaults } from './draw-faults.ts';
import { drawEstate } from './estate.ts';
import { type Figures, figuresOf, sumOf } from './figures.ts';
import { type Joined, type JoinOptions, join } from './join.ts';
import { mistakes } from './mistakes.ts';
import { drawRestarts, type Run, runSite } from './pipeline.ts';
import { jsonFigures, table } from './report.ts';
import { withServiceDays } from './service-days.ts';
import { measureSkab, SKAB_FOLDER } from './skab.ts';

interface Flags {
  readonly seeds: readonly [number, number];
  readonly days: number;
  readonly assets?: number;
  readonly profile: RadioProfile;
}

const PROFILES: Readonly<Record<string, RadioProfile>> = { radio: RADIO, clean: CLEAN };

function seedsOf(text: string): readonly [number, number] {
  const [, first, last = first] = /^(\d+)(?:-(\d+))?$/.exec(text) ?? [];
  if (first === undefined || Number(last) < Number(first)) throw new InvalidArgumentError('write 7 or 1-20');
  return [Number(first), Number(last)];
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError('a number above 0');
  return value;
}

function profileOf(text: string): RadioProfile {
  const profile = PROFILES[text];
  if (!profile) throw new InvalidArgumentError(`one of ${Object.keys(PROFILES).join(', ')}`);
  return profile;
}

/** What each rule waits by its own words: hold, group, and lateness of all that it is decided together with. */
function holds(rules: RuleSet): (rule: string) => number {
  const together = componentsOf(rules.infos.values());
  return (rule) => {
    const info = rules.infos.get(rule);
    if (!info) return 0;
    const decided = together.find((infos) => infos.includes(info)) ?? [info];
    const lateness = Math.max(...decided.map(({ lateness_ms }) => lateness_ms));
    // A group waits as long as the rule of its members does.
    const members = decided.filter(({ rollup }) => rollup?.as === rule);
    return Math.max(...[info, ...members].map(({ for_ms, wait_ms }) => for_ms + wait_ms)) + lateness;
  };
}

/** A year of first days; the seed chooses. */
const FIRST_START = Date.parse('2026-01-01T00:00:00Z');
const SIZES = { least: 200, spread: 800 };

async function runSeed(
  seed: number,
  flags: Flags,
  rules: RuleSet,
): Promise<{ run: Run; joined: Joined; options: JoinOptions }> {
  const random = seededRandom(seed).fork('quality');
  const size = flags.assets ?? SIZES.least + random.int(SIZES.spread);
  const estate = drawEstate(random.fork('estate'), size);
  const scenario = drawFaults(random.fork('faults'), estate, flags.days);
  const start = FIRST_START + random.int(365) * DAY_MS + random.int(24) * HOUR_MS;
  const site = withServiceDays(estate, scenario, start);
  const end = start + flags.days * DAY_MS;
  const progress = progressLine(`seed ${seed}, ${site.assets.length} assets`, process.stderr);
  const restarts = drawRestarts(random.fork('restarts'), start, end);
  const run = await runSite({
    site,
    scenario,
    seed,
    random,
    start,
    end,
    radio: flags.profile,
    rules,
    restarts,
    onProgress: (at, readings) => progress((at - start) / (end - start), `${readings} readings`),
  });
  const byId = new Map(site.assets.map((asset) => [asset.id, asset]));
  const options: JoinOptions = {
    truth: run.truth,
    calls: run.calls,
    end,
    holdMs: holds(rules),
    intervalMs: (asset) => Number(byId.get(asset)!.attributes['heartbeat_s']) * 1000,
  };
  return { run, joined: join(options), options };
}

const line = (text: string): void => void process.stdout.write(`${text}\n`);

async function quality(flags: Flags): Promise<void> {
  const rules = loadRules(rulesIn(libraryRulesFolder));
  const hold = holds(rules);
  const [first, last] = flags.seeds;
  const all = new Map<string, Figures>();
  const total = { readings: 0, rejected: 0, took_ms: 0 };
  for (let seed = first; seed <= last; seed++) {
    const { run, joined, options } = await runSeed(seed, flags, rules);
    total.readings += run.readings;
    total.rejected += run.rejected;
    total.took_ms += run.took_ms;
    for (const text of mistakes(joined, options)) line(`seed ${seed}: ${text}`);
    for (const [rule, figures] of figuresOf(joined, options)) {
      all.set(rule, sumOf([all.get(rule) ?? sumOf([]), figures]));
    }
  }
  for (const row of table(all, (rule) => hold(rule) / 1000)) line(row);
  const speed = Math.round(total.readings / (total.took_ms / 1000));
  line(
    `${total.readings} readings, ${total.rejected} rejected, in ${Math.round(total.took_ms / 1000)} s, ${speed}/s`,
  );
  const skab = existsSync(SKAB_FOLDER) ? measureSkab(line) : null;
  if (skab === null) line(`no table of SKAB: its data is not at ${SKAB_FOLDER}`);
  const { seeds, days } = flags;
  line(
    JSON.stringify({
      quality: { seeds, days, profile: flags.profile },
      figures: { ...jsonFigures(all), skab },
    }),
  );
}

await new Command('quality')
  .description(
    'simulated sites with drawn faults through the whole path: which became tickets, and which tickets were true',
  )
  .requiredOption('--seeds <a-b>', 'first and last seed', seedsOf)
  .option('--days <n>', 'days of simulated time', positive, 30)
  .option('--assets <n>', 'size of the sites (default: drawn, 200 to 1,000)', positive)
  .option(
    '--profile <name>',
    'what the network does: radio (2 % lost, 5 % repeated, 10 minutes shuffled) or clean',
    profileOf,
    RADIO,
  )
  .action(quality)
  .parseAsync();
