import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { inBothThemes } from './axe.ts';
import { post } from './browser.ts';
import { onStage } from './on-stage.ts';
import { everyPanel } from './panels.ts';
import { dist, skip } from './stage.ts';
import { until } from './until.ts';

/** What people do with it, in a real browser against a real server. */
describe('the dashboard at work', { skip, timeout: 360_000 }, () => {
  // Not built yet when the server starts, as after a fresh installation.
  const folder = mkdtempSync(join(tmpdir(), 'assay-built-'));
  const built = join(folder, 'dist');
  const stage = onStage('', () => ({ ASSAY_DASHBOARD_DIR: built }));
  after(() => rmSync(folder, { recursive: true, force: true }));

  test('the page that stands in while the dashboard is built gives way to it', async () => {
    const { page, complaints } = await stage.open();
    await page.goto('/');
    await page.getByRole('heading', { name: 'Is this payment genuine?' }).waitFor();
    cpSync(dist, join(folder, 'copy'), { recursive: true });
    renameSync(join(folder, 'copy'), built);
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    assert.deepEqual(complaints, []);
    await page.context().close();
  });

  test('an empty overview explains itself, and one button moves every panel', async () => {
    const { page, complaints } = await stage.open({ reducedMotion: 'reduce' });
    await page.goto('/');
    await page.getByRole('heading', { name: 'No payment has been decided here yet.' }).waitFor();
    await inBothThemes(page, 'the welcome');
    await page.getByRole('button', { name: 'Send sample payments' }).click();
    // Within ten seconds where nothing else runs (bench/dashboard.ts).
    await everyPanel(page, 30_000);
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByRole('button', { name: 'Stop' }).waitFor({ state: 'detached' });
    assert.deepEqual(complaints, []);
    await page.context().close();
  });

  test('a fraud-like payment arrives in the feed and the queue, and is resolved by keyboard', async () => {
    const watcher = await stage.open();
    await watcher.page.goto('/feed');
    await watcher.page.getByText('Live', { exact: true }).waitFor();

    const { page, complaints } = await stage.open();
    await page.goto('/try');
    await page.getByRole('radio', { name: 'Card testing' }).check();
    await page.getByRole('button', { name: 'Decide' }).click();
    const open = page.getByRole('link', { name: 'Open the decision' });
    await open.waitFor();
    const id = decodeURIComponent((await open.getAttribute('href'))!.split('/').pop()!);
    const { decision } = await read(id);
    assert.notEqual(decision, 'approve');

    await watcher.page.locator(`a[href="/decisions/${encodeURIComponent(id)}"]`).waitFor();

    await page.goto('/queue');
    await page.locator('[data-id]').first().waitFor();
    const user = ((await read(id)) as { userId: string }).userId;
    await page.keyboard.press('/');
    await page.keyboard.type(user);
    await page.keyboard.press('Escape');
    await until(async () => (await page.locator('[data-id]').count()) === 1);
    await page.getByRole('heading', { name: /^Device/ }).waitFor();
    await page.keyboard.press('d');
    await page.locator('[data-modal]').waitFor();
    await page.keyboard.press('Enter');
    await page.getByText('Resolved as fraud').first().waitFor();
    await page.locator('[data-id]').waitFor({ state: 'detached' });
    assert.equal((await read(id)).label, 'fraud');
    assert.deepEqual([...complaints, ...watcher.complaints], []);
    await Promise.all([page.context().close(), watcher.page.context().close()]);
  });

  test('a lost connection is resumed without a gap or a duplicate', async () => {
    const { page } = await stage.open();
    await page.goto('/feed');
    await page.getByText('Live', { exact: true }).waitFor();
    const mark = `break${Date.now().toString(36)}`;
    const ids: string[] = [];
    const send = async (n: number, url: string) => {
      for (let i = 0; i < n; i++) ids.push((await post(url, { userId: `${mark}_${ids.length}`, amount: 10 + i })).id);
    };
    await page.getByRole('searchbox').fill(mark);
    await send(15, stage.url);
    const list = page.locator('section[aria-label^="Decisions"] ol');
    const length = async () => Math.round((await list.evaluate((element) => element.clientHeight)) / 34);
    await until(async () => (await length()) === 15);

    stage.cut();
    await page.getByText('Connection lost').waitFor();
    stage.mend();
    // The line is whole again, but the page waits before it tries: these are decided while nobody follows.
    await send(25, stage.url);
    await page.getByText('Live', { exact: true }).waitFor();
    await send(10, stage.url);
    await until(async () => (await length()) === 50);

    const seen = new Set<string>();
    let lines = 0;
    for (let top = 0; top <= 50 * 34; top += 200) {
      await page
        .locator('section[aria-label^="Decisions"]')
        .evaluate((element, y) => element.scrollTo({ top: y }), top);
      await page.waitForTimeout(80);
      for (const href of await list
        .locator('a')
        .evaluateAll((links) => links.map((link) => link.getAttribute('href')!)))
        seen.add(decodeURIComponent(href.split('/').pop()!));
      lines = await length();
    }
    assert.equal(lines, 50);
    assert.deepEqual([...seen].sort(), [...ids].sort());
    await page.context().close();
  });

  test('transactions are found, edited and deleted; users are made', async () => {
    const { page, complaints } = await stage.open();
    const { id } = await post(stage.url, { userId: 'edit_me', amount: 12.5, currency: 'EUR', merchantId: 'm_old' });
    await page.goto('/transactions?q=edit_me');
    await page.getByRole('link', { name: 'edit_me' }).click();
    await page.getByRole('button', { name: 'Edit the payment of edit_me' }).click();
    await page.getByLabel('Merchant').fill('m_new');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved').first().waitFor();
    assert.equal((await read(id)).merchantId, 'm_new');
    await page.goBack();
    const file = await exported(page);
    assert.match(file, /^id,createdAt,transactionDate,userId,amount,currency,decision,/);
    assert.deepEqual(
      file.split('\r\n').map((line) => line.split(',')[0]),
      ['id', id, ''],
    );
    await page.getByRole('link', { name: 'edit_me' }).click();
    await page.getByRole('button', { name: 'Delete the payment of edit_me' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByText('Deleted').first().waitFor();
    await page.goto('/transactions?q=edit_me');
    await page.getByText('No transaction fits the filters').waitFor();

    await page.goto('/users?who=registered');
    await page.getByRole('button', { name: 'New user' }).click();
    await page.getByRole('textbox', { name: 'Name' }).fill('Ada Example');
    await page.getByRole('textbox', { name: 'E-mail' }).fill('ada@example.org');
    await page.getByRole('button', { name: 'Create' }).click();
    await page.getByRole('cell', { name: 'Ada Example', exact: true }).waitFor();
    assert.match(await exported(page), /^id,name,email,createdAt,updatedAt\r\n[^,]+,Ada Example,ada@example.org,/);
    // A browser reports every 404, and that there is no such payment can only be told by one.
    assert.deepEqual(
      complaints.filter((text) => !text.includes('404')),
      [],
    );
    await page.context().close();
  });

  async function read(id: string): Promise<{ decision: string; userId: string; label?: string; merchantId?: string }> {
    return (await fetch(`${stage.url}/api/transactions/${encodeURIComponent(id)}`)).json() as never;
  }
});

async function exported(page: Page): Promise<string> {
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Export CSV' }).click(),
  ]);
  return readFile(await file.path(), 'utf8');
}
