import type { BacktestWanted } from '../../api/ports.ts';
import { StewardError } from '../../model/codes.ts';
import type { Site } from '../../model/site.ts';
import { limitedTo, namesIn } from '../../rules/backtest/rule-sets.ts';
import type { RuleSource } from '../../rules/language/load.ts';
import type { TicketRecords } from '../../store/records/contract.ts';
import type { SeriesScan } from '../../store/series/contract.ts';
import type { PreparedBacktest } from './jobs.ts';
import { type BacktestSources, realTickets } from './order.ts';
import { planAside } from './plan-aside.ts';
import { runBacktest } from './run.ts';

export interface PrepareDeps {
  readonly series: SeriesScan;
  readonly tickets: Pick<TicketRecords, 'list'>;
  readonly inForce: readonly RuleSource[];
  readonly sites: readonly Site[];
  readonly reopenWindowMs: number;
}

/** Throws `not_found` for a name that no rule in force has. */
function sourcesOf(
  { rules, names = [], against }: BacktestWanted,
  inForce: readonly RuleSource[],
): BacktestSources {
  if (rules) return { tested: rules, against, inForce };
  const known = namesIn(inForce);
  const unknown = names.find((name) => !known.has(name));
  if (unknown !== undefined) throw new StewardError('not_found', `There is no rule ${unknown} in force.`);
  const tested = limitedTo(inForce, (rule) => names.includes(rule));
  // Rules as they are would only be compared with themselves.
  return { tested, against: against ?? 'nothing', inForce };
}

/** Checks everything that can be checked at once. Throws `rule_invalid`, `not_found`, `request_invalid`. */
export async function prepareBacktest(wanted: BacktestWanted, deps: PrepareDeps): Promise<PreparedBacktest> {
  const { from, to, warmUpMs } = wanted;
  if (from >= to) throw new StewardError('request_invalid', 'body: from is not before to');
  const sources = sourcesOf(wanted, deps.inForce);
  const plan = await planAside(sources);
  if (plan.names.length === 0) throw new StewardError('rule_invalid', 'rules: there is no rule in this text');
  const begin = Math.max(0, from - (warmUpMs ?? plan.warmUpMs));
  const { sites, reopenWindowMs } = deps;
  return {
    rules: plan.names,
    from,
    to,
    run: async (options) => {
      const real = await realTickets(deps.tickets, plan.names);
      const order = { sources, sites, begin, from, to, real, reopenWindowMs };
      return runBacktest(order, plan, deps.series, options);
    },
  };
}
