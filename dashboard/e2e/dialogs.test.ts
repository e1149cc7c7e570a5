import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { inBothThemes } from './axe.ts';
import type { Watched } from './browser.ts';
import { onStage } from './on-stage.ts';
import { populate } from './populate.ts';
import { skip } from './stage.ts';
import { until } from './until.ts';

/** What opens over a page, and what a page says where the server gives it nothing. */
describe('dialogs and refusals', { skip, timeout: 360_000 }, () => {
  const stage = onStage();
  let decision = '';
  let watched: Watched;

  before(async () => {
    ({ decision } = await populate(stage.server));
    watched = await stage.open({ reducedMotion: 'reduce' });
  });
  const open = (): Promise<Watched> => stage.open({ reducedMotion: 'reduce' });
  const press = (page: Page, name: string | RegExp): Promise<void> =>
    page.getByRole('button', { name }).first().click();

  /** Path, what opens the dialog, what tells that it is whole. */
  const DIALOGS: [name: string, path: () => string, open: (page: Page) => Promise<void>, whole: string][] = [
    ['a label', () => decision, (page) => press(page, 'Label…'), 'Record label'],
    ['an override', () => decision, (page) => press(page, 'Override…'), 'Override and finalize'],
    ['shortcuts', () => '/', (page) => page.keyboard.press('?'), 'Keyboard shortcuts'],
    ['a promotion', () => '/models', (page) => press(page, /^Promote/), 'Decisions that would differ'],
    ['the end of a shadow', () => '/models', (page) => press(page, /^(Stop|End) shadow/), 'shadow'],
    ['a changed payment', () => decision, (page) => press(page, /^Edit the payment/), 'Save'],
    ['a deleted payment', () => decision, (page) => press(page, /^Delete the payment/), 'Cancel'],
    ['a new user', () => '/users?who=registered', (page) => press(page, 'New user'), 'Create'],
    ['a changed user', () => '/users?who=registered', (page) => press(page, /^Edit/), 'Save'],
    [
      'a deleted user',
      () => '/users?who=registered',
      async (page) => {
        await press(page, /^Edit/);
        await press(page, 'Delete…');
      },
      'Their payments stay',
    ],
  ];
  for (const [name, path, act, whole] of DIALOGS)
    test(`the dialog of ${name} has nothing serious to axe, and gives the focus back`, async () => {
      const { page, complaints } = watched;
      complaints.length = 0;
      await page.goto(path());
      await page.locator('#main h1, #main p').first().waitFor();
      await act(page);
      const dialog = page.locator('[data-modal]');
      await dialog.getByText(whole).first().waitFor();
      await inBothThemes(page, name);
      // One that stands over another leads back to that one.
      for (let open = await dialog.count(); open > 0; open--) {
        await page.keyboard.press('Escape');
        await until(async () => (await dialog.count()) < open);
      }
      if (name !== 'shortcuts') assert.equal(await page.locator('button:focus').count(), 1);
      assert.deepEqual(complaints, []);
    });

  test('on a narrow screen the menu opens, leads on and closes', async () => {
    const { page, complaints } = await stage.open({
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
    const { page } = await open();
    let problem: { status: number; code: string } | undefined;
    await page.route('**/api/**', (route) =>
      problem
        ? route.fulfill({
            status: problem.status,
            contentType: 'application/problem+json',
            body: JSON.stringify({ ...problem, title: problem.code, detail: 'So it is.' }),
          })
        : route.abort(),
    );
    for (const [status, code, words] of answers) {
      problem = { status, code };
      await page.goto(decision);
      await page.getByText(words).first().waitFor();
      await inBothThemes(page, code);
      if (status !== 401)
        for (const name of ['Overview', 'Review queue', 'Transactions', 'Users', 'Models']) {
          await page.getByRole('navigation').getByRole('link', { name }).click();
          await page.getByRole('heading', { name, exact: true }).waitFor();
          await page.locator('#main').getByText(words).first().waitFor();
        }
    }
    problem = undefined;
    await page.goto('/transactions');
    await page.getByText('The server is out of reach').waitFor();
    await inBothThemes(page, 'out of reach');
    await page.context().close();
  });
});
