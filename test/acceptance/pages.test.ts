import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ListView } from '../../model/views/list.ts';
import type { TicketView } from '../../model/views/ticket.ts';
import { launchChromium } from '../browser/chromium.testkit.ts';
import { isMissing } from '../engines.testkit.ts';
import { MANAGER, type StewardProcess, startDemoProcess, temporaryData } from '../steward.testkit.ts';
import { BENCH, mosquittoPub } from './publish.testkit.ts';

const HISTORY_MS = 120_000;
const DESK = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };
const shots = join(import.meta.dirname, '../screenshots');

describe.skipIf(isMissing('chromium', 'mosquitto_pub'))('the pages of the running demo', () => {
  const data = temporaryData();
  let steward: StewardProcess;
  let browser: Browser;
  const complaints: string[] = [];

  beforeAll(async () => {
    mkdirSync(shots, { recursive: true });
    [browser, steward] = await Promise.all([launchChromium(), startDemoProcess({ data: data.path })]);
    await steward.says('100 %', HISTORY_MS);
  }, HISTORY_MS + 60_000);
  afterAll(async () => {
    await browser?.close();
    await steward?.stop();
    data.remove();
  });

  const open = async (path: string, viewport = DESK): Promise<Page> => {
    const page = await browser.newPage({ viewport, baseURL: steward.http });
    page.on('pageerror', (error) => complaints.push(`${path}: ${error.message}`));
    await page.goto(path);
    return page;
  };
  const openSignedIn = async (path: string, viewport = DESK): Promise<Page> => {
    const page = await open(path, viewport);
    await page.getByLabel(/name/i).fill(MANAGER);
    await page.getByLabel(/password/i).fill(steward.password(MANAGER));
    await page.getByRole('button', { name: /sign in/i }).click();
    return page;
  };
  const keep = (page: Page, name: string): Promise<Buffer> =>
    page.screenshot({ path: join(shots, `demo-${name}.png`) });

  it('show the plan with what needs attention, and change while one looks', async () => {
    const page = await openSignedIn('/');
    await page.getByText('Orchard Court').first().waitFor();
    await page.waitForLoadState('load');
    await keep(page, 'plan');
    await page.goto('/asset/pump-12');
    await page.getByText('pump-12').first().waitFor();
    await mosquittoPub({ steward, ...BENCH, payload: '{"running": false, "power_w": 1777}' });
    await page
      .getByText(/1[.,\s]?777/)
      .first()
      .waitFor({ timeout: 5_000 });
    await keep(page, 'asset');
    await page.close();
  });

  it.each([
    ['desk', DESK],
    ['phone', PHONE],
  ])('show the tickets, and one with the chart of its evidence, at the %s', async (name, viewport) => {
    const { items } = await steward.get<ListView<TicketView>>(
      '/api/v1/tickets?rule=PumpVibration&state=any_open',
    );
    const ticket = items[0] as TicketView;
    const page = await openSignedIn('/tickets', viewport);
    await page.getByText(ticket.title).first().waitFor();
    await keep(page, `tickets-${name}`);
    await page.getByText(ticket.title).first().click();
    await page.waitForURL(`**/tickets/${ticket.id}`);
    await page.locator('.uplot canvas').first().waitFor();
    await page
      .getByText(/7\.1|vibration/i)
      .first()
      .waitFor();
    await keep(page, `ticket-${name}`);
    await page.close();
  });

  it('show free parking to anybody', async () => {
    const page = await open('/parking', PHONE);
    await page.getByText('Mill Garage').first().waitFor();
    await keep(page, 'parking');
    expect(await page.getByText(/free/i).count()).toBeGreaterThan(0);
    await page.close();
  });

  it('raise no script error', () => {
    expect(complaints).toEqual([]);
  });
});
