import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { inBothThemes } from './axe.ts';
import { post } from './browser.ts';
import { fits } from './fits.ts';
import { onStage } from './on-stage.ts';
import { skip } from './stage.ts';
import { until } from './until.ts';

/** The one box that finds anything, by keyboard alone. */
describe('the search', { skip, timeout: 240_000 }, () => {
  const stage = onStage();
  let payment = '';

  before(async () => {
    ({ id: payment } = await post(stage.server, {
      ...{
        id: 'ord_sought',
        userId: 'auth0|ada',
        amount: 123.45,
        currency: 'EUR',
        cardId: 'card_7f3a91',
        ip: '203.0.113.77',
      },
      ...{ deviceId: 'dev_zz9', merchantId: 'm_1', email: 'ada@mail.test' },
    }));
    for (let i = 0; i < 40; i++)
      await post(stage.server, { userId: `many_${i}`, amount: 10 + i, currency: 'USD', deviceId: `dev_many_${i}` });
    await tell('/api/users', { id: 'auth0|ada', name: 'Ada Example', email: 'ada@mail.test' });
    await tell(`/api/transactions/${payment}/labels`, {
      label: 'fraud',
      source: 'analyst',
      note: 'Stolen at the kiosk',
    });
  });

  test('half a name of anything leads to its page: typed, chosen by arrows, opened by Enter', async () => {
    const { page, complaints } = await stage.open();
    await page.goto('/');
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    const table: [typed: string, option: RegExp, path: string, key: string][] = [
      ['card_7f', /^Card.*card_7f3a91/, '/entities/card/card_7f3a91', '/'],
      ['203.0.113.7', /^IP.*203\.0\.113\.77/, '/entities/ip/203.0.113.77', 'Control+k'],
      ['ada ex', /^User.*Ada Example/, '/entities/user/auth0%7Cada', 'Control+k'],
      ['ord_so', /^Payment.*123\.45 EUR/, `/decisions/${payment}`, '/'],
      ['123,45 EUR', /^Payment.*123\.45 EUR/, `/decisions/${payment}`, 'Control+k'],
      ['kiosk', /^Note.*Stolen at the kiosk/, `/decisions/${payment}`, 'Meta+k'],
    ];
    for (const [typed, option, path, key] of table) {
      await page.keyboard.press(key);
      await page.getByRole('combobox', { name: 'Search everything' }).waitFor();
      await page.keyboard.type(typed);
      const wanted = page.getByRole('option', { name: option }).first();
      await wanted.waitFor();
      for (let i = 0; (await wanted.getAttribute('aria-selected')) !== 'true' && i < 30; i++)
        await page.keyboard.press('ArrowDown');
      // The box says which one it is on, for whoever cannot see it.
      assert.equal(await active(page), await wanted.textContent());
      await page.keyboard.press('Enter');
      await until(async () => new URL(page.url()).pathname === path);
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      // The keyboard is in the page.
      await page.locator('#main:focus').waitFor();
    }
    assert.deepEqual(complaints, []);
    await page.context().close();
  });

  test('whoever types and hits Enter at once arrives too; what is named so whole comes before what is newer', async () => {
    const { page } = await stage.open();
    await page.goto('/transactions');
    await page.getByRole('heading', { name: 'Transactions' }).waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('dev_many_3');
    await page.keyboard.press('Enter');
    await until(async () => new URL(page.url()).pathname === '/entities/device/dev_many_3');
    await page.context().close();
  });

  test('in the queue and the feed / stays theirs, and Ctrl + K is the whole search; Esc gives the focus back', async () => {
    const { page } = await stage.open();
    await page.goto('/queue');
    await page.getByRole('searchbox', { name: 'Search the queue' }).waitFor();
    await page.keyboard.press('/');
    assert.equal(await page.locator(':focus').getAttribute('aria-label'), 'Search the queue');
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Search everything' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await until(async () => (await page.locator(':focus').getAttribute('aria-label')) === 'Search the queue');
    await page.context().close();
  });

  for (const width of [1280, 390])
    test(`${width} px: empty, full and without a hit it fits and has nothing serious to axe`, async () => {
      const { page, complaints } = await stage.open({ viewport: { width, height: 860 }, reducedMotion: 'reduce' });
      await page.goto('/about');
      await page
        .getByRole('button', { name: width < 1024 ? 'Search' : /^Search/ })
        .first()
        .click();
      await page.getByText('words of notes and comments').waitFor();
      await inBothThemes(page, 'hints');
      await page.keyboard.type('dev_');
      await page.getByText('The 30 seen last').waitFor();
      await fits(page, width, 'hits');
      await inBothThemes(page, 'hits');
      await page.keyboard.type('nowhere to be found');
      await page.getByText('Nothing has this name').waitFor();
      assert.deepEqual(complaints, []);
      await page.context().close();
    });

  async function tell(path: string, body: unknown): Promise<void> {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(stage.server + path, { method: 'POST', headers, body: JSON.stringify(body) });
    assert.ok(answer.ok, `${path}: ${answer.status}`);
  }
});

/** What the box names as its active option. */
async function active(page: Page): Promise<string | null> {
  const id = await page.getByRole('combobox').getAttribute('aria-activedescendant');
  return page.locator(`[id="${id}"]`).textContent();
}
