import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { inBothThemes } from './axe.ts';
import { openPage, post } from './browser.ts';
import { bringChallenger } from './challenger.ts';
import { onStage } from './on-stage.ts';
import { skip } from './stage.ts';
import { until } from './until.ts';

interface Listed {
  champion: string;
  shadow: string | null;
  data: { version: string; name: string; role: string }[];
}

/** On the server's own serving, as people have it. */
describe('models', { skip, timeout: 360_000 }, () => {
  const stage = onStage();
  let shipped: string;
  let challenger: string;

  before(async () => {
    shipped = (await models()).champion;
    challenger = await bringChallenger(stage.server);
  });
  const models = async () => (await (await fetch(`${stage.server}/api/models`)).json()) as Listed;
  const row = (page: Page, version: string) => page.locator('tbody tr', { hasText: version.slice(0, 8) }).first();

  test('the champion shows its figures, curves and features', async () => {
    const { page, complaints } = await openPage(stage.browser, stage.server);
    await page.goto('/models');
    await row(page, shipped).getByText('Decides').waitFor();
    assert.equal(await row(page, challenger).getByText('Kept').count(), 1);
    assert.equal(
      await row(page, shipped).getByRole('button').count(),
      0,
      'who decides can be neither promoted nor shadowed',
    );
    const panel = (name: string) => page.locator('section', { has: page.getByRole('heading', { name, exact: true }) });
    for (const name of ['Precision and recall', 'ROC', 'Calibration'])
      await panel(name).locator('svg path, svg circle').first().waitFor();
    assert.ok((await panel('Calibration').locator('svg circle').count()) >= 10);
    await panel('What it goes by').getByText('Different cards on the device in a day').waitFor();
    await panel('Scores over time').getByText('It decided nothing in the last 24h.').waitFor();
    // By keyboard, a curve tells its values.
    await panel('ROC').getByRole('group').focus();
    await page.keyboard.press('ArrowRight');
    await panel('ROC').getByRole('status').waitFor();
    const report = await page.getByRole('link', { name: /Training report/ }).getAttribute('href');
    const opened = await fetch(stage.server + report, { headers: { accept: 'text/html' } });
    assert.match(opened.headers.get('content-type') ?? '', /text\/html/);
    assert.deepEqual(complaints, []);
    await page.context().close();
  });

  test('a challenger is shadowed, promoted after seeing what would change, and rolled back', async () => {
    const { page, complaints } = await openPage(stage.browser, stage.server);
    await page.goto('/models');
    await row(page, challenger)
      .getByRole('button', { name: /^Shadow/ })
      .click();
    await page.getByRole('dialog').getByRole('button', { name: 'Start shadow' }).click();
    await row(page, challenger).getByText('In shadow').waitFor();
    assert.equal((await models()).shadow, challenger);

    for (let i = 0; i < 40; i++)
      await post(stage.server, {
        userId: `m_${i % 7}`,
        amount: 3 + i,
        cardId: `mc_${i}`,
        deviceId: 'md',
        accountAgeDays: 1,
      });
    await until(async () => {
      const response = await fetch(`${stage.server}/api/models/${challenger}/comparison`);
      return response.ok && ((await response.json()) as { count: number }).count === 40;
    });
    await row(page, challenger).getByRole('link').click();
    await page.getByRole('heading', { name: 'Beside the champion' }).waitFor();
    await page.getByText('Scored by both').waitFor();

    await row(page, challenger)
      .getByRole('button', { name: /^Promote/ })
      .click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText(/of 40 decisions that both scored/).waitFor();
    await dialog.getByText('Review from a probability of').waitFor();
    await dialog.getByText(/fewer:/).waitFor();
    // Nothing happens until it is confirmed.
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await dialog.waitFor({ state: 'detached' });
    assert.equal((await models()).champion, shipped);

    await row(page, challenger)
      .getByRole('button', { name: /^Promote/ })
      .click();
    await dialog.getByRole('button', { name: 'Promote', exact: true }).click();
    await row(page, challenger).getByText('Decides').waitFor();
    assert.equal((await models()).champion, challenger);
    const { id } = await post(stage.server, { userId: 'after', amount: 12 });
    const decided = (await (await fetch(`${stage.server}/api/transactions/${id}`)).json()) as {
      model: { version: string };
    };
    assert.equal(decided.model.version, challenger);

    await page.getByRole('button', { name: /^Roll back to transactions/ }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Roll back', exact: true }).click();
    await row(page, shipped).getByText('Decides').waitFor();
    assert.equal((await models()).champion, shipped);
    assert.deepEqual(complaints, []);
    await page.context().close();
  });

  test('a challenger decides for a share that a person raises, takes back and stops, after a look at what labels prove', async () => {
    const { page, complaints } = await openPage(stage.browser, stage.server, { reducedMotion: 'reduce' });
    await page.goto('/models');
    await row(page, challenger).getByRole('link').click();
    await page.getByRole('link', { name: 'Proof by labels' }).click();
    await page.getByRole('heading', { name: 'Proof', exact: true }).waitFor();
    await page.getByText('Nothing is known yet: no fraud among these payments has been reported.').waitFor();
    await page.getByRole('heading', { name: 'What cannot be known' }).waitFor();

    await page.goto('/models');
    const share = page.locator('section', { has: page.getByRole('heading', { name: 'A share first', exact: true }) });
    await share.getByText('no model decides for a share now').waitFor();
    await row(page, challenger)
      .getByRole('button', { name: /^Promote/ })
      .click();
    const dialog = page.getByRole('dialog');
    // By keyboard: one of two, then the steps.
    await dialog.getByRole('radio', { name: 'For all at once' }).focus();
    await page.keyboard.press('ArrowRight');
    await dialog.getByLabel('Steps, percent').fill('50 20');
    await dialog.getByLabel('Why').fill('by proof');
    await dialog.getByRole('button', { name: 'Begin with a share' }).click();
    await dialog
      .getByRole('alert')
      .getByText(/must rise/)
      .waitFor();
    await dialog.getByLabel('Steps, percent').fill('10, 50, 100');
    await page.keyboard.press('Tab');
    await dialog.getByRole('button', { name: 'Begin with a share' }).press('Enter');
    await share.getByText('decides for 10%').waitFor();
    await share.getByText('by proof').waitFor();
    await row(page, challenger).getByText('Decides for 10%').waitFor();
    assert.equal((await models()).champion, shipped);

    await share.getByRole('button', { name: 'Raise to 50%…' }).click();
    await inBothThemes(page, 'a share that is raised');
    await dialog.getByRole('button', { name: 'Raise to 50%' }).click();
    await share.getByText('decides for 50%').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await share.getByText('decides for 10%').waitFor();

    await share.getByRole('button', { name: 'Stop…' }).click();
    await dialog.getByLabel('Why').fill('too many reviews');
    await page.keyboard.press('Enter');
    await share.getByText('no model decides for a share now').waitFor();
    await share.getByText('too many reviews').waitFor();
    assert.equal((await models()).champion, shipped);
    // A refused promotion is a failed request to the browser's console, as it should be.
    assert.deepEqual(
      complaints.filter((one) => !/status of 422/.test(one)),
      [],
    );
    await page.context().close();
  });

  test('a promotion elsewhere is seen at once, and a refused one changes nothing', async () => {
    const { page } = await openPage(stage.browser, stage.server);
    await page.goto('/models');
    await row(page, shipped).getByText('Decides').waitFor();
    await page.getByText('Live', { exact: true }).waitFor();
    await fetch(`${stage.server}/api/models/${challenger}/promote`, { method: 'POST' });
    await row(page, challenger).getByText('Decides').waitFor();
    await page.route('**/promote', (route) =>
      route.fulfill({
        status: 409,
        contentType: 'application/problem+json',
        body: JSON.stringify({ status: 409, code: 'conflict', title: 'Conflict', detail: 'The model is damaged.' }),
      }),
    );
    await row(page, shipped)
      .getByRole('button', { name: /^Promote/ })
      .click();
    await page.getByRole('dialog').getByRole('button', { name: 'Promote', exact: true }).click();
    await page.getByRole('alert').getByText('The model is damaged. Nothing has changed.').waitFor();
    assert.equal((await models()).champion, challenger);
    await page.context().close();
  });
});
