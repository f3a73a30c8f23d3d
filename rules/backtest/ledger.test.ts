import { describe, expect, it } from 'vitest';
import type { Fault, FaultChange } from '../../model/fault.ts';
import { createLedger, type RaisedTicket } from './ledger.ts';

const WINDOW = 100;
const END = 1_000;

function fault(more: Partial<Fault>): Fault {
  return {
    key: 'LampOut/L1',
    rule: 'LampOut',
    asset: 'L1',
    kind: 'luminaire',
    site: 's',
    zone: 'z',
    severity: 'minor',
    title: 'dark',
    trade: 'electrician',
    since: 0,
    members: [],
    evidence: { expression: '', text: '', values: {}, metrics: [], from: 0, to: 0 },
    proof: 'one night',
    ...more,
  };
}

function ledgerOf(
  changes: readonly (readonly [FaultChange['type'], number, Partial<Fault>?])[],
): readonly RaisedTicket[] {
  const ledger = createLedger(WINDOW, END);
  ledger.take(changes.map(([type, at, more = {}]) => ({ type, at, fault: fault(more), cause: `${at}` })));
  return ledger.tickets();
}

describe('tickets that rules would have raised', () => {
  it('is open until its fault clears', () => {
    expect(ledgerOf([['firing', 10]])).toMatchObject([{ from: 10, to: null, returned: 0 }]);
    expect(
      ledgerOf([
        ['firing', 10],
        ['cleared', 20],
      ]),
    ).toMatchObject([{ from: 10, to: 20 }]);
  });

  it('is one ticket when the fault comes back before its proof, or soon after it', () => {
    const back = ledgerOf([
      ['firing', 10],
      ['cleared', 20],
      ['firing', 500],
      ['cleared', 510],
      ['proved', 520],
      ['firing', 520 + WINDOW],
    ]);
    expect(back).toMatchObject([{ from: 10, to: null, returned: 2 }]);
  });

  it.each([
    ['a proof', { proof: 'one night' }, [['proved', 30]] as const],
    ['clearing, without one', { proof: undefined }, [] as const],
  ])('is another ticket when it comes back long after %s', (_, more, proved) => {
    const two = ledgerOf([
      ['firing', 10, more],
      ['cleared', 30, more],
      ...proved,
      ['firing', 31 + WINDOW, more],
    ]);
    expect(two).toMatchObject([
      { from: 10, to: 30, returned: 0 },
      { from: 31 + WINDOW, to: null },
    ]);
  });

  it('names every member that ever was one', () => {
    const [group] = ledgerOf([
      ['firing', 10, { members: ['b', 'a'] }],
      ['amended', 20, { members: ['b', 'c'] }],
    ]);
    expect(group?.members).toEqual(['a', 'b', 'c']);
  });

  it('hears nothing after the end', () => {
    expect(ledgerOf([['firing', END + 1]])).toEqual([]);
    expect(
      ledgerOf([
        ['firing', END],
        ['cleared', END + 1],
      ]),
    ).toMatchObject([{ to: null }]);
  });
});
