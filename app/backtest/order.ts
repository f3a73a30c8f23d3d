import type { Site } from '../../model/site.ts';
import type { RealTicket } from '../../rules/backtest/compare.ts';
import type { Against } from '../../rules/backtest/rule-sets.ts';
import type { RuleSource } from '../../rules/language/load.ts';
import type { TicketRecords } from '../../store/records/contract.ts';

/** All that a backtest needs but the readings, as data: a thread of its own gets a copy. */
export interface BacktestOrder {
  readonly sources: BacktestSources;
  readonly sites: readonly Site[];
  /** Where reading begins: what is before `from` only warms the windows up. Epoch milliseconds. */
  readonly begin: number;
  readonly from: number;
  readonly to: number;
  readonly real: readonly RealTicket[];
  readonly reopenWindowMs: number;
}

export interface BacktestSources {
  readonly tested: readonly RuleSource[];
  readonly against?: Against;
  readonly inForce: readonly RuleSource[];
}

const PAGE = 500;

/** Tickets of these rules that were really there, oldest first. */
export async function realTickets(
  records: Pick<TicketRecords, 'list'>,
  names: readonly string[],
): Promise<readonly RealTicket[]> {
  const all: RealTicket[] = [];
  for (const rule of names) {
    let cursor: string | undefined;
    do {
      const page = await records.list({ rule, limit: PAGE, cursor });
      for (const { id, asset, state, opened_at, closed_at, updated_at, resolution } of page.items)
        all.push({ id, rule, asset, state, opened_at, closed_at, updated_at, resolution });
      cursor = page.next ?? undefined;
    } while (cursor !== undefined);
  }
  return all.sort((a, b) => a.opened_at - b.opened_at);
}
