import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { browserMissing, DESK, type Pages, PHONE, startPages } from './pages.testkit.ts';

const SHOTS = fileURLToPath(new URL('../screenshots', import.meta.url));
const TOUCH_PX = 44;

/** A page, and what is there once it has been drawn. */
const PAGES: readonly (readonly [name: string, path: string, ready: string])[] = [
  ['plan', '/', '[data-asset="pump-01"]'],
  ['asset', '/asset/pump-02', '.chart canvas'],
  ['tickets', '/tickets', '[data-ticket]'],
  ['ticket', '/tickets/T-1', '.chart canvas'],
  ['parking', '/parking', '[data-zone]'],
  ['quarantine', '/quarantine', '[data-code]'],
  ['devices', '/devices', 'tbody tr'],
  ['rules', '/rules', '[data-rule]'],
  ['rule', '/rules/LampOut?backtest=B-1', '[data-report]'],
];

interface Box {
  readonly name: string;
  readonly width: number;
  readonly height: number;
}

/** Sizes of everything that is pressed and stands alone; links inside sentences are as tall as their text. */
async function pressables(page: Page): Promise<readonly Box[]> {
  return page.evaluate(`[...document.querySelectorAll(
    'button, select, summary, .places a, .tile, .row, .ticket-line, .rule-line, .tabs a, .back'
  )].filter((e) => e.checkVisibility()).map((e) => {
    const { width, height } = e.getBoundingClientRect();
    return { name: (e.getAttribute('aria-label') ?? e.textContent ?? '').trim().slice(0, 40), width, height };
  })`);
}

describe.skipIf(browserMissing())('how the pages look', () => {
  let pages: Pages;
  beforeAll(async () => {
    pages = await startPages();
    mkdirSync(SHOTS, { recursive: true });
  });
  beforeEach(() => pages.fixture.reset());
  afterAll(() => pages?.close());

  test.each(PAGES)('%s fits a phone and can be pressed with a thumb', async (_, path, ready) => {
    const page = await pages.open(path, PHONE);
    await page.locator(ready).first().waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
    const small = (await pressables(page)).filter(
      ({ width, height }) => width < TOUCH_PX - 0.5 || height < TOUCH_PX - 0.5,
    );
    expect(small).toEqual([]);
    await page.context().close();
  });

  test('on the phone the next step is under the thumb', async () => {
    const page = await pages.open('/tickets/T-1', PHONE);
    const button = page.getByRole('button', { name: 'Acknowledge' });
    const box = await button.boundingBox();
    expect(box!.y).toBeGreaterThan(844 / 2);
    expect(box!.y + box!.height).toBeLessThan(844);
    expect(await page.getByRole('button', { name: 'Cancel ticket' }).isVisible()).toBe(false);
    await page.getByRole('button', { name: 'More' }).click();
    await page.getByRole('button', { name: 'Cancel ticket' }).waitFor();
    await page.context().close();
  });

  test('two fingers come nearer on the plan', async () => {
    const page = await pages.open('/', PHONE);
    const plan = page.getByRole('listbox');
    await plan.locator('[data-asset]').first().waitFor();
    const width = async (): Promise<number> =>
      Number((await plan.locator('svg').first().getAttribute('viewBox'))?.split(' ')[2]);
    const whole = await width();
    const box = (await plan.boundingBox())!;
    const client = await page.context().newCDPSession(page);
    const fingers = (apart: number): { x: number; y: number }[] => [
      { x: box.x + box.width / 2 - apart, y: box.y + box.height / 2 },
      { x: box.x + box.width / 2 + apart, y: box.y + box.height / 2 },
    ];
    await client.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: fingers(20) });
    for (const apart of [30, 50, 80]) {
      await client.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: fingers(apart) });
    }
    await client.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
    await expect.poll(width).toBeLessThan(whole / 2);
    await page.context().close();
  });

  test('screenshots at both sizes, by day and by night', { timeout: 90_000 }, async () => {
    for (const [size, options] of [['1280x800', DESK] as const, ['390x844', PHONE] as const]) {
      for (const [name, path, ready] of PAGES) {
        const page = await pages.open(path, options);
        await page.locator(ready).first().waitFor();
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.emulateMedia({ colorScheme });
          await page.screenshot({ path: join(SHOTS, `${name}-${size}-${colorScheme}.png`) });
        }
        await page.context().close();
      }
    }
    expect(pages.complaints).toEqual([]);
  });
});
