import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { bringChallenger } from './challenger.ts';
import { onStage } from './on-stage.ts';
import { skip } from './stage.ts';

const ADMIN = 'sk_end_to_end_0123456789abcdef';

/** A server with keys: nobody sees anything before signing in, and nobody may more than the key. */
describe('signing in', { skip, timeout: 360_000 }, () => {
  const stage = onStage(ADMIN);

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
});

async function enter(page: Page, key: string): Promise<void> {
  await page.getByLabel('API key').fill(key);
  await page.getByRole('button', { name: 'Sign in' }).click();
}
