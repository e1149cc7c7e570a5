import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { inBothThemes } from './axe.ts';
import { post } from './browser.ts';
import { fits } from './fits.ts';
import { onStage } from './on-stage.ts';
import { skip } from './stage.ts';
import { until } from './until.ts';

/** The list of payments is what the address says: narrowed, counted, exported and reached from other pages alike. */
describe('filters of payments', { skip, timeout: 240_000 }, () => {
  const stage = onStage();

  before(async () => {
    for (let i = 0; i < 24; i++)
      await post(stage.server, {
        ...{ id: `f_${i}`, userId: `filtered_${i}`, amount: 10 + i, currency: i % 3 ? 'USD' : 'EUR' },
        ...{ country: i % 4 ? 'FR' : 'JP', channel: i % 2 ? 'app' : 'web', cardId: `fcard_${i % 5}` },
      });
  });

  const counted = (page: Page, text: string) => page.getByText(text, { exact: true }).waitFor();
  const asked = (page: Page) => Object.fromEntries(new URL(page.url()).searchParams);

  test('a filter is in the address, a chip takes it away, the count is that of the rows and of the file', async () => {
    const { page, complaints } = await stage.open();
    await page.goto('/transactions');
    await page.getByRole('button', { name: 'More filters' }).click();
    await page.getByLabel('Card', { exact: true }).fill('fcard_2');
    await page.getByLabel('Card', { exact: true }).press('Enter');
    await counted(page, '5 transactions');
    await page.getByLabel('Channel').fill('app');
    await page.getByLabel('Channel').press('Tab');
    await counted(page, '2 transactions');
    assert.deepEqual(asked(page), { cardId: 'fcard_2', channel: 'app' });
    await page.reload();
    await counted(page, '2 transactions');
    assert.equal(await page.locator('tbody tr').count(), 2);
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Export CSV' }).click(),
    ]);
    const lines = (await readFile(await file.path(), 'utf8')).trim().split('\r\n');
    assert.deepEqual(
      lines.map((line) => line.split(',')[0]),
      ['id', 'f_17', 'f_7'],
    );
    await page.getByRole('button', { name: 'Take away Channel: app' }).click();
    await counted(page, '5 transactions');
    await page.getByRole('button', { name: 'Clear all' }).click();
    await until(async () => Object.keys(asked(page)).length === 0);
    await page.getByRole('button', { name: 'More filters' }).click();
    await page.getByLabel('Amount from, USD').fill('1000000');
    await page.getByLabel('Amount from, USD').press('Enter');
    await counted(page, '0 transactions');
    await page.getByText('No transaction fits the filters').waitFor();
    assert.deepEqual(complaints, []);
    await page.context().close();
  });

  test('the overview’s figures lead to just as many', async () => {
    const { page } = await stage.open();
    await page.goto('/?window=24h');
    const figure = page.getByRole('link', { name: /^Transactions: \d/ });
    const all = ((await figure.textContent()) ?? '').trim();
    assert.ok(Number(all) >= 24, all);
    await figure.click();
    await counted(page, `${all} transactions`);
    await page.goto('/?window=24h');
    const place = page.getByRole('row').filter({ has: page.getByRole('link', { name: 'Japan' }) });
    const ofJapan = ((await place.getByRole('cell').nth(1).textContent()) ?? '').trim();
    assert.equal(ofJapan, '6');
    await place.getByRole('link', { name: 'Japan' }).click();
    await counted(page, '6 transactions');
    assert.equal(asked(page).country, 'JP');
    await page.context().close();
  });

  test('a view is saved, chosen, deleted and brought back; whose payments it is about is not kept', async () => {
    const { page, complaints } = await stage.open();
    await page.goto('/transactions?country=JP&cardId=fcard_2');
    await page.getByRole('button', { name: 'Save view' }).click();
    await page.getByText('are not kept in a view').waitFor();
    await page.getByLabel('Name').fill('All of Japan');
    await page.getByRole('checkbox', { name: /^Shared/ }).check();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await counted(page, '6 transactions');
    assert.deepEqual(asked(page), { country: 'JP' });
    await page.getByRole('button', { name: 'Clear all' }).click();
    await page.getByLabel('Saved view').selectOption({ label: 'All of Japan (shared)' });
    await counted(page, '6 transactions');
    await page.getByRole('button', { name: 'Delete the view All of Japan' }).click();
    await page.getByLabel('Saved view').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByLabel('Saved view').waitFor();
    assert.deepEqual(complaints, []);
    await page.context().close();
  });

  test('all filters fit at 390 px, and axe finds nothing serious', async () => {
    const { page } = await stage.open({ viewport: { width: 390, height: 860 }, reducedMotion: 'reduce' });
    await page.goto('/transactions?country=FR&channel=web&cardId=fcard_3&minAmount=12&from=2026-01-01T00:00');
    await page.getByRole('button', { name: 'More filters' }).click();
    await page.getByRole('list', { name: 'Filters in force' }).waitFor();
    await inBothThemes(page, 'filters');
    for (const width of [1280, 390]) await fits(page, width, 'filters');
    await page.context().close();
  });
});
