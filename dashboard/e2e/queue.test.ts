import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { inBothThemes } from './axe.ts';
import { post } from './browser.ts';
import { fits } from './fits.ts';
import { onStage } from './on-stage.ts';
import { skip } from './stage.ts';
import { until } from './until.ts';

interface CaseRead {
  id: string;
  status: string;
  version: number;
  resolution: string | null;
  note: string | null;
  assignee: string | null;
  transactionCount: number;
  transactions: { id: string; label?: string }[];
  comments: { text: string }[];
}

interface Reason {
  message: string;
}

/** The review queue, by people who act at once, against a real server. */
describe('the review queue', { skip, timeout: 360_000 }, () => {
  const stage = onStage();

  test('by keyboard alone: a burst of card testing is one case, and its resolution labels every payment of it', async () => {
    const device = 'd_burst';
    await burst(device);
    const { page, complaints } = await stage.open();
    await page.goto('/');
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    await page.keyboard.press('3');
    await page.locator('[data-id]').first().waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type(`device:${device}`);
    await page.keyboard.press('Escape');
    await until(async () => (await page.locator('[data-id]').count()) === 1);
    await page.getByRole('heading', { name: `Device ${device}` }).waitFor();

    await page.keyboard.press('s');
    await page.getByLabel('Name').waitFor();
    await page.keyboard.type('Ann');
    await page.keyboard.press('Enter');
    await page.getByText('Assigned to Ann').first().waitFor();
    await page.locator('[data-modal]').waitFor({ state: 'detached' });
    await page.keyboard.press('c');
    await page.keyboard.type('Nine cards within minutes');
    await page.keyboard.press('Control+Enter');
    await page.getByText('Comment added').first().waitFor();
    await page.keyboard.press('d');
    await page.locator('[data-modal]').waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.type('Card testing');
    await page.keyboard.press('Control+Enter');
    await page.getByText('Resolved as fraud').first().waitFor();

    const [resolved, ...others] = await casesOf(device);
    assert.deepEqual(others, [], 'one attack, one case');
    const whole = await read(resolved.id);
    assert.deepEqual(
      [whole.status, whole.resolution, whole.assignee, whole.note, whole.comments.map(({ text }) => text)],
      ['resolved', 'fraud', 'Ann', 'Card testing', ['Nine cards within minutes']],
    );
    assert.ok(whole.transactionCount >= 5, `only ${whole.transactionCount} alerts`);
    await until(async () => (await read(resolved.id)).transactions.every(({ label }) => label === 'fraud'));
    assert.equal((await read(resolved.id)).transactions.length, whole.transactionCount);
    assert.deepEqual(complaints, []);
    await page.context().close();
  });

  test('two resolve the same case: the second is told what the first did, and keeps what they wrote', async () => {
    await burst('d_two');
    const [{ id }] = await casesOf('d_two');
    const [first, second] = [await openCase(id), await openCase(id)];
    // Both have it before them when the first one acts.
    await choose(first, 'd', 'Known to the shop');
    await choose(second, 'a', 'I called the holder');
    await first.keyboard.press('Control+Enter');
    await first.getByText('Resolved as fraud').first().waitFor();
    await second.keyboard.press('Control+Enter');

    const conflict = second.getByRole('alert', { name: 'Conflict' });
    await conflict.getByText('Somebody was faster').waitFor();
    for (const text of ['resolved it as fraud', 'Known to the shop', 'resolve it as legitimate', 'I called the holder'])
      await conflict.getByText(text).waitFor();
    const [before, labels] = [await read(id), ['fraud']];
    assert.deepEqual([before.resolution, before.note], ['fraud', 'Known to the shop']);
    await conflict.getByRole('button', { name: 'Add what I wrote as a comment' }).click();
    await second.getByText('Comment added').first().waitFor();
    const now = await read(id);
    assert.deepEqual(
      now.comments.map(({ text }) => text),
      ['I called the holder'],
    );
    assert.deepEqual([...new Set(now.transactions.map(({ label }) => label))], labels);
    await Promise.all([first.context().close(), second.context().close()]);
  });

  test('a resolution is taken back: by Undo at once, by Reopen later; and nobody else is said to have done it', async () => {
    await burst('d_undo');
    const [{ id }] = await casesOf('d_undo');
    const page = await openCase(id);
    const labels = async () => [...new Set((await read(id)).transactions.map(({ label }) => label))];
    await choose(page, 'd', '');
    await page.keyboard.press('Enter');
    await page.getByText('Resolved as fraud').first().waitFor();
    await until(async () => (await labels())[0] === 'fraud');
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('Taken back').first().waitFor();
    assert.deepEqual([(await read(id)).status, await labels()], ['open', [undefined]]);

    await page.goto(`/queue?case=${id}`);
    await page.getByRole('heading', { name: 'Comments and history' }).waitFor();
    await choose(page, 'l', '');
    await page.keyboard.press('Enter');
    await page.getByText('Resolved as unsure').first().waitFor();
    await page.goto(`/queue?show=resolved&case=${id}`);
    await page.getByRole('button', { name: 'Reopen' }).click();
    await page.getByText('Reopened', { exact: true }).first().waitFor();
    await page.locator('ol').getByText('reopened it').nth(1).waitFor();
    assert.equal(await page.getByText('This case has changed').count(), 0);
    assert.equal(await page.getByText('Somebody').count(), 0);
    assert.equal((await read(id)).status, 'open');
    await page.context().close();
  });

  test('where the case is still open, the second may do it all the same, having seen what changed', async () => {
    await burst('d_open');
    const [{ id, version }] = await casesOf('d_open');
    const page = await openCase(id);
    await choose(page, 'l', '');
    await change(id, 'assign', { assignee: 'Ben', version });
    await page.keyboard.press('Enter');
    const conflict = page.getByRole('alert', { name: 'Conflict' });
    await conflict.getByText('assigned it to Ben').waitFor();
    assert.equal((await read(id)).status, 'open');
    await conflict.getByRole('button', { name: 'Resolve it as unsure all the same' }).click();
    await page.getByText('Resolved as unsure').first().waitFor();
    const now = await read(id);
    assert.deepEqual([now.resolution, now.assignee], ['unsure', 'Ben']);
    assert.ok(
      now.transactions.every(({ label }) => label === undefined),
      'unsure labels nothing',
    );
    await page.context().close();
  });

  test('what others do is announced and not slipped in', async () => {
    await burst('d_seen');
    const [{ id, version }] = await casesOf('d_seen');
    const page = await openCase(id);
    await page.getByText('Live', { exact: true }).waitFor();
    await change(id, 'comments', { text: 'Wait for the bank', version });
    await page.getByText('This case has changed since you opened it').waitFor();
    assert.equal(await page.locator('ol').getByText('Wait for the bank').count(), 0);
    await page.keyboard.press('r');
    await page.locator('ol').getByText('Wait for the bank').waitFor();
    await page.context().close();
  });

  test('a payment that joins unseen is not waved through', async () => {
    await burst('d_joins');
    const [{ id }] = await casesOf('d_joins');
    const page = await openCase(id);
    await choose(page, 'a', '');
    const { transactionCount } = await read(id);
    for (let i = 20; (await read(id)).transactionCount === transactionCount; i++) await pay('d_joins', i);
    await page.keyboard.press('Enter');
    const conflict = page.getByRole('alert', { name: 'Conflict' });
    await conflict.getByText(/more payments? joined/).waitFor();
    assert.equal((await read(id)).status, 'open');
    await conflict.getByRole('button', { name: 'Resolve it as legitimate all the same' }).click();
    await page.getByText('Resolved as legitimate').first().waitFor();
    await until(async () => (await read(id)).transactions.every(({ label }) => label === 'legitimate'));
    await page.context().close();
  });

  for (const width of [1280, 390])
    test(`${width} px: a case, its dialogs and a conflict have nothing serious to axe`, async () => {
      const device = `d_axe_${width}`;
      await burst(device);
      const [{ id }] = await casesOf(device);
      const { page } = await stage.open({ viewport: { width, height: 860 }, reducedMotion: 'reduce' });
      await page.goto(`/queue?case=${id}`);
      await page.getByRole('heading', { name: 'Comments and history' }).waitFor();
      await fits(page, width);
      await inBothThemes(page, 'a case');
      await choose(page, 'd', 'Seen before');
      await inBothThemes(page, 'resolving');
      await change(id, 'assign', { assignee: `Ben ${width}`, version: (await read(id)).version });
      await page.keyboard.press('Control+Enter');
      await page.getByRole('alert', { name: 'Conflict' }).waitFor();
      await page.locator('[data-modal]').waitFor({ state: 'detached' });
      await inBothThemes(page, 'a conflict');
      await page.keyboard.press('s');
      await page.locator('[data-modal]').waitFor();
      await inBothThemes(page, 'assigning');
      await page.context().close();
    });

  test('whoever has no name has no cases, and is told so without a question that the server refuses', async () => {
    const { page, complaints } = await stage.open();
    await page.goto('/queue?show=mine');
    await page.getByText('Nothing is with you').waitFor();
    assert.deepEqual(complaints, []);
    await page.context().close();
  });

  test('payments that join a case are told, and those in sight stay where they are until they are asked for', async () => {
    const device = 'd_joins';
    await burst(device);
    const [{ id, transactionCount }] = await casesOf(device);
    const page = await openCase(id);
    const rows = page.locator('[data-payment]');
    const shown = () => rows.evaluateAll((all) => all.map((row) => row.getAttribute('data-payment')));
    await rows.first().waitFor();
    await page.getByText('Live', { exact: true }).waitFor();
    const before = await shown();
    const { id: joined } = await pay(device, 12);
    await until(async () => (await read(id)).transactionCount === transactionCount + 1);
    const more = page.getByRole('button', { name: 'Show 1 new' });
    await more.waitFor();
    assert.deepEqual(await shown(), before);
    await more.click();
    await until(async () => (await shown()).includes(joined));
    assert.equal(await more.count(), 0);
    await page.context().close();
  });

  test('on a phone score, time and reason of each payment are in sight, and the answers are under the thumb', async () => {
    const device = 'd_phone';
    await burst(device);
    const [{ id }] = await casesOf(device);
    const { page } = await stage.open({ viewport: { width: 390, height: 844 }, hasTouch: true });
    await page.goto(`/queue?case=${id}`);
    const row = page.locator('[data-payment]').first();
    await row
      .getByText(/^score \d+$/)
      .first()
      .waitFor();
    await row.locator('time').waitFor();
    const t = (await (await fetch(`${stage.url}/api/cases/${id}`)).json()) as { transactions: { reasons: Reason[] }[] };
    const reasons = t.transactions.flatMap((one) => one.reasons).map(({ message }) => message.toLowerCase());
    const text = ((await row.textContent()) ?? '').toLowerCase();
    assert.ok(
      reasons.some((reason) => text.includes(reason)),
      text,
    );
    // However far down the reader is.
    for (const top of [0, 300, 10_000]) {
      await page.evaluate((y) => scrollTo(0, y), top);
      for (const name of ['Legitimate', 'Fraud', 'Label…']) await inSight(page, name);
    }
    await page.getByRole('button', { name: 'Fraud', exact: true }).tap();
    await page.getByRole('dialog', { name: 'What did it turn out to be?' }).waitFor();
    await page.context().close();
  });

  /** Within the window, and covered by nothing. */
  async function inSight(page: Page, name: string): Promise<void> {
    const button = page.getByRole('button', { name, exact: true });
    assert.equal(await button.count(), 1, name);
    await until(() =>
      button.evaluate((element) => {
        const { left, top, width, height } = element.getBoundingClientRect();
        return element.contains(document.elementFromPoint(left + width / 2, top + height / 2));
      }),
    );
  }

  async function openCase(id: string): Promise<Page> {
    const { page } = await stage.open();
    await page.goto(`/queue?case=${id}`);
    await page.getByRole('heading', { name: 'Comments and history' }).waitFor();
    return page;
  }

  /** Opens the dialog by its key, and types the note. */
  async function choose(page: Page, key: string, note: string): Promise<void> {
    await page.keyboard.press(key);
    await page.locator('[data-modal]').waitFor();
    if (note === '') return;
    await page.keyboard.press('Tab');
    await page.keyboard.type(note);
  }

  const pay = (deviceId: string, i: number) =>
    post(stage.url, {
      ...{ userId: `${deviceId}_${i}`, cardId: `c_${deviceId}_${i}`, deviceId, email: `${deviceId}_${i}@mail.test` },
      ...{ amount: 1.2, country: 'NG', merchantId: 'm_1', accountAgeDays: 0 },
    });

  async function burst(device: string): Promise<void> {
    let alerts = 0;
    for (let i = 0; i < 12; i++) if ((await pay(device, i)).decision !== 'approve') alerts++;
    // All of them: what joins later is a change that the page announces.
    await until(async () => (await casesOf(device))[0]?.transactionCount === alerts);
  }

  async function casesOf(device: string): Promise<CaseRead[]> {
    const answer = await fetch(`${stage.url}/api/cases?entity=${encodeURIComponent(`device:${device}`)}`);
    return ((await answer.json()) as { data: CaseRead[] }).data;
  }

  async function read(id: string): Promise<CaseRead> {
    return (await fetch(`${stage.url}/api/cases/${id}`)).json() as Promise<CaseRead>;
  }

  async function change(id: string, what: string, body: object): Promise<void> {
    const answer = await fetch(`${stage.url}/api/cases/${id}/${what}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    assert.ok(answer.ok, `${answer.status}`);
  }
});
