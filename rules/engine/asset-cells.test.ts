import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { LINE_CELLS } from '../language/arrange.ts';
import { HEADER_CELLS } from '../language/cells.ts';
import type { Layout } from '../language/layout.ts';
import { loadRules } from '../language/load.ts';
import { planWindows } from './window-plan.ts';

const FOLDER = `${import.meta.dirname}/../library`;
const files = readdirSync(FOLDER).filter((file) => file.endsWith('.yaml') && !file.endsWith('.test.yaml'));
const { lanes } = loadRules(files.map((file) => ({ file, text: readFileSync(`${FOLDER}/${file}`, 'utf8') })));

/** Everything that lies among the cells of an asset: where, and how many cells. */
function takenIn(layout: Layout): readonly (readonly [at: number, cells: number])[] {
  const near = planWindows(layout).windows.map((window): [number, number] => [
    window.near,
    window.nearPanes * window.stride,
  ]);
  const runs = layout.runs.map(({ count }, i): [number, number] => [layout.places!.runs[i]!, count]);
  return [[0, HEADER_CELLS], ...runs, ...near.filter(([, cells]) => cells > 0)];
}

describe('the cells of an asset', () => {
  it.each(lanes.map((lane) => [`${lane.kind}, ${lane.lateness_ms} ms late`, lane] as const))(
    '%s: lie side by side, none over another',
    (_, { layout }) => {
      const cells = new Set<number>();
      let taken = 0;
      for (const [at, count] of takenIn(layout)) {
        for (let cell = at; cell < at + count; cell++) cells.add(cell);
        taken += count;
      }
      expect(cells.size).toBe(taken);
      expect(Math.max(...cells)).toBeLessThan(layout.size);
      expect(layout.size % LINE_CELLS).toBe(0);
    },
  );

  it('of one metric are in as few lines of memory as can be', () => {
    for (const { layout } of lanes) {
      const { windows } = planWindows(layout);
      for (const [slot, { at }] of layout.slots.entries()) {
        const runs = layout.runs.map((run, i) =>
          run.slot === slot ? layout.places!.runs[i]! + run.count : 0,
        );
        const panes = windows.map(({ near, nearPanes, stride }, i) =>
          layout.windows[i]!.slot === slot ? near + nearPanes * stride : 0,
        );
        const end = Math.max(...runs, ...panes);
        const lines = Math.ceil(end / LINE_CELLS) - Math.floor(at / LINE_CELLS);
        expect(lines).toBe(Math.ceil((end - at) / LINE_CELLS));
      }
    }
  });
});
