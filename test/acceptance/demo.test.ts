import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Truth } from '../../firmware-sim/truth.ts';
import type { ListView } from '../../model/views/list.ts';
import type { ReadingsView, SiteView } from '../../model/views/site.ts';
import type { TicketDetailView, TicketView } from '../../model/views/ticket.ts';
import type { QuarantineView } from '../../model/views/watch.ts';
import { isMissing } from '../engines.testkit.ts';
import { eventually, type StewardProcess, startDemoProcess, temporaryData } from '../steward.testkit.ts';
import { BENCH, mosquittoPub } from './publish.testkit.ts';

const HISTORY_MS = 120_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

describe.skipIf(isMissing('mosquitto_pub'))('the demo estate', () => {
  const data = temporaryData();
  let steward: StewardProcess;

  beforeAll(async () => {
    steward = await startDemoProcess({ data: data.path });
    await steward.says('100 %', HISTORY_MS);
  }, HISTORY_MS + 60_000);
  afterAll(async () => {
    await steward?.stop();
    data.remove();
  });

  const publish = (
    payload: object | string | Buffer,
    more: Partial<Parameters<typeof mosquittoPub>[0]> = {},
  ) =>
    mosquittoPub({
      steward,
      ...BENCH,
      payload: typeof payload === 'string' || Buffer.isBuffer(payload) ? payload : JSON.stringify(payload),
      ...more,
    });
  const readings = async (asset: string, from: number): Promise<ReadingsView> =>
    steward.get(`/api/v1/assets/${asset}/readings?from=${new Date(from).toISOString()}`);
  const benchTickets = async (): Promise<readonly TicketView[]> =>
    (await steward.get<ListView<TicketView>>('/api/v1/tickets?asset=pump-12&rule=PumpDryRun')).items;
  const allTickets = async (): Promise<TicketView[]> => {
    const all: TicketView[] = [];
    let cursor: string | null = null;
    do {
      const page: ListView<TicketView> = await steward.get(
        `/api/v1/tickets?limit=100${cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
      );
      all.push(...page.items);
      cursor = page.next;
    } while (cursor !== null);
    return all;
  };

  it('is ready, and tells how to use it', async () => {
    const ready = await fetch(`${steward.http}/readyz`);
    expect(ready.status).toBe(200);
    await steward.says('Sign in');
    expect(steward.output()).toContain(steward.http);
    expect(steward.output()).toContain('mosquitto_pub');
    expect(steward.output()).toContain(data.path);
  });

  it('has at least 250,000 readings of history, kept', async () => {
    const figures = await (await fetch(`${steward.http}/metrics`)).text();
    const accepted = Number(/^steward_readings_total (\d+)/m.exec(figures)?.[1]);
    const rejected = Number(/^steward_rejected_total (\d+)/m.exec(figures)?.[1]);
    expect(accepted).toBeGreaterThanOrEqual(250_000);
    expect(rejected).toBe(0);
    const sites = await steward.get<ListView<SiteView>>('/api/v1/sites');
    expect(sites.items[0]?.tz).toBe('Europe/London');
    const old = await readings('pump-01', Date.now() - 48 * HOUR_MS);
    expect(Date.parse(old.items[0]?.ts ?? '')).toBeLessThan(Date.now() - 47 * HOUR_MS);
  });

  it('has tickets of at least five kinds of fault, every one true, and none missing', async () => {
    const truth = JSON.parse(readFileSync(join(data.path, 'truth.json'), 'utf8')) as Truth[];
    const tickets = (await allTickets()).filter((ticket) => ticket.asset !== 'pump-12');
    expect(new Set(tickets.map((ticket) => ticket.rule)).size).toBeGreaterThanOrEqual(5);
    const isTrue = (ticket: TicketView): boolean =>
      truth.some(
        ({ rule, asset, from }) =>
          rule === ticket.rule && asset === ticket.asset && Date.parse(from) <= Date.parse(ticket.opened_at),
      );
    expect(tickets.filter((ticket) => !isTrue(ticket)).map(({ rule, asset }) => `${rule}/${asset}`)).toEqual(
      [],
    );
    // A fault of the last hours may still be in its hold.
    const settled = truth.filter(({ from }) => Date.parse(from) < Date.now() - 6 * HOUR_MS);
    const found = new Set(tickets.map(({ rule, asset }) => `${rule}/${asset}`));
    expect(settled.map(({ rule, asset }) => `${rule}/${asset}`).filter((key) => !found.has(key))).toEqual([]);
    expect(new Set(tickets.map((ticket) => ticket.state)).has('closed')).toBe(true);
  });

  it('shows a reading published by hand within a second of its acknowledgement', async () => {
    const from = Date.now() - MINUTE_MS;
    const { code } = await publish({ running: false, power_w: 1234.5 });
    expect(code).toBe(0);
    await eventually(
      'the reading is there',
      async () => (await readings('pump-12', from)).items.some((row) => row.values['power_w'] === 1234.5),
      1_000,
    );
  });

  describe('bad input', () => {
    const NOW = Date.now();
    const rejected = async (code: string): Promise<QuarantineView | undefined> =>
      (await steward.get<ListView<QuarantineView>>(`/api/v1/quarantine?code=${code}`)).items[0];

    it.each<[string, string | Buffer, string, Partial<Parameters<typeof mosquittoPub>[0]>]>([
      ['what is no JSON', 'hello', 'payload_not_json', {}],
      ['a list of numbers', '[1,2]', 'payload_wrong_shape', {}],
      ['a value of the wrong type', '{"power_w":"12"}', 'value_wrong_type', {}],
      ['NaN', '{"power_w":NaN}', 'value_not_finite', {}],
      ['infinite', '{"power_w":1e999}', 'value_not_finite', {}],
      ['a value out of the physical range', '{"power_w":-5}', 'value_out_of_range', {}],
      ['an unknown metric', '{"powr_w":5}', 'metric_unknown', {}],
      ['a clock an hour fast', JSON.stringify({ ts: NOW + HOUR_MS, power_w: 1 }), 'time_in_future', {}],
      [
        'a reading of last year',
        JSON.stringify({ ts: NOW - 366 * 24 * HOUR_MS, power_w: 1 }),
        'time_too_old',
        {},
      ],
      ['a megabyte', Buffer.alloc(1_000_000, '['), 'payload_too_large', {}],
      [
        'an unknown asset',
        '{"power_w":5}',
        'asset_unknown',
        { topic: 'site/alder-wharf/pump/pump-99/telemetry' },
      ],
      ['a topic of nobody', '{"power_w":5}', 'topic_unknown', { topic: 'site/alder-wharf/pump-12' }],
      [
        "another device's topic",
        '{"power_w":5}',
        'topic_forbidden',
        { topic: 'site/alder-wharf/pump/pump-01/telemetry' },
      ],
      [
        'a topic of another site',
        '{"power_w":5}',
        'asset_unknown',
        { topic: 'site/elm-court/pump/pump-12x/telemetry' },
      ],
    ])('%s is acknowledged and kept with its reason', async (_, payload, code, more) => {
      const before = (await rejected(code))?.id ?? 0;
      expect((await publish(payload, more)).code).toBe(0);
      const kept = await eventually(`${code} is kept`, async () => {
        const newest = await rejected(code);
        return newest && newest.id > before ? newest : undefined;
      });
      expect(kept).toMatchObject({ client: 'dev-pump-12', code });
      expect(kept.detail.length).toBeGreaterThan(5);
      expect(kept.meaning).not.toBe('');
    });

    it('a wrong password is refused at the door', async () => {
      const { code, err } = await publish({ power_w: 1 }, { password: 'guess' });
      expect(code).not.toBe(0);
      expect(err).toMatch(/not authori[sz]ed|bad user/i);
    });

    it('disturbs nobody else', async () => {
      expect((await fetch(`${steward.http}/readyz`)).status).toBe(200);
      expect((await publish({ running: false, power_w: 77 })).code).toBe(0);
    });
  });

  it('makes one ticket of a dry-running pump, proves its repair, and re-opens it', async () => {
    const HOLD_MS = 5_000;
    const dry = { running: true, power_w: 300 };
    const normal = { running: true, power_w: 2_900 };
    const stopped = { running: false, power_w: 0 };
    await publish(stopped);
    await publish(dry);
    const opened = await eventually('a ticket', async () => (await benchTickets())[0], HOLD_MS + 2_000);
    expect(opened).toMatchObject({ rule: 'PumpDryRun', severity: 'critical', fault_active: true });
    expect(opened.assignee).not.toBeNull();
    const detail = await steward.get<TicketDetailView>(`/api/v1/tickets/${opened.id}`);
    expect(detail.evidence?.values).toMatchObject({ power_w: 300 });

    await publish(normal);
    await eventually('proving', async () => (await benchTickets())[0]?.state === 'proving');
    await publish(normal);
    await publish(stopped);
    await eventually('closed', async () => (await benchTickets())[0]?.state === 'closed');

    await publish(dry);
    const again = await eventually(
      're-opened',
      async () => (await benchTickets()).find((ticket) => ticket.reopened === 1),
      HOLD_MS + 2_000,
    );
    expect(again.id).toBe(opened.id);
    expect(await benchTickets()).toHaveLength(1);
    await publish(normal);
  }, 60_000);

  it('goes on with its history after a stop that finishes its work', async () => {
    const before = (await allTickets()).length;
    expect(await steward.stop('SIGINT')).toBe(0);
    steward = await startDemoProcess({ data: data.path });
    await steward.says('100 %');
    expect((await allTickets()).length).toBeGreaterThanOrEqual(before);
    expect((await benchTickets())[0]?.reopened).toBe(1);
    const kept = await readings('pump-12', Date.now() - HOUR_MS);
    expect(kept.items.some((row) => row.values['power_w'] === 1234.5)).toBe(true);
  }, 120_000);
});
