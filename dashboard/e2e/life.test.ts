import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { inBothThemes } from './axe.ts';
import { post } from './browser.ts';
import { onStage } from './on-stage.ts';
import { skip } from './stage.ts';

interface Read {
  id: string;
  decision: string;
  type: string;
  amount: number | null;
  label?: string;
  labelState: string;
  effective?: { source: string; pinned?: boolean };
  review?: { action: string; reason: string };
  disputes?: { id: string; status: string }[];
}

/** What becomes of a payment after its decision, as people see it and do it. */
describe('the life of a payment', { skip, timeout: 360_000 }, () => {
  const stage = onStage();
  const held: string[] = [];

  before(async () => {
    // All that is flagged is held, whatever the shipped model thinks of a burst.
    await fetch(`${stage.url}/api/policy/thresholds`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ review: 0.05, decline: 1 }),
    });
    for (let i = 0; i < 12; i++) {
      const { id, decision } = await post(stage.url, {
        ...{ userId: `h_${i}`, cardId: `hc_${i}`, deviceId: 'hd_1', ip: '203.0.113.9', email: `x${i}@mail.test` },
        ...{ amount: 1.2, currency: 'EUR', country: 'NG', merchantId: 'm_1', accountAgeDays: 0 },
      });
      if (decision === 'review') held.push(id);
    }
    assert.ok(held.length >= 2, 'two of the burst are held');
  });

  test('released, labelled, pinned, disputed: each is told, and the page says what is in force and why', async () => {
    const { page, complaints } = await stage.open({ reducedMotion: 'reduce' });
    await page.goto(`/decisions/${held[0]}`);
    await panel(page, 'Labels').getByText('Unknown while held').waitFor();
    await page.getByRole('button', { name: 'Release…' }).click();
    const confirm = page.getByRole('button', { name: 'Release it' });
    assert.equal(await confirm.isDisabled(), true, 'not without a reason');
    await inBothThemes(page, 'the review');
    await page.getByLabel('Reason').fill('The holder called');
    await confirm.click();
    await panel(page, 'History').getByText('Released', { exact: true }).waitFor();
    await panel(page, 'History').getByText('The holder called').waitFor();
    assert.equal((await read(held[0])).label, undefined, 'a review says nothing of what it was');
    await page.getByRole('button', { name: 'Finalize' }).waitFor();

    await page.getByRole('button', { name: 'Legitimate' }).click();
    await panel(page, 'Labels').getByText('Confirmed legitimate').waitFor();
    await page.getByRole('button', { name: 'Tell…' }).click();
    await page.getByText('A dispute', { exact: true }).click();
    await page.getByLabel('Its id').fill('dp_1');
    await page.getByLabel('Reason code').fill('10.4');
    await inBothThemes(page, 'what is told');
    await page.getByRole('button', { name: 'Record it' }).click();
    await panel(page, 'Labels').getByText('Dispute dp_1 says so; scheme and bank come before').waitFor();
    await panel(page, 'Disputes').getByText('Visa 10.4: other fraud, card absent').waitFor();
    await panel(page, 'History').getByText('Dispute dp_1: open').waitFor();
    await panel(page, 'Case').getByText('1 dispute').waitFor();

    await panel(page, 'Labels').getByRole('button', { name: 'Pin' }).click();
    await panel(page, 'Labels').getByText('Pinned as an analyst said').waitFor();
    assert.deepEqual((await read(held[0])).effective?.pinned, true);
    await panel(page, 'Labels').getByRole('button', { name: 'Take the pin back' }).click();
    await panel(page, 'Labels').getByText('Dispute dp_1 says so').waitFor();
    await inBothThemes(page, 'a whole life');
    const { labelState, effective, disputes } = await read(held[0]);
    assert.deepEqual([labelState, effective?.source, disputes?.length], ['fraud', 'dispute', 1]);
    assert.deepEqual(complaints, []);
    await page.context().close();
  });

  test('by keyboard in the queue: what is held is cancelled with a reason, and its money is at risk no more', async () => {
    const { page, complaints } = await stage.open();
    const [{ id, amountAtRisk }] = (await ask<{ data: { id: string; amountAtRisk: number }[] }>('/api/cases')).data;
    await page.goto(`/queue?case=${id}`);
    await page.getByText('It is held:').first().waitFor();
    await page.keyboard.press('x');
    await page.getByLabel('Reason').waitFor();
    await page.keyboard.type('Nobody answers');
    await page.keyboard.press('Control+Enter');
    await page.getByText('Cancelled').first().waitFor();
    await page.locator('[data-payment]').getByText('cancelled').first().waitFor();
    const reviews = await Promise.all(held.map(async (one) => (await read(one)).review));
    assert.deepEqual(
      reviews.filter((review) => review?.action === 'cancel').map((review) => review?.reason),
      ['Nobody answers'],
    );
    const [now] = (await ask<{ data: { amountAtRisk: number }[] }>('/api/cases')).data;
    assert.ok(now.amountAtRisk < amountAtRisk);
    assert.deepEqual(complaints, []);
    await page.context().close();
  });

  test('a registration is tried, told as one, listed and in its case, without an amount; so is a payout with its payee', async () => {
    const { page, complaints } = await stage.open({ reducedMotion: 'reduce' });
    await page.goto('/try');
    await page.getByRole('radio', { name: 'Bots that register' }).check();
    assert.equal(await page.getByRole('textbox', { name: 'Amount' }).count(), 0);
    await page.getByRole('button', { name: 'Decide' }).click();
    await page.getByText(/different cards on this device in registrations/).waitFor();
    await page.getByRole('link', { name: 'Open the decision' }).click();
    await page.getByRole('heading', { level: 1 }).getByText('Registration').waitFor();
    const id = decodeURIComponent(new URL(page.url()).pathname.split('/').pop()!);
    const { type, amount, decision } = await read(id);
    assert.deepEqual([type, amount, decision === 'approve'], ['registration', null, false]);
    await panel(page, 'Case')
      .getByText(/^\d+ registrations$/)
      .waitFor();
    await panel(page, 'Why').locator('ol > li').nth(3).waitFor();
    const contributions = await panel(page, 'Why').locator('ol').textContent();
    assert.doesNotMatch(contributions ?? '', /payment by|payments on|first payment/);
    await inBothThemes(page, 'a registration');
    await panel(page, 'Case').getByRole('link', { name: 'Open the case' }).click();
    await page.getByRole('heading', { name: 'Registrations' }).waitFor();
    await page.goto('/transactions');
    await page.getByRole('row').getByText('registration', { exact: true }).first().waitFor();

    await page.goto('/try');
    await page.getByText('Payout', { exact: true }).click();
    await page.getByRole('textbox', { name: 'Payee' }).fill('acct_9');
    await page.getByRole('textbox', { name: 'Amount' }).fill('35');
    await page.getByRole('textbox', { name: 'Currency' }).fill('EUR');
    await page.getByRole('button', { name: 'Decide' }).click();
    await page.getByRole('link', { name: 'Open the decision' }).click();
    await page.getByRole('heading', { level: 1 }).getByText('Payout').waitFor();
    await page.getByRole('heading', { level: 1 }).getByText(/^\$\d/).waitFor();
    await panel(page, 'Payout').getByText('acct_9').waitFor();
    assert.deepEqual(complaints, []);
    await page.context().close();
  });

  const panel = (page: Page, name: string) =>
    page.locator('section', { has: page.getByRole('heading', { name, exact: true }) });
  const read = (id: string): Promise<Read> => ask(`/api/transactions/${encodeURIComponent(id)}`);

  async function ask<T>(path: string): Promise<T> {
    const answer = await fetch(stage.server + path);
    assert.ok(answer.ok, `${path}: ${answer.status}`);
    return (await answer.json()) as T;
  }
});
