import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { browserMissing, type Pages, startPages } from './pages.testkit.ts';

describe.skipIf(browserMissing())('pages when things are not as they should be', () => {
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

  test('a deep link leads through the sign-in to the page that was asked for', async () => {
    pages.fixture.signedIn = false;
    const page = await pages.open('/tickets/T-3');
    await page.getByLabel('Name').fill('mateo');
    await page.getByLabel('Password').fill('wrong');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').getByText('The name or the password is wrong.').waitFor();
    await page.getByLabel('Password').fill('correct-horse');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { level: 1, name: /lamp 2/ }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/tickets/T-3');
    await page.getByText('Mateo Silva').first().click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await page.context().close();
  });

  test('a session that ends meanwhile asks again in place', async () => {
    const { fixture } = pages;
    const page = await pages.open('/tickets/T-1');
    await page.getByRole('button', { name: 'Acknowledge' }).waitFor();
    fixture.signedIn = false;
    await page.getByRole('button', { name: 'Acknowledge' }).click();
    await page.getByText('Your session has ended').waitFor();
    await page.getByLabel('Name').fill('mateo');
    await page.getByLabel('Password').fill('correct-horse');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('button', { name: 'Acknowledge' }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/tickets/T-1');
    await page.context().close();
  });

  test('a broken line is told, and what was missed meanwhile is fetched when it is back', async () => {
    const { fixture } = pages;
    const page = await pages.open('/');
    await page.getByText('Live', { exact: true }).waitFor();
    fixture.breakLines();
    await page.getByText('No connection to Steward').waitFor();
    const pump = fixture.assets.get('pump-02')!;
    fixture.assets.set('pump-02', { ...pump, status: 'ok' });
    fixture.mendLines();
    await page.getByText('No connection to Steward').waitFor({ state: 'detached' });
    await expect.poll(() => page.locator('[data-asset="pump-02"]').getAttribute('data-status')).toBe('ok');
    expect(fixture.lines()).toBe(1);
    await page.context().close();
  });

  test('a fault event fetches the asset that it names', async () => {
    const { fixture } = pages;
    const page = await pages.open('/');
    await page.getByText('Live', { exact: true }).waitFor();
    const lamp = fixture.assets.get('lamp-010')!;
    fixture.assets.set('lamp-010', { ...lamp, status: 'warning' });
    fixture.emit({ type: 'fault', asset: 'lamp-010', rule: 'LampOut', active: true });
    await expect
      .poll(() => page.locator('[data-asset="lamp-010"]').getAttribute('data-status'))
      .toBe('warning');
    await page.context().close();
  });

  test('an error of the server is told with its code, and can be tried again', async () => {
    const { fixture } = pages;
    fixture.failing.set('/assets', 'internal');
    const page = await pages.open('/');
    const alert = page.getByRole('alert');
    await alert.getByText('The fixture was told to fail here.').waitFor();
    await alert.getByText('internal · urn:uuid:1').waitFor();
    fixture.failing.clear();
    await alert.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('heading', { name: 'Alder Wharf' }).waitFor();
    await page.context().close();
  });

  test('nothing to do is said, not left blank', async () => {
    const { fixture } = pages;
    fixture.tickets = new Map();
    fixture.quarantine = [];
    fixture.assets = new Map([...fixture.assets].map(([id, asset]) => [id, { ...asset, status: 'ok' }]));
    const page = await pages.open('/tickets');
    await page.getByRole('heading', { name: 'No open tickets' }).waitFor();
    await page.goto(`${fixture.url}/quarantine`);
    await page.getByRole('heading', { name: 'Nothing was rejected' }).waitFor();
    await page.goto(`${fixture.url}/`);
    await page.getByRole('heading', { name: 'All in order' }).waitFor();
    await page.context().close();
  });

  test('what does not exist is said', async () => {
    const page = await pages.open('/tickets/T-999');
    await page.getByRole('heading', { name: 'There is no ticket T-999' }).waitFor();
    await page.goto(`${pages.fixture.url}/asset/no-such`);
    await page.getByRole('heading', { name: 'No such asset' }).waitFor();
    await page.goto(`${pages.fixture.url}/nowhere`);
    await page.getByRole('heading', { name: 'No such page' }).waitFor();
    await page.context().close();
  });

  test('parking is for everybody, tells the age of its data and renews itself', async () => {
    const { fixture } = pages;
    fixture.signedIn = false;
    const page = await pages.open('/parking');
    await page.clock.install();
    await page.reload();
    const mill = page.locator('[data-zone="mill"]');
    await mill.waitFor();
    await page.locator('[data-zone="canal"]').getByText('Some of this is old.').waitFor();
    expect(await page.getByText('Fire lane').count()).toBe(0);
    const before = Number(await mill.locator('.parking-free strong').textContent());
    for (const asset of fixture.assets.values()) {
      if (asset.kind !== 'bay' || asset.zone !== 'mill') continue;
      const ts = asset.latest['occupied']?.ts ?? '';
      fixture.assets.set(asset.id, { ...asset, latest: { occupied: { value: 1, ts } } });
    }
    expect(before).toBeGreaterThan(0);
    await page.clock.fastForward(11_000);
    await mill.getByText('Full', { exact: true }).waitFor();
    await page.context().close();
  });
});
