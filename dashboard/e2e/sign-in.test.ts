import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { bringChallenger } from './challenger.ts';
import { onStage } from './on-stage.ts';
import { skip } from './stage.ts';

const ADMIN = 'sk_end_to_end_0123456789abcdef';

/** A server with keys: nobody sees anything before signing in, and nobody may more than the key. */
describe('signing in', { skip, timeout: 360_000 }, () => {
  // No case of another test has so much at risk.
  const stage = onStage(ADMIN, () => ({ FOUR_EYES: 'cases>=12' }));

  test('a key signs in, the session outlives a reload and does its work, and ends with signing out', async () => {
    const { page, complaints } = await stage.open();
    await page.goto('/try');
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    assert.equal(complaints.join(), '');

    await enter(page, 'sk_wrong');
    await page.getByText('This key is unknown or revoked.').waitFor();
    await enter(page, ADMIN);
    await page.getByRole('heading', { name: 'Try it' }).waitFor();
    await page.getByText('Live', { exact: true }).waitFor();
    await page.reload();
    await page.getByRole('button', { name: 'Decide' }).click();
    await page.getByRole('link', { name: 'Open the decision' }).click();
    await page.getByRole('button', { name: 'Label…' }).click();
    await page.getByRole('button', { name: 'Record label' }).click();
    await page.getByText('Label recorded').first().waitFor();

    const kept: string = await page.evaluate<string>(() =>
      JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]),
    );
    assert.ok(!kept.includes('sk_'), `the key is within reach of scripts: ${kept}`);

    await page.goto('/settings');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    // The one complaint is the browser's, about the wrong key.
    assert.deepEqual(
      complaints.filter((text) => !text.includes('401')),
      [],
    );
    await page.context().close();
  });

  test('with a key that may only read, what it may not do is off and says why', async () => {
    const made = await fetch(`${stage.url}/api/keys`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': ADMIN },
      body: JSON.stringify({ name: 'reader', scopes: ['read'] }),
    });
    const { secret } = (await made.json()) as { secret: string };
    const { page, complaints } = await stage.open();
    await page.goto('/users?who=registered');
    await enter(page, secret);
    const create = page.getByRole('button', { name: 'New user' });
    await create.waitFor();
    assert.equal(await create.isDisabled(), true);
    assert.equal(await create.getAttribute('title'), 'Your key lacks the scope ingest');
    await page.getByText('Live', { exact: true }).waitFor();
    await bringChallenger(stage.server, { 'x-api-key': ADMIN });
    await page.goto('/models');
    const promote = page.getByRole('button', { name: /^Promote/ }).first();
    await promote.waitFor();
    assert.equal(await promote.isDisabled(), true);
    assert.equal(await promote.getAttribute('title'), 'Your key lacks the scope admin');
    assert.deepEqual(complaints, []);
    await page.context().close();
  });

  test('two analysts in two browsers: nothing of either is lost, each sees the other by name and themselves as themselves', async () => {
    const headers = { 'content-type': 'application/json', 'x-api-key': ADMIN };
    const ask = async (method: string, path: string, body?: object) => {
      const answer = await fetch(stage.server + path, { method, headers, body: body && JSON.stringify(body) });
      assert.ok(answer.ok, `${path}: ${answer.status}`);
      return answer.json() as Promise<Answer>;
    };
    const held = { amount: 1.2, country: 'NG', merchantId: 'm_1', accountAgeDays: 0 };
    const attack = async (device: string, payments: number) => {
      for (let i = 0; i < payments; i++)
        await ask('POST', '/api/transactions', {
          ...{ ...held, userId: `${device}_${i}`, cardId: `c_${device}_${i}`, deviceId: device },
          email: `${device}_${i}@mail.test`,
        });
    };
    for (const device of ['d_both', 'd_other', 'd_third']) await attack(device, 9);
    const [{ id }] = (await ask('GET', '/api/cases?entity=device:d_both')).data;
    const signedIn = async (name: string) => {
      const { secret } = await ask('POST', '/api/keys', { name, scopes: ['read', 'review'] });
      const { page } = await stage.open({ reducedMotion: 'reduce' });
      await page.goto(`/queue?case=${id}`);
      await enter(page, secret);
      await page.getByRole('heading', { name: 'Comments and history' }).waitFor();
      await page.getByText('Live', { exact: true }).waitFor();
      return page;
    };
    const [ann, bob] = [await signedIn('Ann'), await signedIn('Bob')];
    const history = (page: Page) => page.locator('[data-details] ol');

    await ann.keyboard.press('c');
    await ann.keyboard.type('Rang the bank');
    await ann.keyboard.press('Control+Enter');
    await history(ann).getByText('You commented').waitFor();
    await bob.getByText('This case has changed since you opened it').waitFor();
    await bob.getByText('Ann commented').first().waitFor();
    // What Bob saw is not what is there: nothing is done, and what he wrote stays.
    await bob.keyboard.press('d');
    await bob.getByLabel('Note (optional)').fill('A ring');
    await bob.keyboard.press('Control+Enter');
    await bob.getByText('Somebody was faster. Nothing of yours was changed.').waitFor();
    assert.equal((await ask('GET', `/api/cases/${id}`)).status, 'open');
    await bob.getByRole('button', { name: /^Resolve it as fraud all the same/ }).click();
    await ann.getByText('Bob resolved it as fraud').first().waitFor();
    const now = await ask('GET', `/api/cases/${id}`);
    assert.deepEqual(
      now.history.map(({ type, byName, detail }) => [type, byName, detail?.text ?? detail?.note]),
      [
        ['opened', null, undefined],
        ['commented', 'Ann', 'Rang the bank'],
        ['resolved', 'Bob', 'A ring'],
      ],
    );
    await bob.goto(`/queue?case=${id}&show=resolved`);
    await history(bob).getByText('You resolved it as fraud').waitFor();
    await history(bob).getByText('Ann commented').waitFor();

    // Above an amount the first one waits for the second.
    await attack('d_eyes', 20);
    const [{ id: large }] = (await ask('GET', '/api/cases?entity=device:d_eyes')).data;
    await ann.goto(`/queue?case=${large}`);
    await history(ann).waitFor();
    await ann.keyboard.press('d');
    await ann.getByLabel('Note (optional)').fill('The same van');
    await ann.keyboard.press('Control+Enter');
    await ann.getByText('You asked for it').waitFor();
    assert.equal(await ann.getByRole('button', { name: 'Confirm as fraud' }).count(), 0);
    assert.equal((await ask('GET', `/api/cases/${large}`)).status, 'open');
    await bob.goto(`/queue?case=${large}`);
    await bob.getByText('Ann asked for it').waitFor();
    await bob.getByRole('button', { name: 'Confirm as fraud' }).click();
    await bob.getByText('Resolved as fraud').first().waitFor();
    await ann.getByText('Bob resolved it as fraud').first().waitFor();

    // Both ask for the next one at once: each gets another.
    await Promise.all([ann, bob].map((page) => page.getByRole('button', { name: 'Next case' }).click()));
    for (const page of [ann, bob]) await page.getByText('It is yours').first().waitFor();
    const taken = (await ask('GET', '/api/cases?assigned=yes')).data.map(({ assignee }) => assignee);
    assert.deepEqual(taken.sort(), ['Ann', 'Bob']);
    for (const page of [ann, bob]) {
      await page.getByRole('button', { name: 'With you' }).waitFor();
      await page.context().close();
    }
  });
});

interface Answer {
  secret: string;
  status: string;
  data: { id: string; assignee: string | null }[];
  history: { type: string; byName: string | null; detail: { text?: string; note?: string } | null }[];
}

async function enter(page: Page, key: string): Promise<void> {
  await page.getByLabel('API key').fill(key);
  await page.getByRole('button', { name: 'Sign in' }).click();
}
