import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { rfc3339 } from '../../model/clock.ts';
import { browserMissing, type Pages, startPages } from './pages.testkit.ts';

describe.skipIf(browserMissing())('the pages', () => {
  let pages: Pages;
  beforeAll(async () => {
    pages = await startPages();
  });
  beforeEach(() => {
    pages.fixture.reset();
    pages.complaints.length = 0;
  });
  afterEach(() => expect(pages.complaints).toEqual([]));
  afterAll(() => pages?.close());

  test('the plan shows every asset, and its numbers follow what the sensors say', async () => {
    const { fixture } = pages;
    const page = await pages.open('/');
    await page.getByRole('heading', { name: 'Alder Wharf' }).waitFor();
    expect(await page.locator('[data-asset]').count()).toBe(fixture.assets.size);
    expect(await page.title()).toBe('Alder Wharf · Steward');
    const free = [...fixture.assets.values()].filter(
      (asset) =>
        asset.kind === 'bay' &&
        asset.attributes['bay_class'] !== 'fire_lane' &&
        asset.status === 'ok' &&
        asset.latest['occupied']?.value === 0,
    );
    const tile = page.locator('.tile', { hasText: 'Free bays' });
    await tile.getByText(`${free.length} of 234`).waitFor();
    const bay = free[0]!.id;
    expect(await page.locator(`[data-asset="${bay}"]`).getAttribute('aria-label')).toContain('free');
    await page.getByText('Live', { exact: true }).waitFor();
    fixture.emit({
      type: 'latest',
      assets: { [bay]: { occupied: { value: 1, ts: rfc3339(Date.now()) } } },
    });
    await tile.getByText(`${free.length - 1} of 234`).waitFor();
    expect(await page.locator(`[data-asset="${bay}"]`).getAttribute('aria-label')).toContain('taken');
    await page.context().close();
  });

  test('an asset on the plan opens: values, tickets, a day of curves; Escape lets it go', async () => {
    const page = await pages.open('/');
    await page.locator('[data-asset="pump-02"]').click();
    await page.waitForURL('**/asset/pump-02');
    const panel = page.getByRole('region', { name: /drinking water booster/ });
    await panel.getByText('640 W').first().waitFor();
    await panel.getByRole('link', { name: /runs dry/ }).waitFor();
    const chart = panel.getByRole('img', { name: /^Power: lowest .* W, highest .* W, last/ });
    await chart.locator('canvas').waitFor();
    await page.getByRole('listbox').press('Escape');
    await panel.waitFor({ state: 'detached' });
    expect(new URL(page.url()).pathname).toBe('/');
    await page.context().close();
  });

  test('an asset tells why, and why not: what fires first, taken apart', async () => {
    const page = await pages.open('/asset/pump-02');
    await page.getByText('Why, and why not').click();
    const rules = page.locator('.why-rule');
    await rules.first().waitFor();
    expect(await rules.locator('summary').allInnerTexts()).toEqual([
      expect.stringMatching(/dry.* fires$/i),
      expect.stringMatching(/vibrat.* in order$/i),
    ]);
    await rules.first().locator('summary').click();
    await page.getByText('Has fired for 5m; it clears with').waitFor();
    expect(await rules.first().getByRole('img', { name: 'true' }).count()).toBe(3);
    await rules.last().locator('summary').click();
    expect(await rules.last().getByRole('img', { name: 'not known' }).count()).toBe(1);
    await page.context().close();
  });

  test('the plan is walked and zoomed by keys alone', async () => {
    const page = await pages.open('/asset/pump-02');
    const plan = page.getByRole('listbox');
    await plan.focus();
    await plan.press('ArrowRight');
    await page.waitForURL('**/asset/pump-03');
    expect(await plan.getAttribute('aria-activedescendant')).toBe('mark-pump-03');
    await plan.press('0');
    const width = async (): Promise<number> =>
      Number((await plan.locator('svg').first().getAttribute('viewBox'))?.split(' ')[2]);
    const whole = await width();
    await plan.press('+');
    await expect.poll(width).toBeLessThan(whole * 0.8);
    await page.getByRole('button', { name: 'Whole site' }).click();
    await expect.poll(width).toBe(whole);
    await page.context().close();
  });

  test('filters leave on the plan what was asked for; a rolled-up fault is one row', async () => {
    const page = await pages.open('/');
    const rows = page.getByRole('region', { name: 'Needs attention' }).getByRole('link');
    await rows.first().waitFor();
    expect(await rows.count()).toBe(6);
    await rows.filter({ hasText: '15 affected' }).waitFor();
    await page.getByRole('button', { name: /Needs attention/ }).click();
    const strong = page.locator('.mark:not(.mark-faint)');
    await expect.poll(() => strong.count()).toBe(21);
    await page.getByRole('button', { name: 'Pumps', exact: true }).click();
    await expect.poll(() => strong.count()).toBe(1);
    expect(page.url()).toContain('only=attention&kind=pump');
    await page.reload();
    await expect.poll(() => strong.count()).toBe(1);
    await page.context().close();
  });

  test('tickets: the most urgent first, filtered by what is in the address, live', async () => {
    const { fixture } = pages;
    const page = await pages.open('/tickets');
    const lines = page.locator('[data-ticket]');
    await lines.first().waitFor();
    const ids = (): Promise<string[]> =>
      lines.evaluateAll((all) => all.map((line) => line.getAttribute('data-ticket') ?? ''));
    expect(await ids()).toEqual(['T-1', 'T-2', 'T-4', 'T-3']);
    await page.getByRole('button', { name: 'Mine' }).click();
    expect(await ids()).toEqual(['T-1']);
    expect(page.url()).toContain('mine=1');
    await page.getByRole('button', { name: 'Mine' }).click();
    await page.getByLabel('Zone').selectOption('mill');
    expect(await ids()).toEqual(['T-2']);
    await page.getByLabel('Zone').selectOption('');
    const done = fixture.tickets.get('T-1')!;
    fixture.tickets.set('T-1', { ...done, state: 'closed' });
    fixture.emit({ type: 'ticket', id: 'T-1', state: 'closed' });
    await expect.poll(ids).toEqual(['T-2', 'T-4', 'T-3']);
    await page.getByRole('button', { name: 'Closed' }).click();
    await expect.poll(ids).toEqual(['T-1']);
    await page.context().close();
  });

  test('a ticket says why, shows its evidence, and is taken step by step', async () => {
    const { fixture } = pages;
    const page = await pages.open('/tickets');
    await page.getByRole('link', { name: /runs dry/ }).click();
    await page.getByRole('heading', { level: 1, name: 'Drinking water booster runs dry' }).waitFor();
    await page.getByText('less than the 2200 W below which it runs dry').waitFor();
    await page
      .getByRole('img', { name: /^Flow: lowest/ })
      .locator('canvas')
      .waitFor();
    await page.getByText('one full duty cycle above the dry-run power').waitFor();
    const actions = page.getByRole('region', { name: 'Actions' });
    await actions.getByRole('button', { name: 'Acknowledge' }).click();
    await actions.getByRole('button', { name: 'Start work' }).click();
    await actions.getByRole('button', { name: 'Put on hold' }).click();
    const dialog = page.getByRole('dialog');
    expect(await dialog.getByRole('button', { name: 'Put on hold' }).isDisabled()).toBe(true);
    await dialog.getByRole('button', { name: 'Waiting for parts' }).click();
    await dialog.getByRole('button', { name: 'Put on hold' }).click();
    await actions.getByRole('button', { name: 'Go on with work' }).waitFor();
    await page.locator('.history').getByText('Waiting for parts').waitFor();
    expect(fixture.actions).toEqual([
      { action: 'acknowledge' },
      { action: 'start' },
      { action: 'hold', note: 'Waiting for parts' },
    ]);
    await page.context().close();
  });

  test('what is impossible is told in the words of the server, and nothing is shown as done', async () => {
    const { fixture } = pages;
    const page = await pages.open('/tickets/T-1');
    const actions = page.getByRole('region', { name: 'Actions' });
    await actions.getByRole('button', { name: 'Acknowledge' }).waitFor();
    const ticket = fixture.tickets.get('T-1')!;
    fixture.tickets.set('T-1', { ...ticket, actions: [] });
    await actions.getByRole('button', { name: 'Acknowledge' }).click();
    await page.getByRole('alert').getByText('T-1 cannot be taken there now.').waitFor();
    expect(await page.locator('.ticket-facts .state').textContent()).toBe('Assigned');
    await page.context().close();
  });

  test('rejected messages tell the installer what was wrong; devices are found by name', async () => {
    const page = await pages.open('/quarantine');
    const first = page.locator('[data-code="value_out_of_range"]');
    await first.getByText('power_w: 1e9 W is outside 0 … 1000000 W').waitFor();
    await first.getByText(/^Payload/).click();
    await first.getByText('{"power_w": 1e9}').waitFor();
    await page.getByRole('link', { name: 'Devices', exact: true }).last().click();
    await page.getByLabel('Find a device').fill('pump-02');
    await expect.poll(() => page.locator('tbody tr').count()).toBe(1);
    await page.context().close();
  });

  test('a rejected message is tried again: what is accepted goes, what is not says why', async () => {
    const page = await pages.open('/quarantine');
    const mended = page.locator('[data-code="metric_unknown"]');
    await mended.getByRole('button', { name: 'Try again' }).click();
    await mended.waitFor({ state: 'detached' });
    const broken = page.locator('[data-code="payload_not_json"]');
    await broken.getByRole('button', { name: 'Try again' }).click();
    await broken.getByText('Not accepted: position 11: still no JSON').waitFor();
    await page.context().close();
  });

  test('a long list of rejected messages comes page by page, to its end', async () => {
    const { fixture } = pages;
    const [example] = fixture.quarantine;
    fixture.quarantine = Array.from({ length: 1_120 }, (_, i) => ({ ...example!, id: i + 1 }));
    const page = await pages.open('/quarantine');
    const cards = page.locator('[data-code]');
    for (let shown = 50; shown < 1_120; shown += 50) {
      await expect.poll(() => cards.count()).toBe(shown);
      await page.getByRole('button', { name: 'Show more' }).click();
    }
    await expect.poll(() => cards.count()).toBe(1_120);
    expect(await page.getByRole('button', { name: 'Show more' }).count()).toBe(0);
    await page.context().close();
  }, 120_000);

  test('names are text, whatever they contain', async () => {
    const { fixture } = pages;
    const hostile = '<img src=x onerror="document.title=1">';
    const ticket = fixture.tickets.get('T-1')!;
    fixture.tickets.set('T-1', { ...ticket, title: hostile, asset_name: hostile });
    const page = await pages.open('/tickets/T-1');
    await page.getByRole('heading', { level: 1, name: hostile }).waitFor();
    expect(await page.locator('main img').count()).toBe(0);
    await page.context().close();
  });
});
