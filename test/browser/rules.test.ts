import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { browserMissing, DESK, type Pages, PHONE, startPages } from './pages.testkit.ts';

const SHOTS = fileURLToPath(new URL('../screenshots', import.meta.url));

describe.skipIf(browserMissing())('rules on the pages', () => {
  let pages: Pages;
  beforeAll(async () => {
    pages = await startPages();
    mkdirSync(SHOTS, { recursive: true });
  });
  beforeEach(() => {
    pages.fixture.reset();
    pages.fixture.backtest = undefined;
    pages.complaints.length = 0;
  });
  afterEach(() => expect(pages.complaints).toEqual([]));
  afterAll(() => pages?.close());

  test('lists those that fire first, and leads to each', async () => {
    const page = await pages.open('/rules');
    const names = page.locator('[data-rule] strong');
    await names.first().waitFor();
    expect(await names.allTextContents()).toEqual(['Lamp out', 'Pump dry run']);
    await page.getByText('fires 1 ×').waitFor();
    await page.getByRole('link', { name: /Lamp out/ }).click();
    await page.getByRole('heading', { level: 1, name: 'Lamp out' }).waitFor();
    await page.getByText('the fuse in the pole door').waitFor();
    await page.context().close();
  });

  test('says when there are none, and when one is gone', async () => {
    pages.fixture.rules = [];
    const page = await pages.open('/rules');
    await page.getByText('The library is switched off').waitFor();
    await page.goto(`${pages.fixture.url}/rules/Gone`);
    await page.getByRole('alert').getByText('There is no /rules/Gone.').waitFor();
    await page.context().close();
  });

  test('a rule is tried with the keyboard alone: run, progress, result', async () => {
    const page = await pages.open('/rules/LampOut');
    await page.getByRole('textbox', { name: 'Rule as YAML' }).focus();
    const press = async (name: string): Promise<void> => {
      for (let i = 0; i < 6; i++) {
        await page.keyboard.press('Tab');
        const focused = await page.evaluate('document.activeElement.textContent.trim()');
        if (focused === name) return page.keyboard.press('Enter');
      }
      throw new Error(`Tab does not lead to ${name}`);
    };
    await press('90 days');
    await press('Run');
    await page.getByText('Waits for 1 other backtest').waitFor();
    await page.getByText('30 %, 12,345 readings, about 8 s left').waitFor();
    await page.getByText('This rule would have raised 3 tickets in 90 days.').waitFor();
    await page.getByText('1 fault found, 1 nothing found').waitFor();
    await page.locator('[data-raised="lamp-002"]').first().waitFor();
    // The address names it: what is loaded again is there again.
    await page.reload();
    await page.getByText('This rule would have raised').waitFor();
    await page.context().close();
  });

  test.each([
    ['desk', '1280x800', DESK],
    ['phone', '390x844', PHONE],
  ])('a mistake is shown where it is, on the %s', async (_, size, options) => {
    const page = await pages.open('/rules/LampOut', options);
    const text = page.getByRole('textbox', { name: 'Rule as YAML' });
    await text.fill((await text.inputValue()).replace('power_w', 'powr_w'));
    await page.getByRole('button', { name: 'Run' }).click();
    const mistake = page.getByRole('button', { name: /Line 6, column \d+/ });
    await mistake.waitFor();
    await mistake.click();
    const at = await page.evaluate(
      'document.activeElement.value.slice(document.activeElement.selectionStart).slice(0, 6)',
    );
    expect(at).toBe('powr_w');
    await page.screenshot({ path: join(SHOTS, `rule-mistake-${size}.png`), fullPage: true });
    await page.getByRole('button', { name: 'As in force' }).click();
    expect(await text.inputValue()).toContain('power_w');
    await page.context().close();
  });

  test('can be cancelled, and another problem is told in words', async () => {
    const page = await pages.open('/rules/LampOut');
    await page.getByRole('button', { name: 'Run' }).click();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('progressbar').waitFor({ state: 'detached' });
    expect(pages.fixture.backtest).toBeUndefined();
    pages.fixture.failing.set('/backtests', 'forbidden');
    await page.getByRole('button', { name: 'Run' }).click();
    await page.getByRole('alert').getByText('forbidden').waitFor();
    await page.context().close();
  });

  test('screenshots of a whole result', async () => {
    for (const [size, options] of [['1280x800', DESK] as const, ['390x844', PHONE] as const]) {
      const page = await pages.open('/rules/LampOut', options);
      await page.getByRole('button', { name: 'Run' }).click();
      await page.getByText('about 8 s left').waitFor();
      await page.screenshot({ path: join(SHOTS, `rule-progress-${size}.png`), fullPage: true });
      await page.locator('[data-report]').waitFor();
      await page.screenshot({ path: join(SHOTS, `rule-result-${size}.png`), fullPage: true });
      await page.context().close();
    }
  });
});
