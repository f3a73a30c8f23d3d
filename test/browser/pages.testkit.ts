import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { build } from 'vite';
import { findChromium, INSTALL_CHROMIUM, launchChromium } from './chromium.testkit.ts';
import { type Fixture, startFixture } from './fixture.testkit.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export const PHONE: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  hasTouch: true,
  isMobile: true,
};
export const DESK: BrowserContextOptions = { viewport: { width: 1280, height: 800 } };

/** Without a browser the tests are left out, but never in CI. */
export function browserMissing(): boolean {
  if (findChromium() || process.env['CI']) return false;
  console.warn(INSTALL_CHROMIUM);
  return true;
}

export interface Pages {
  readonly fixture: Fixture;
  /** A fresh visitor on a page. What the browser complained about is gathered in `complaints`. */
  open(path: string, options?: BrowserContextOptions): Promise<Page>;
  /** Errors of scripts, failed checks of the console, requests to anybody but the fixture. */
  readonly complaints: string[];
  close(): Promise<void>;
}

/** Builds the pages as they are now, serves them with the fixture, and starts a browser. */
export async function startPages(): Promise<Pages> {
  const folder = await mkdtemp(join(tmpdir(), 'steward-pages-'));
  await build({
    configFile: join(ROOT, 'vite.config.ts'),
    root: join(ROOT, 'dashboards/web'),
    mode: 'production',
    logLevel: 'error',
    build: { outDir: folder, emptyOutDir: true },
  });
  const fixture = await startFixture(folder);
  const browser: Browser = await launchChromium();
  const complaints: string[] = [];
  return {
    fixture,
    complaints,
    open: async (path, options = DESK) => {
      const context = await browser.newContext({ locale: 'en-GB', ...options });
      const page = await context.newPage();
      page.on('pageerror', (error) => complaints.push(String(error)));
      page.on('console', (message) => {
        // A refused or broken request is told there by the browser itself; the tests look at what the page makes of it.
        const told = message.text();
        if (message.type() === 'error' && !told.startsWith('Failed to load resource')) complaints.push(told);
      });
      page.on('request', (request) => {
        const url = request.url();
        if (!url.startsWith(fixture.url) && !url.startsWith('data:')) complaints.push(`asks ${url}`);
      });
      await page.goto(fixture.url + path);
      return page;
    },
    close: async () => {
      await browser.close();
      await fixture.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
