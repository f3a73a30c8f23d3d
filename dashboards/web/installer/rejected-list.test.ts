import { describe, expect, it } from 'vitest';
import type { QuarantineView } from '../../../model/views/watch.ts';
import { afterReplay, NOTHING, renewed, type Shown, withMore } from './rejected-list.ts';

function shown(from: number, to: number, next: string | null = 'more'): Shown {
  const items = Array.from({ length: from - to + 1 }, (_, i) => ({ id: from - i }) as QuarantineView);
  return { items, next };
}

const ids = ({ items }: Shown): number[] => items.map(({ id }) => id);

describe('the list of rejected messages', () => {
  it.each([
    ['nothing is shown yet', NOTHING, shown(9, 7), [9, 8, 7], 'more'],
    ['nothing is new', shown(9, 4, 'older'), shown(9, 7), [9, 8, 7, 6, 5, 4], 'older'],
    ['some came', shown(9, 4, 'older'), shown(11, 9), [11, 10, 9, 8, 7, 6, 5, 4], 'older'],
    ['more came than a page holds', shown(9, 4, 'older'), shown(30, 28), [30, 29, 28], 'more'],
    ['all others went', shown(9, 4, 'older'), shown(9, 8, null), [9, 8], null],
  ])('when %s', (_name, before, first, expected, next) => {
    const after = renewed(before, first);
    expect(ids(after)).toEqual(expected);
    expect(after.next).toBe(next);
  });

  it('grows by pages, without repeats', () => {
    const after = withMore(shown(9, 7), shown(7, 5, null));
    expect(ids(after)).toEqual([9, 8, 7, 6, 5]);
    expect(after.next).toBeNull();
  });

  it('lets go what was accepted, and keeps what is still wrong', () => {
    const reason = { code: null, detail: '' };
    const after = afterReplay(shown(9, 7), [
      { id: 9, outcome: 'accepted', ...reason },
      { id: 8, outcome: 'rejected', ...reason },
      { id: 7, outcome: 'gone', ...reason },
    ]);
    expect(ids(after)).toEqual([8]);
  });
});
