import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { onStage } from './on-stage.ts';
import { skip } from './stage.ts';

const ADMIN = 'sk_decision_0123456789abcdef';
const headers = { 'content-type': 'application/json', 'x-api-key': ADMIN };

interface Decided {
  id: string;
  decision: string;
}

/** One decision, as those see it who may do everything, and those who may not. */
describe('a decision', { skip, timeout: 360_000 }, () => {
  const stage = onStage(ADMIN);
  let declined: Decided[] = [];

  before(async () => {
    const all: Decided[] = [];
    for (let i = 0; i < 14; i++)
      all.push(
        await ask<Decided>('POST', '/api/transactions', {
          ...{ userId: `o_${i}`, cardId: `oc_${i}`, deviceId: 'od_1', ip: '203.0.113.9', email: `x${i}@mail.test` },
          ...{ amount: 1.2, country: 'NG', merchantId: 'm_1', accountAgeDays: 0 },
        }),
      );
    declined = all.filter(({ decision }) => decision === 'decline');
    assert.ok(declined.length >= 2, 'the burst is declined');
  });

  test('its contributions add up to the score, on the page', async () => {
    const page = await signedIn(ADMIN, declined[0].id);
    const chart = page.locator('section', { has: page.getByRole('heading', { name: 'Why' }) }).locator('ol');
    await chart.locator('li').nth(3).waitFor();
    const values = (await chart.locator('li > span:last-child').allTextContents()).map((text) =>
      Number(text.replace('−', '-')),
    );
    const steps = values.slice(0, -1);
    const sum = steps.reduce((total, value) => total + value, 0);
    // Each is rounded to a hundredth.
    assert.ok(Math.abs(sum - values.at(-1)!) <= 0.005 * values.length + 1e-9, `${sum} is not ${values.at(-1)}`);
    await page.context().close();
  });

  test('what would have changed it is told when asked for, as the API tells it', async () => {
    const { id } = declined[1];
    const told = await ask<{ counterfactuals: { changes: { message: string }[] }[]; none?: string }>(
      'GET',
      `/api/transactions/${id}/explanation?counterfactuals=true`,
    );
    const page = await signedIn(ADMIN, id);
    const panel = page.locator('section', { has: page.getByRole('heading', { name: 'What would have changed it' }) });
    await panel.getByRole('button', { name: 'Find the smallest changes' }).click();
    if (told.none) await panel.getByText(told.none).waitFor();
    const list = panel.getByRole('list', { name: 'Changes' }).getByRole('listitem');
    if (!told.none) await list.first().waitFor();
    assert.equal(await list.count(), told.counterfactuals.length);
    for (const { changes } of told.counterfactuals)
      await panel.getByText(changes.map(({ message }) => message).join('; ')).waitFor();
    await page.context().close();
  });

  test('a decline is overridden with a reason, which its history and the audit trail tell with who did it', async () => {
    const page = await signedIn(ADMIN, declined[0].id);
    const panel = (name: string) => page.locator('section', { has: page.getByRole('heading', { name, exact: true }) });
    await panel('Case').getByText('od_1').waitFor();
    await page.getByRole('button', { name: 'Override…' }).click();
    const submit = page.getByRole('button', { name: 'Override and finalize' });
    assert.equal(await submit.isDisabled(), true, 'not without a reason');
    await page.getByLabel('Reason').fill('The holder called');
    await submit.click();
    await page.getByText('Approved and finalized').first().waitFor();
    const history = panel('History');
    await history.getByText('Finalized by an override').waitFor();
    await history.getByText('The holder called').first().waitFor();
    await panel('Labels').getByText('Confirmed legitimate').waitFor();
    const trail = panel('Audit trail');
    await trail.getByText('finalize', { exact: true }).waitFor();
    await trail.getByText(/API_KEY of the environment.*reason The holder called/).waitFor();
    const { data } = await ask<{ data: { type: string; detail: { reason?: string } | null }[] }>(
      'GET',
      `/api/transactions/${declined[0].id}/history`,
    );
    assert.equal(data.find(({ type }) => type === 'overridden')?.detail?.reason, 'The holder called');

    await panel('Case').getByRole('link', { name: 'Open the case' }).click();
    await page.getByRole('heading', { name: 'Device od_1' }).waitFor();
    await page.context().close();
  });

  test('a key without ingest cannot override, and one without admin sees no audit trail', async () => {
    const { secret } = await ask<{ secret: string }>('POST', '/api/keys', { name: 'rev', scopes: ['read', 'review'] });
    const page = await signedIn(secret, declined[1].id);
    const override = page.getByRole('button', { name: 'Override…' });
    await override.waitFor();
    assert.equal(await override.isDisabled(), true);
    assert.equal(await override.getAttribute('title'), 'Your key lacks the scope ingest');
    assert.equal(await page.getByRole('button', { name: 'Confirm fraud' }).isEnabled(), true);
    await page.getByRole('heading', { name: 'History' }).waitFor();
    await page.waitForLoadState('networkidle');
    assert.equal(await page.getByRole('heading', { name: 'Audit trail' }).count(), 0);
    await page.context().close();
  });

  test('times are in the reader’s zone, with UTC on hover; an amount is in its currency', async () => {
    const { id } = await ask<Decided>('POST', '/api/transactions', {
      userId: 'o_yen',
      amount: 12_345,
      currency: 'JPY',
    });
    const page = await signedIn(ADMIN, id, { timezoneId: 'Asia/Kolkata' });
    assert.match((await page.getByRole('heading', { level: 1 }).textContent()) ?? '', /^¥12,345/);
    const details = page.locator('section', { has: page.getByRole('heading', { name: 'Payment', exact: true }) });
    const time = details.locator('time').last();
    const at = new Date((await time.getAttribute('datetime'))!);
    const clock = (timeZone: string) =>
      new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' }).format(at);
    assert.ok((await time.textContent())!.includes(clock('Asia/Kolkata')));
    const hover = (await time.getAttribute('title'))!;
    assert.ok(hover.includes(clock('UTC')) && hover.includes('UTC'), hover);
    await page.context().close();
  });

  async function signedIn(key: string, id: string, options: BrowserContextOptions = {}): Promise<Page> {
    const { page } = await stage.open(options);
    await page.goto(`/decisions/${encodeURIComponent(id)}`);
    await page.getByLabel('API key').fill(key);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Why' }).waitFor();
    return page;
  }

  async function ask<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await fetch(stage.url + path, {
      method,
      headers,
      body: body && JSON.stringify(body),
    } as RequestInit);
    assert.ok(answer.ok, `${method} ${path}: ${answer.status}`);
    return (await answer.json()) as T;
  }
});
