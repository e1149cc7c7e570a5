import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { violations } from './axe.ts';
import { launch, openPage, post } from './browser.ts';
import { bringChallenger } from './challenger.ts';
import { type Stage, skip, startStage } from './stage.ts';

const PATHS: Record<string, string> = {
  overview: '/',
  feed: '/feed',
  queue: '/queue',
  transactions: '/transactions',
  users: '/users',
  models: '/models',
  'try it': '/try',
  settings: '/settings',
  about: '/about',
};

describe('every page', { skip, timeout: 240_000 }, () => {
  let stage: Stage;
  let browser: Browser;

  before(async () => {
    [stage, browser] = await Promise.all([startStage(), launch()]);
    // One device, many cards: something to review, something to decline, something linked.
    let last = '';
    for (let i = 0; i < 12; i++) {
      const card = {
        userId: `p_${i}`,
        cardId: `c_${i}`,
        deviceId: 'd_shared',
        ip: '203.0.113.9',
        email: 'x@mail.test',
      };
      last = (await post(stage.url, { ...card, amount: 1.2, country: 'NG', merchantId: 'm_1', accountAgeDays: 0 })).id;
    }
    await fetch(`${stage.url}/api/users`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'Ada Example', email: 'ada@example.org' }),
    });
    const challenger = await bringChallenger(stage.server);
    await fetch(`${stage.server}/api/models/${challenger}/shadow`, { method: 'POST' });
    for (let i = 0; i < 20; i++) await post(stage.url, { userId: `s_${i}`, amount: 20 + i, country: 'US' });
    PATHS['a challenger'] = `/models?model=${challenger}`;
    PATHS.decision = `/decisions/${encodeURIComponent(last)}`;
    PATHS.entity = '/entities/device/d_shared';
    PATHS['a page that is not there'] = '/nowhere';
  });
  after(async () => {
    await browser?.close();
    await stage?.stop();
  });

  for (const colorScheme of ['light', 'dark'] as const)
    for (const width of [1280, 390])
      test(`${colorScheme}, ${width} px: no complaint, nothing cut off, nothing serious to axe`, async () => {
        const options = { colorScheme, viewport: { width, height: 860 }, reducedMotion: 'reduce' as const };
        const { page, complaints } = await openPage(browser, stage.url, options);
        for (const [name, path] of Object.entries(PATHS)) {
          await page.goto(path);
          await page.locator('#main h1, #main p').first().waitFor();
          await page.waitForLoadState('networkidle');
          const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
          assert.ok(wide <= 0, `${name} is ${wide} px too wide`);
          assert.deepEqual(await violations(page), [], name);
        }
        assert.deepEqual(complaints, []);
        await page.context().close();
      });

  test('the server’s own serving: a strict policy, and nothing that goes against it', async () => {
    const { page, complaints } = await openPage(browser, stage.server);
    for (const [name, path] of Object.entries(PATHS)) {
      const answer = await page.goto(path);
      assert.equal(answer?.status(), 200, name);
      const policy = answer?.headers()['content-security-policy'] ?? '';
      assert.match(policy, /default-src 'none'; script-src 'self'; style-src 'self';/, name);
      assert.doesNotMatch(policy, /unsafe/, name);
      await page.locator('#main h1, #main p').first().waitFor();
      await page.waitForLoadState('networkidle');
      assert.equal(await page.locator('#main [role="alert"]').count(), 0, name);
    }
    assert.deepEqual(complaints, []);
    await page.context().close();
  });

  test('dialogs have nothing serious to axe', async () => {
    const { page, complaints } = await openPage(browser, stage.url);
    await page.goto(PATHS.decision);
    await page.getByRole('button', { name: 'Label…' }).click();
    await page.getByRole('dialog').waitFor();
    await page.waitForTimeout(300);
    assert.deepEqual(await violations(page), []);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.keyboard.press('?');
    await page.getByRole('heading', { name: 'Keyboard shortcuts' }).waitFor();
    await page.waitForTimeout(300);
    assert.deepEqual(await violations(page), []);
    await page.goto('/models');
    await page
      .getByRole('button', { name: /^Promote/ })
      .first()
      .click();
    await page.getByText('Decisions that would differ').waitFor();
    await page.waitForTimeout(300);
    assert.deepEqual(await violations(page), []);
    assert.deepEqual(complaints, []);
    await page.context().close();
  });

  test('a server that refuses, is away or asks for a key is said in words', async () => {
    const { page } = await openPage(browser, stage.url);
    const answers: [number, string, string][] = [
      [401, 'unauthenticated', 'With an API key of this server.'],
      [403, 'forbidden', 'Your key may not do this'],
      [503, 'unavailable', 'Not available just now'],
    ];
    for (const [status, code, words] of answers) {
      await page.route('**/api/**', (route) =>
        route.fulfill({
          status,
          contentType: 'application/problem+json',
          body: JSON.stringify({ status, code, title: code, detail: 'So it is.' }),
        }),
      );
      for (const path of ['/', '/queue', '/transactions', '/users', '/models', PATHS.decision, PATHS.entity]) {
        await page.goto(path);
        await page.getByText(words).first().waitFor();
      }
      await page.unroute('**/api/**');
    }
    await page.route('**/api/**', (route) => route.abort());
    await page.goto('/transactions');
    await page.getByText('The server is out of reach').waitFor();
    await page.context().close();
  });
});
