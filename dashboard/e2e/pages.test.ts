import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { inBothThemes } from './axe.ts';
import { launch, openPage, post, type Watched } from './browser.ts';
import { bringChallenger } from './challenger.ts';
import { type Stage, skip, startStage } from './stage.ts';

const WIDTHS = [390, 768, 1280, 2560];

/** Every page and dialog: no complaint of the browser, nothing cut off, nothing serious to axe. */
describe('every page', { skip, timeout: 400_000 }, () => {
  let stage: Stage;
  let browser: Browser;
  let decision = '';
  let challenger = '';

  const PAGES: [name: string, path: () => string][] = [
    ['overview', () => '/'],
    ['feed', () => '/feed'],
    ['queue', () => '/queue'],
    ['a decision', () => decision],
    ['an entity', () => '/entities/device/d_shared'],
    ['transactions', () => '/transactions'],
    ['users', () => '/users'],
    ['models', () => '/models'],
    ['a challenger', () => `/models?model=${challenger}`],
    ['rules', () => '/rules'],
    ['a new rule', () => '/rules/new?from=pack-card-testing-device'],
    ['a rule', () => '/rules/edit/watched'],
    ['lists', () => '/rules/lists'],
    ['a list', () => '/rules/lists/bad_devices'],
    ['backtests', () => '/rules/backtests'],
    ['the policy', () => '/rules/policy'],
    ['try it', () => '/try'],
    ['settings', () => '/settings'],
    ['about', () => '/about'],
    ['a page that is not there', () => '/nowhere'],
  ];

  before(async () => {
    [stage, browser] = await Promise.all([startStage(), launch()]);
    challenger = await bringChallenger(stage.server);
    await ask('POST', `/api/models/${challenger}/shadow`);
    await ask('POST', '/api/users', { name: 'Ada Example', email: 'ada@example.org' });
    await ask('POST', '/api/lists', { name: 'bad_devices', type: 'device' });
    await ask('POST', '/api/lists/bad_devices/entries', { entries: [{ value: 'd_bad', note: 'seen before' }] });
    await ask('POST', '/api/rules', {
      ...{ id: 'watched', name: 'Watched devices', outcome: 'review', mode: 'shadow', reason: 'a device of before' },
      when: 'inList("bad_devices", tx.deviceId) || distinct("device", "card", "1h") >= 3',
    });
    for (let i = 0; i < 20; i++) await post(stage.url, { userId: `s_${i}`, amount: 20 + i, country: 'US' });
    // One device, many cards: something to review, something to decline, something linked.
    for (let i = 0; i < 12; i++) {
      const { id } = await post(stage.url, {
        ...{ userId: `p_${i}`, cardId: `c_${i}`, deviceId: 'd_shared', ip: '203.0.113.9', email: 'x@mail.test' },
        ...{ amount: 1.2, country: 'NG', merchantId: 'm_1', accountAgeDays: 0 },
      });
      decision = `/decisions/${encodeURIComponent(id)}`;
    }
  });
  after(async () => {
    await browser?.close();
    await stage?.stop();
  });

  const open = (): Promise<Watched> => openPage(browser, stage.url, { reducedMotion: 'reduce' });

  for (const [name, path] of PAGES)
    test(`${name}: strict, quiet, whole at every width, light and dark`, async () => {
      const { page, complaints } = await open();
      const answer = await page.goto(path());
      const policy = answer?.headers()['content-security-policy'] ?? '';
      assert.match(policy, /default-src 'none'; script-src 'self'; style-src 'self';/);
      assert.doesNotMatch(policy, /unsafe/);
      await page.locator('#main h1, #main p').first().waitFor();
      await page.waitForLoadState('networkidle');
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 860 });
        // Charts are drawn anew once they know their width.
        await page.waitForFunction(
          (expected) => innerWidth === expected && document.documentElement.scrollWidth <= expected,
          width,
        );
        if (width === 390 || width === 1280) await inBothThemes(page, `${width} px`);
      }
      assert.equal(await page.locator('#main [role="alert"]').count(), 0);
      assert.deepEqual(complaints, []);
      await page.context().close();
    });

  /** Path, what opens the dialog, what tells that it is whole. */
  const DIALOGS: [name: string, path: () => string, open: (page: Page) => Promise<void>, whole: string][] = [
    ['a label', () => decision, (page) => press(page, 'Label…'), 'Record label'],
    ['an override', () => decision, (page) => press(page, 'Override…'), 'Override and finalize'],
    ['shortcuts', () => '/', (page) => page.keyboard.press('?'), 'Keyboard shortcuts'],
    ['a promotion', () => '/models', (page) => press(page, /^Promote/), 'Decisions that would differ'],
    ['the end of a shadow', () => '/models', (page) => press(page, /^(Stop|End) shadow/), 'shadow'],
    ['a changed payment', () => '/transactions', (page) => press(page, /^Edit the payment/), 'Save'],
    ['a deleted payment', () => '/transactions', (page) => press(page, /^Delete the payment/), 'Cancel'],
    ['a new user', () => '/users', (page) => press(page, 'New user'), 'Create'],
    ['a changed user', () => '/users', (page) => press(page, /^Edit/), 'Save'],
    ['a deleted user', () => '/users', (page) => press(page, /^Delete/), 'Cancel'],
  ];
  for (const [name, path, act, whole] of DIALOGS)
    test(`the dialog of ${name} has nothing serious to axe, and gives the focus back`, async () => {
      const { page, complaints } = await open();
      await page.goto(path());
      await page.locator('#main h1, #main p').first().waitFor();
      await act(page);
      const dialog = page.locator('[data-modal]');
      await dialog.getByText(whole).first().waitFor();
      await inBothThemes(page, name);
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'detached' });
      if (name !== 'shortcuts') assert.equal(await page.locator('button:focus').count(), 1);
      assert.deepEqual(complaints, []);
      await page.context().close();
    });

  test('on a narrow screen the menu opens, leads on and closes', async () => {
    const { page, complaints } = await openPage(browser, stage.url, {
      viewport: { width: 390, height: 844 },
      reducedMotion: 'reduce',
    });
    await page.goto('/');
    await press(page, 'Menu');
    await page.getByRole('dialog', { name: 'Menu' }).waitFor();
    await inBothThemes(page, 'the menu');
    await page.getByRole('dialog').getByRole('link', { name: 'Live feed' }).click();
    await page.getByRole('heading', { name: 'Live feed' }).waitFor();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    assert.deepEqual(complaints, []);
    await page.context().close();
  });

  test('by keyboard: past the navigation in one step, and into a page that was opened', async () => {
    const { page } = await open();
    await page.goto('/');
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    await page.keyboard.press('Tab');
    assert.equal(await page.locator(':focus').textContent(), 'Skip to the page');
    await page.keyboard.press('Enter');
    assert.equal(await page.locator(':focus').getAttribute('id'), 'main');
    await page.keyboard.press('2');
    await page.getByRole('heading', { name: 'Live feed' }).waitFor();
    assert.equal(await page.locator(':focus').getAttribute('id'), 'main');
    await page.context().close();
  });

  test('a server that refuses, is away or asks for a key is said in words', async () => {
    const answers: [number, string, string][] = [
      [401, 'unauthenticated', 'With an API key of this server.'],
      [403, 'forbidden', 'Your key may not do this'],
      [503, 'unavailable', 'Not available just now'],
    ];
    for (const [status, code, words] of answers) {
      const { page } = await open();
      await page.route('**/api/**', (route) =>
        route.fulfill({
          status,
          contentType: 'application/problem+json',
          body: JSON.stringify({ status, code, title: code, detail: 'So it is.' }),
        }),
      );
      await page.goto(decision);
      await page.getByText(words).first().waitFor();
      await inBothThemes(page, code);
      if (status !== 401)
        for (const name of ['Overview', 'Review queue', 'Transactions', 'Users', 'Models']) {
          await page.getByRole('navigation').getByRole('link', { name }).click();
          await page.getByRole('heading', { name, exact: true }).waitFor();
          await page.locator('#main').getByText(words).first().waitFor();
        }
      await page.context().close();
    }
    const { page } = await open();
    await page.route('**/api/**', (route) => route.abort());
    await page.goto('/transactions');
    await page.getByText('The server is out of reach').waitFor();
    await inBothThemes(page, 'out of reach');
    await page.context().close();
  });

  const press = (page: Page, name: string | RegExp): Promise<void> =>
    page.getByRole('button', { name }).first().click();

  async function ask(method: string, path: string, body?: unknown): Promise<void> {
    const headers: Record<string, string> = body ? { 'content-type': 'application/json' } : {};
    const answer = await fetch(stage.server + path, {
      method,
      headers,
      body: body && JSON.stringify(body),
    } as RequestInit);
    assert.ok(answer.ok, `${method} ${path}: ${answer.status}`);
  }
});
