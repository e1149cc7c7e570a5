import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { inBothThemes } from './axe.ts';
import type { Watched } from './browser.ts';
import { onStage } from './on-stage.ts';
import { skip } from './stage.ts';

const KEY = 'an-admin-key-for-the-rules-page-0123456789';

/** A rule's whole life, by hand: written, wrong, mended, tried, in shadow, live, explained, taken back. */
describe('rules', { skip, timeout: 360_000 }, () => {
  const stage = onStage(KEY);
  let n = 0;

  async function ask<T>(method: string, path: string, body?: unknown, key = KEY): Promise<T> {
    const answer = await fetch(stage.server + path, {
      method,
      headers: { 'x-api-key': key, ...(body ? { 'content-type': 'application/json' } : {}) },
      body: body && JSON.stringify(body),
    } as RequestInit);
    assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${await answer.clone().text()}`);
    return (answer.status === 204 ? undefined : await answer.json()) as T;
  }
  interface Point {
    threshold: number;
    perDay: number;
    precision: number | null;
    recall: number | null;
  }
  interface Decided {
    id: string;
    decision: string;
    decidedBy: string;
    rules: { id: string; mode: string }[];
  }
  /** Another card on the same device, for little. */
  const pay = (deviceId = 'd_rules') =>
    ask<Decided>('POST', '/api/transactions', { userId: `u_${++n}`, cardId: `c_${n}`, deviceId, amount: 5 });

  async function signedIn(key: string): Promise<Watched> {
    const watched = await stage.open({ reducedMotion: 'reduce' });
    await watched.page.goto('/');
    await watched.page.getByLabel('API key').fill(key);
    await watched.page.keyboard.press('Enter');
    await watched.page.getByRole('heading', { name: 'Overview' }).waitFor();
    // A page that nobody is signed in to is told so by the server, and the browser notes it.
    watched.complaints.length = 0;
    return watched;
  }
  const button = (of: Page | Locator, name: string | RegExp) => of.getByRole('button', { name }).first();
  const radio = (page: Page, group: string, name: string) => page.getByRole('group', { name: group }).getByLabel(name);
  const expression = (page: Page) => page.getByRole('textbox', { name: 'Expression' });
  const check = (page: Page) => page.getByRole('status', { name: 'Check' });

  test('written, wrong, mended, in shadow, live, explained, restored', async () => {
    const { page, complaints } = await signedIn(KEY);
    await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Rules' }).click();
    await page.getByText('No rules yet: the model decides alone').waitFor();
    await page.getByText('Card testing on one device').waitFor();
    await page.getByRole('link', { name: 'Write the first rule' }).click();

    // Names complete while they are typed, by keyboard alone.
    await page.getByLabel('Name', { exact: true }).fill('Cards on a device');
    await expression(page).click();
    await page.keyboard.type('tx.amountB');
    await page.getByRole('option', { name: /amountBase/ }).waitFor();
    // The editor takes no key that was on its way when the list opened.
    await page.waitForTimeout(150);
    await page.keyboard.press('Enter');
    await page.getByRole('option').first().waitFor({ state: 'hidden' });
    await page.waitForTimeout(150);
    await page.keyboard.type(' < 20 && distinct("device", "crad", "1h") >= 3');
    // A caret under what is wrong, and the nearest right name.
    await check(page).getByText('Did you mean "card"?').waitFor();
    const caret = await page.locator('[data-caret]').first().textContent();
    const [line, marks] = caret!.split('\n');
    assert.equal(line.slice(marks.indexOf('^'), marks.lastIndexOf('^') + 1).replaceAll('"', ''), 'crad');
    assert.equal(await button(page, 'Save').isDisabled(), true);
    await inBothThemes(page, 'a wrong rule');
    await button(check(page), /Write/).click();
    await check(page).getByText('It checks').waitFor();
    await check(page).getByText('tx.amountBase').waitFor();
    await page.getByRole('heading', { name: 'What it would have done' }).waitFor();

    await radio(page, 'Outcome', 'Decline').check();
    await radio(page, 'Mode', 'Shadow').check();
    await page.getByLabel('Reason').fill('many cards on this device');
    await button(page, 'Save').click();
    await page.getByRole('heading', { name: 'Cards on a device' }).waitFor();
    assert.match(page.url(), /\/rules\/edit\/cards-on-a-device$/);

    await pay();
    await pay();
    const inShadow = await pay();
    assert.deepEqual(
      inShadow.rules.map(({ id, mode }) => [id, mode]),
      [['cards-on-a-device', 'shadow']],
    );
    assert.notEqual(inShadow.decidedBy, 'rule:cards-on-a-device');
    await page.locator('section', { hasText: 'Latest hits' }).getByRole('listitem').first().waitFor();

    await radio(page, 'Mode', 'Live').check();
    await button(page, 'Save').click();
    await page.getByText('Saved as version 2').waitFor();
    const applied = await pay();
    assert.equal(applied.decision, 'decline');
    assert.equal(applied.decidedBy, 'rule:cards-on-a-device');
    await inBothThemes(page, 'a rule');

    await page.goto(`/decisions/${applied.id}`);
    const rules = page.getByRole('region', { name: 'Rules' });
    await rules.getByText('rule cards-on-a-device decided').waitFor();
    // The clauses come with the explanation, which is asked for apart.
    await rules.locator('li li').nth(1).waitFor();
    assert.deepEqual(await rules.locator('li li').allInnerTexts().then(clean), [
      'true tx.amountBase < 20',
      'true distinct("device", "card", "1h") >= 3',
    ]);
    await inBothThemes(page, 'an explained decision');

    await rules.getByRole('link', { name: 'cards-on-a-device' }).click();
    await button(page, 'Restore version 1').click();
    const dialog = page.getByRole('dialog');
    await dialog.locator('ins', { hasText: 'shadow' }).waitFor();
    await inBothThemes(page, 'restoring');
    await button(dialog, 'Restore').click();
    await page.getByText('Version 1 is back').waitFor();
    assert.notEqual((await pay()).decidedBy, 'rule:cards-on-a-device');
    assert.deepEqual(complaints, []);
    await page.context().close();
  });

  test('who was slower is told what happened, and loses nothing that was typed', async () => {
    const { page } = await signedIn(KEY);
    await ask('POST', '/api/rules', { id: 'contested', name: 'Contested', when: 'tx.amount > 5', outcome: 'review' });
    await page.goto('/rules/edit/contested');
    await page.getByLabel('Reason').fill('mine');
    await ask('PUT', '/api/rules/contested', { version: 1, when: 'tx.amount > 7' });
    await page.getByText('It checks').waitFor();
    await button(page, 'Save').click();
    const conflict = page.getByRole('alert', { name: 'Conflict' });
    await conflict.getByText('Somebody was faster').waitFor();
    await conflict.locator('ins', { hasText: '7' }).waitFor();
    assert.equal(await page.getByLabel('Reason').inputValue(), 'mine');
    await inBothThemes(page, 'a conflict');
    await button(conflict, 'Save mine all the same').click();
    await page.getByText('Saved as version 3').waitFor();
    const { reason, when } = await ask<{ reason: string; when: string }>('GET', '/api/rules/contested');
    assert.deepEqual({ reason, when }, { reason: 'mine', when: 'tx.amount > 5' });
    await button(page, 'Delete…').click();
    await button(page.getByRole('alertdialog'), 'Delete').click();
    await page.getByRole('heading', { name: 'Rules', exact: true }).waitFor();
    await page.getByText('Contested').waitFor({ state: 'detached' });
    await page.context().close();
  });

  test('a list takes an entity from a resolved case by a click, and a rule asks it', async () => {
    const { page, complaints } = await signedIn(KEY);
    await page.goto('/rules/lists');
    await button(page, 'New list').click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('bad_devices');
    await dialog.getByLabel('Of', { exact: true }).selectOption('device');
    await dialog.getByRole('checkbox').check();
    await inBothThemes(page, 'a new list');
    await button(dialog, 'Create').click();
    await page.getByText('Nothing is on it yet').waitFor();

    await page.getByLabel('CSV file').setInputFiles({
      ...{ name: 'devices.csv', mimeType: 'text/csv' },
      buffer: Buffer.from('value,expiresAt,note\nd_csv,,by file\nd_late,never,wrong\n'),
    });
    await page.getByRole('dialog').getByText('expiresAt').first().waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('cell', { name: 'd_csv', exact: true }).waitFor();

    // Whoever only works cases is offered the list too.
    const { secret } = await ask<{ secret: string }>('POST', '/api/keys', { name: 'rev', scopes: ['read', 'review'] });
    await ask('POST', '/api/rules', {
      ...{ id: 'held', name: 'Held', when: 'tx.deviceId == "d_case"', outcome: 'review', mode: 'live' },
    });
    await pay('d_case');
    const { data } = await ask<{ data: { id: string }[] }>('GET', '/api/cases?entity=device:d_case');
    const reviewer = await signedIn(secret);
    await reviewer.page.goto(`/queue?case=${data[0].id}`);
    await reviewer.page.getByText('d_case').first().waitFor();
    await button(reviewer.page, /^Fraud/).click();
    await button(reviewer.page.getByRole('dialog'), 'Resolve as fraud').click();
    await reviewer.page.getByRole('dialog').waitFor({ state: 'detached' });
    await reviewer.page.goto(`/queue?show=resolved&case=${data[0].id}`);
    await button(reviewer.page, 'Add device d_case to a list').click();
    await inBothThemes(reviewer.page, 'adding to a list');
    await button(reviewer.page.getByRole('dialog'), 'Add').click();
    await reviewer.page.getByText('Added to bad_devices').waitFor();
    // What is live is not theirs.
    await reviewer.page.goto('/rules/new');
    await radio(reviewer.page, 'Mode', 'Shadow').waitFor();
    assert.equal(await radio(reviewer.page, 'Mode', 'Live').count(), 0);
    assert.deepEqual(reviewer.complaints, []);
    await reviewer.page.context().close();

    await page.getByRole('cell', { name: 'd_case', exact: true }).waitFor();
    await page.getByLabel('Search entries by value or note').fill('case');
    await page.getByRole('cell', { name: 'd_csv', exact: true }).waitFor({ state: 'detached' });
    await inBothThemes(page, 'entries');
    await button(page, 'Remove d_case').click();
    await page.getByText('No entry fits the search').waitFor();
    assert.deepEqual(complaints, []);
    await page.context().close();
  });

  test('thresholds and the control share are set, and the whole policy is restored', async () => {
    const { page, complaints } = await signedIn(KEY);
    const { version } = await ask<{ version: number }>('GET', '/api/policy');
    // Of a burst every third was honest, as somebody says.
    for (let i = 0; i < 12; i++) {
      const { id } = await pay('d_curve');
      const label = i % 3 === 0 ? 'legitimate' : 'fraud';
      await ask('POST', `/api/transactions/${id}/labels`, { label, source: 'analyst' });
    }
    await page.goto('/rules/policy');
    const panel = (name: string) => page.locator('section', { has: page.getByRole('heading', { name, exact: true }) });
    await page.getByLabel('Review from, percent').fill('12.5');
    await page.getByLabel('Decline from, percent').fill('60');
    // What those would have flagged is told while they are typed, as the server reckons it.
    const curve = page.getByRole('region', { name: 'By threshold' });
    for (const name of [/^Precision and recall by threshold/, /^Alerts a day by threshold/])
      assert.match((await curve.getByRole('group', { name }).locator('svg path').first().getAttribute('d'))!, /^M.+L/);
    const { points } = await ask<{ points: Point[] }>('GET', '/api/policy/thresholds/curve');
    const from = points.find(({ threshold }) => threshold >= 0.125)!;
    const row = curve.getByRole('row', { name: /^Review 13%/ });
    const shown = await row.getByRole('cell').allInnerTexts();
    assert.equal(shown[0].replaceAll(',', ''), String(from.perDay < 10 ? from.perDay : Math.round(from.perDay)));
    assert.equal(shown[1].split('\n')[0], `${Math.round(from.precision! * 100)}%`);
    assert.equal(shown[2], `${Math.round(from.recall! * 100)}%`);
    await curve.getByRole('group', { name: /^Alerts/ }).focus();
    await page.keyboard.press('ArrowLeft');
    await curve
      .getByRole('group', { name: /^Alerts/ })
      .getByText('threshold, probability of fraud')
      .last()
      .waitFor();
    await button(panel('Thresholds'), 'Set').click();
    await page.getByText('Thresholds set').waitFor();
    await page.getByLabel('Share of declines, percent').fill('2');
    await page.getByText('No amount bounds what may be lost').waitFor();
    await page.getByLabel(/^Up to an amount/).fill('50');
    await button(panel('Control share'), 'Set').click();
    await page.getByText('Control share set').waitFor();
    const now = await ask<{ thresholds: object; control: { share: number; maxAmount: number } }>('GET', '/api/policy');
    assert.deepEqual(now.thresholds, { review: 0.125, decline: 0.6 });
    assert.deepEqual([now.control.share, now.control.maxAmount], [0.02, 50]);
    await inBothThemes(page, 'the policy');
    await button(page, `Restore policy version ${version}`).click();
    await button(page.getByRole('dialog'), 'Restore').click();
    await page.getByText('The policy is restored').waitFor();
    const back = await ask<{ thresholds: object; control: { share: number } }>('GET', '/api/policy');
    assert.deepEqual(back.thresholds, { review: null, decline: null });
    assert.equal(back.control.share, 0);
    assert.deepEqual(complaints, []);
    await page.context().close();
  });
});

const clean = (texts: string[]): string[] => texts.map((text) => text.replace(/\s+/g, ' ').trim());
