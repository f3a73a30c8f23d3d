import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ListView } from '../../model/views/list.ts';
import type { TicketView } from '../../model/views/ticket.ts';
import {
  interrupted,
  runSteward,
  type StewardProcess,
  startDemoProcess,
  temporaryData,
} from '../steward.testkit.ts';

const folder = resolve(import.meta.dirname, '../../rules/library');
const library = readdirSync(folder)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => join(folder, name));
const lighting = join(folder, 'lighting.yaml');
const HISTORY_MS = 180_000;
/** Whole processes, on a machine that may be busy with other suites. */
const RUN_MS = 180_000;
const HOUR_MS = 3_600_000;

interface Judged {
  readonly rule: string;
  readonly asset: string;
  readonly from: string;
  readonly ticket: string | null;
  readonly verdict: string;
  readonly members: readonly string[];
}

interface Report {
  readonly tickets: readonly Judged[];
  readonly per_week: Readonly<Record<string, number>>;
  readonly against: {
    readonly tickets: number;
    readonly new: readonly Judged[];
    readonly gone: readonly Judged[];
  } | null;
  readonly missed: readonly object[];
  readonly precision: number | null;
  readonly readings: number;
}

const keysOf = (tickets: readonly { rule: string; asset: string }[]): string[] =>
  tickets.map(({ rule, asset }) => `${rule}/${asset}`).sort();

describe('steward rules backtest, on the readings of the demo estate', () => {
  const data = temporaryData();
  const strict = join(data.path, 'strict.yaml');
  let steward: StewardProcess;
  let real: readonly TicketView[];
  let to: string;
  let stoppedAt: number;

  const run = (rules: readonly string[], ...more: string[]) =>
    runSteward([
      'rules',
      'backtest',
      '--demo',
      '--data',
      data.path,
      '--rule',
      ...rules,
      '--from',
      '3d',
      ...more,
    ]);
  const report = async (rules: readonly string[], ...more: string[]): Promise<Report> => {
    const { code, out, err } = await run(rules, '--to', to, '--json', ...more);
    expect(code, err).toBe(0);
    return JSON.parse(out) as Report;
  };

  beforeAll(async () => {
    steward = await startDemoProcess({ data: data.path });
    await steward.says('100 %', HISTORY_MS);
    const dark = await steward.get<ListView<TicketView>>('/api/v1/tickets?rule=LampOut&asset=lamp-049');
    await steward.post(`/api/v1/tickets/${dark.items[0]!.id}/actions`, {
      action: 'cancel',
      note: 'Nothing found',
    });
    // What happened in the last hour may still wait for late readings.
    to = new Date(Date.now() - HOUR_MS).toISOString();
    const all = await steward.get<ListView<TicketView>>('/api/v1/tickets?limit=100');
    expect(all.next).toBeNull();
    real = all.items.filter(({ opened_at }) => opened_at < to);
    // A lamp must be dark for seven hours before anybody is called.
    const text = readFileSync(lighting, 'utf8');
    writeFileSync(strict, text.slice(0, text.indexOf('\ntests:')).replaceAll('for: 20m', 'for: 7h'));
  }, HISTORY_MS + 60_000);
  afterAll(async () => {
    await steward?.stop();
    data.remove();
  });

  it(
    'is run by Steward itself while it runs, with the same report as on its file afterwards',
    async () => {
      const strictly = ['--to', to, '--json', '--against', lighting];
      const live = await run([strict], ...strictly);
      expect(live.code, live.err).toBe(0);
      expect(live.err).toMatch(/Steward is running: it runs the backtest itself, at http/);
      expect(live.err).toContain('backtest 100 %');
      const told = JSON.parse(live.out) as Report;
      expect(keysOf(told.against!.gone)).toContain('LampOut/lamp-020');
      await steward.stop('SIGINT');
      stoppedAt = Date.now();
      const { tickets, against, per_week } = await report([strict], '--against', lighting);
      expect({ tickets, against, per_week }).toEqual({
        tickets: told.tickets,
        against: told.against,
        per_week: told.per_week,
      });
    },
    RUN_MS,
  );

  it(
    'raises with the library what was raised live: the same faults, at the same times',
    async () => {
      const { tickets, missed, against, readings, precision } = await report(library);
      expect(readings).toBeGreaterThan(250_000);
      expect(tickets.length).toBeGreaterThan(10);
      const lived = real.map(({ rule, asset, opened_at }) => `${rule}/${asset} ${opened_at}`).sort();
      expect(tickets.map(({ rule, asset, from }) => `${rule}/${asset} ${from}`).sort()).toEqual(lived);
      expect(missed).toEqual([]);
      expect(against).toMatchObject({ tickets: tickets.length, new: [], gone: [] });
      // The one that was cancelled as a false alarm is all that speaks against it.
      const closed = real.filter(({ state }) => state === 'closed').length;
      expect(closed).toBeGreaterThan(0);
      expect(precision).toBeCloseTo(closed / (closed + 1), 10);
      expect(tickets.find(({ asset }) => asset === 'lamp-049')?.verdict).toBe('nothing_found');
    },
    RUN_MS,
  );

  it(
    'shows what a stricter rule would no longer raise, and the other way round',
    async () => {
      const stricter = await report([strict]);
      expect(keysOf(stricter.against!.gone)).toEqual(expect.arrayContaining(['LampOut/lamp-020']));
      expect(stricter.against!.new).toEqual([]);
      expect(keysOf(stricter.tickets)).toContain('LampOut/lamp-033');
      const { gone, tickets } = stricter.against!;
      expect(stricter.tickets).toHaveLength(tickets - gone.length);
      const laxer = await report([lighting], '--against', strict);
      expect(keysOf(laxer.against!.new)).toEqual(keysOf(gone));
      expect(laxer.against!.gone).toEqual([]);
    },
    RUN_MS,
  );

  it(
    'prints a table for people',
    async () => {
      const { code, out, err } = await run([strict], '--to', to);
      expect(code).toBe(0);
      expect(out).toMatch(/gone +LampOut +lamp-020/);
      expect(err).toContain('backtest 100 %');
    },
    RUN_MS,
  );

  it(
    'ends where the readings end: that Steward was not running is no silence',
    async () => {
      const { code, out, err } = await run([join(folder, 'devices.yaml')], '--json');
      expect(code, err).toBe(0);
      const { to: end, tickets } = JSON.parse(out) as Report & { readonly to: string };
      expect(Date.parse(end)).toBeLessThan(stoppedAt);
      const late = tickets.filter(({ from }) => Date.parse(from) > stoppedAt - 10 * 60_000);
      expect(late).toEqual([]);
    },
    RUN_MS,
  );

  it(
    'is stopped by Ctrl-C',
    async () => {
      const args = ['--demo', '--data', data.path, '--rule', ...library, '--from', '3d'];
      const { code, err } = await interrupted(['rules', 'backtest', ...args]);
      expect(code).toBe(130);
      expect(err).toContain('stopped; nothing was kept');
    },
    RUN_MS,
  );

  it.each([
    ['--from', 'yesterday', 'request_invalid'],
    ['--warm-up', 'long', 'request_invalid'],
    ['--rule', '/nowhere.yaml', 'file_unreadable'],
  ])('names the mistake in %s %s', async (flag, value, code) => {
    const { code: exit, err } = await run([lighting], flag, value);
    expect(exit).not.toBe(0);
    expect(err).toContain(code);
  });
});
