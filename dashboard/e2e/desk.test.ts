import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { inBothThemes, inOneTheme } from './axe.ts';
import { post } from './browser.ts';
import { fits } from './fits.ts';
import { onStage } from './on-stage.ts';
import { skip } from './stage.ts';
import { until } from './until.ts';

/** An analyst’s work beyond a single case: anything is found, one attack is made one case, much is done at once and taken back. */
describe('the desk', { skip, timeout: 420_000 }, () => {
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
    await tell('/api/lists', { name: 'ring_devices', type: 'device', description: 'of rings', fromCases: true });
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

  test('a payment is left out of a resolution by key, and Undo brings everything back', async () => {
    const [{ id }] = await burst('d_left');
    const { page, complaints } = await stage.open();
    await page.goto(`/queue?case=${id}`);
    await page.locator('[data-payment]').first().waitFor();
    // The first press goes to the first payment, the second leaves it out.
    await page.keyboard.press('e');
    await page.keyboard.press('e');
    await page.getByText('1 left out').waitFor();
    const out = (await page.locator('[data-payment]').first().getAttribute('data-payment'))!;
    const { transactionCount } = await read(id);
    await page.keyboard.press('d');
    await page.getByText(`Labels ${transactionCount - 1} of ${transactionCount} payments as fraud.`).waitFor();
    await page.keyboard.press('Enter');
    await page.getByText('Resolved as fraud').first().waitFor();
    const resolved = await read(id);
    assert.deepEqual([resolved.status, resolved.transactionCount], ['resolved', transactionCount - 1]);
    // Labels follow the resolution.
    await until(async () => (await read(id)).transactions.every((t) => t.id !== out && t.label === 'fraud'));
    await page.locator('[data-modal]').waitFor({ state: 'detached' });
    await page.keyboard.press('z');
    await page.getByText('Taken back').first().waitFor();
    const back = await read(id);
    assert.deepEqual([back.status, back.transactionCount], ['open', transactionCount]);
    await until(async () => (await read(id)).transactions.every(({ label }) => label === undefined));
    assert.equal(await page.getByText('Somebody').count(), 0);
    assert.deepEqual(complaints, []);
    await page.context().close();
  });

  test('cases of one attack are merged by key; then several are resolved, reopened and resolved together', async () => {
    const [one] = await burst('d_one');
    const [two] = await burst('d_two');
    const [three] = await burst('d_three');
    const { page, complaints } = await stage.open({ reducedMotion: 'reduce' });
    await page.goto(`/queue?case=${one.id}`);
    await page.getByRole('heading', { name: 'Comments and history' }).waitFor();
    await page.keyboard.press('m');
    await page.getByLabel('Find another open case').fill('d_two');
    await page.getByRole('checkbox', { name: /d_two/ }).check();
    await page.getByText(`then holds ${one.transactionCount + two.transactionCount} payments`).waitFor();
    await inBothThemes(page, 'merging');
    await page.getByRole('button', { name: 'Merge', exact: true }).click();
    await page.getByText('Merged 1 case into Device d_one').first().waitFor();
    await until(async () => (await read(two.id)).status === 'merged');
    assert.equal((await read(one.id)).transactionCount, one.transactionCount + two.transactionCount);
    await page.getByText('This case has changed').waitFor({ state: 'detached' });

    await page.goto('/queue');
    for (const device of ['d_one', 'd_three'])
      await page.getByRole('checkbox', { name: `Choose Device ${device}` }).check();
    await page.getByText('2 cases chosen').waitFor();
    await page.getByRole('button', { name: 'Resolve…' }).click();
    await page.getByText(`${three.transactionCount} payments labelled fraud`).waitFor();
    await fits(page, 390, 'the preview');
    await inBothThemes(page, 'the preview');
    await page.getByRole('button', { name: 'Resolve 2 cases as fraud' }).click();
    await page.getByText('Resolved as fraud: 2 cases').first().waitFor();
    assert.deepEqual([(await read(one.id)).resolution, (await read(three.id)).resolution], ['fraud', 'fraud']);
    await page.locator('[data-modal]').waitFor({ state: 'detached' });
    await page.keyboard.press('z');
    await page.getByText('Taken back').first().waitFor();
    assert.deepEqual([(await read(one.id)).status, (await read(three.id)).status], ['open', 'open']);
    assert.deepEqual(complaints, []);
    await page.context().close();
  });

  // In one theme each, lest it take twice as long: the pages themselves are looked at in both.
  for (const [width, theme] of [
    [1280, 'light'],
    [390, 'dark'],
  ] as const)
    test(`by keyboard alone, ${width} px: half a card, its customer, its links, one case of them, resolved, undone, reopened, resolved, listed, exported`, async () => {
      const own = `ring${width}`;
      const [left, right] = [`d_${own}_left`, `d_${own}_right`];
      const [one] = await burst(left);
      const [two] = await burst(right);
      // A card that both rings used joins them, and their cases stay two: somebody works on one.
      await tell(`/api/cases/${one.id}/assign`, { assignee: 'Ben', version: one.version });
      for (const deviceId of [left, right])
        await post(stage.server, {
          ...{ userId: `of_${deviceId}`, cardId: `card_${own}_bridge`, deviceId, amount: 20, currency: 'USD' },
        });
      for (const device of [left, right])
        await tell('/api/users', { id: `of_${device}`, name: `Of ${device}`, email: `${device}@mail.test` });
      const { page, complaints } = await stage.open({
        viewport: { width, height: 860 },
        reducedMotion: 'reduce',
        acceptDownloads: true,
      });
      const press = (key: string) => page.keyboard.press(key);
      const looksWell = async (name: string) => {
        await fits(page, width, name);
        await inOneTheme(page, theme, name);
      };
      const search = async (text: string, path: string) => {
        await press('Control+k');
        await page.getByRole('combobox', { name: 'Search everything' }).waitFor();
        await page.keyboard.type(text);
        await press('Enter');
        await until(async () => new URL(page.url()).pathname + new URL(page.url()).search === path);
        // A toast is a dialog too.
        await page.getByRole('combobox', { name: 'Search everything' }).waitFor({ state: 'detached' });
      };
      await page.goto('/');
      await page.getByRole('heading', { name: 'Overview' }).waitFor();

      // The payment, by half of its card.
      await search(`card_${own}_br`, `/entities/card/card_${own}_bridge`);
      await to(page, page.locator('a[href^="/decisions/"]').first());
      await press('Enter');
      await until(async () => new URL(page.url()).pathname.startsWith('/decisions/'));
      // Its customer, and from there the ring.
      const customer = page.getByRole('link', { name: new RegExp(`^of_d_${own}_`) }).first();
      await to(page, customer);
      await press('Enter');
      await until(async () => new URL(page.url()).pathname.startsWith('/entities/user/'));
      await to(page, page.getByRole('button', { name: 'Add a label' }));
      await press('Enter');
      await page.keyboard.type('mule');
      await press('Enter');
      await page.getByRole('button', { name: 'Take the label mule away' }).waitFor();
      const links = page.getByRole('list', { name: 'What it is joined with' });
      await links.waitFor();
      await to(page, page.getByRole('radio', { name: '2', exact: true }));
      await press('ArrowRight');
      await page.getByRole('button', { name: 'Make one case of it…' }).waitFor();
      await looksWell('links');
      await to(page, page.getByRole('button', { name: 'Make one case of it…' }));
      await press('Enter');
      const merging = page.getByRole('dialog', { name: 'Make one case of them' });
      await to(page, merging.getByRole('button', { name: /^Merge \d+ cases/ }));
      await press('Enter');
      await until(async () => new URL(page.url()).searchParams.has('case'));
      const id = new URL(page.url()).searchParams.get('case')!;
      const home = async (of: string) => (await read(of)).mergedInto ?? of;
      await until(async () => (await home(one.id)) === id && (await home(two.id)) === id);
      await page.getByRole('heading', { name: 'Comments and history' }).waitFor();
      await looksWell('the case');

      // Resolved, with a reason; undone; resolved, reopened by its button, and resolved once more.
      const resolve = async (reason: string) => {
        await press('d');
        await page.getByText(/^Labels .* as fraud/).waitFor();
        await to(page, page.getByLabel('Reason (optional)'));
        await page.keyboard.type(reason);
        await to(page, page.getByRole('button', { name: 'Resolve as fraud' }));
        await press('Enter');
        // What the reader did a moment ago moved the case, and stands in nobody's way.
        await until(async () => (await read(id)).status === 'resolved');
        await page.locator('[data-modal]').waitFor({ state: 'detached' });
      };
      await resolve('card testing');
      await press('z');
      await page.getByText('Taken back').first().waitFor();
      await until(async () => (await read(id)).status === 'open');
      await search(id, `/queue?case=${id}`);
      await page.getByRole('heading', { name: 'Comments and history' }).waitFor();
      await page.getByRole('button', { name: /^Fraud/ }).waitFor();
      await resolve('card testing');
      await search(id, `/queue?case=${id}`);
      await to(page, page.getByRole('button', { name: 'Reopen' }));
      await press('Enter');
      await page.getByText('Its labels are taken back.').first().waitFor();
      await page.getByRole('button', { name: /^Fraud/ }).waitFor();
      await resolve('stolen card');
      const { resolution, reason, transactions } = await read(id);
      assert.deepEqual([resolution, reason], ['fraud', 'stolen_card']);
      await until(async () => (await read(id)).transactions.every(({ label }) => label === 'fraud'));
      assert.ok(transactions.length > 10);

      // The device goes on a list, from the search: straight to the question which.
      await press('Control+k');
      await page.getByRole('combobox', { name: 'Search everything' }).waitFor();
      await page.keyboard.type(left);
      await page
        .getByRole('option', { name: new RegExp(left) })
        .first()
        .waitFor();
      await press('Alt+Enter');
      const listing = page.getByRole('dialog', { name: /ring_devices|which list/ });
      await listing.waitFor();
      await looksWell('a list');
      await to(page, listing.getByRole('button', { name: 'Add', exact: true }));
      await press('Enter');
      await page.getByText('Added to ring_devices').first().waitFor();
      await page.locator('[data-modal]').waitFor({ state: 'detached' });

      // And all of its payments into a file.
      await to(page, page.locator('a[href^="/transactions?deviceId"]').first());
      await press('Enter');
      await until(async () => new URL(page.url()).pathname === '/transactions');
      const button = page.getByRole('button', { name: 'Export CSV' });
      await page.locator('#main a[href^="/decisions/"]').first().waitFor();
      await to(page, button);
      const [file] = await Promise.all([page.waitForEvent('download'), press('Enter')]);
      assert.equal(file.suggestedFilename(), 'transactions.csv');
      await looksWell('its payments');
      assert.equal(await page.getByText('Somebody').count(), 0);
      // The browser says by itself which answers were refusals: none.
      assert.deepEqual(complaints, []);
      await page.context().close();
    });

  test('two analysts see each other by name and themselves as themselves', async () => {
    const [{ id, version }] = await burst('d_pair');
    const { page } = await stage.open();
    const second = await page.context().newPage();
    for (const tab of [page, second]) {
      await tab.goto(`/queue?case=${id}`);
      await tab.getByRole('heading', { name: 'Comments and history' }).waitFor();
      await tab.getByText('Live', { exact: true }).waitFor();
    }
    // What is done in one tab is one's own in the other: it is there without a notice.
    await second.keyboard.press('c');
    await second.keyboard.type('Mine from here');
    await second.keyboard.press('Control+Enter');
    await page.locator('ol').getByText('Mine from here').waitFor();
    assert.equal(await page.getByText('This case has changed').count(), 0);
    await tell(`/api/cases/${id}/assign`, { assignee: 'Ben', version: version + 1 });
    await page.getByText('This case has changed since you opened it').waitFor();
    await page.context().close();
  });

  async function burst(deviceId: string): Promise<CaseRead[]> {
    for (let i = 0; i < 9; i++)
      await post(stage.server, {
        ...{ userId: `${deviceId}_${i}`, cardId: `c_${deviceId}_${i}`, deviceId, email: `${deviceId}_${i}@mail.test` },
        ...{ amount: 1.2, country: 'NG', merchantId: 'm_1', accountAgeDays: 0 },
      });
    const answer = await fetch(`${stage.server}/api/cases?entity=device:${deviceId}`);
    return ((await answer.json()) as { data: CaseRead[] }).data;
  }

  const read = async (id: string) => (await (await fetch(`${stage.server}/api/cases/${id}`)).json()) as CaseRead;

  async function tell(path: string, body: unknown): Promise<void> {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(stage.server + path, { method: 'POST', headers, body: JSON.stringify(body) });
    assert.ok(answer.ok, `${path}: ${answer.status}`);
  }
});

interface CaseRead {
  id: string;
  status: string;
  version: number;
  resolution: string | null;
  reason: string | null;
  transactionCount: number;
  mergedInto: string | null;
  transactions: { id: string; label?: string }[];
}

/** There by the Tab key alone; a page has no more stops than that. */
async function to(page: Page, target: Locator): Promise<void> {
  await target.waitFor();
  const isThere = () => target.evaluate((element) => element === document.activeElement);
  for (let i = 0; i < 250; i++) {
    if (await isThere()) return;
    await page.keyboard.press('Tab');
  }
  assert.fail(`Tab does not lead to ${target}`);
}

/** What the box names as its active option. */
async function active(page: Page): Promise<string | null> {
  const id = await page.getByRole('combobox').getAttribute('aria-activedescendant');
  return page.locator(`[id="${id}"]`).textContent();
}
