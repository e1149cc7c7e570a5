import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { inBothThemes } from './axe.ts';
import { post } from './browser.ts';
import { fits } from './fits.ts';
import { honest, type LanguageModel, startLanguageModel } from './language-model.ts';
import { onStage } from './on-stage.ts';
import { skip } from './stage.ts';

/** Card testing on one device, until one of it is declined. */
async function declined(base: string, device: string): Promise<string> {
  for (let i = 0; i < 40; i++) {
    const { id, decision } = await post(base, {
      ...{ id: `${device}_${i}`, userId: `${device}_u${i}`, cardId: `${device}_c${i}`, deviceId: device },
      ...{ amount: 1.2, country: 'NG', merchantId: 'm_1', accountAgeDays: 0 },
    });
    if (decision === 'decline') return id;
  }
  throw new Error('none of 40 was declined');
}

const words = (page: Page) => page.locator('section.panel', { has: page.getByRole('heading', { name: 'In words' }) });

async function caseOf(base: string, device: string): Promise<string> {
  for (let i = 0; i < 100; i++) {
    const answer = await fetch(`${base}/api/cases?entity=${encodeURIComponent(`device:${device}`)}`);
    const { data } = (await answer.json()) as { data: { id: string }[] };
    if (data.length > 0) return data[0].id;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${device} has no case`);
}

/** A picture for whoever wants to look: E2E_PICTURES names the folder. */
async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env.E2E_PICTURES;
  if (folder) await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
}

describe('decisions in words, where no language model is set', { skip, timeout: 360_000 }, () => {
  const stage = onStage();

  test('a payment and its case are told from the reasons, and nobody can be asked', async () => {
    const id = await declined(stage.url, 'd_plain');
    const { page, complaints } = await stage.open();
    await page.goto(`/decisions/${id}`);
    await words(page).getByText('from the reasons; confidence').waitFor();
    await words(page)
      .getByText(/^A payment of \$1\.20 on .* was declined: the risk of fraud is/)
      .waitFor();
    await words(page)
      .getByText(/^Ask the customer, by a contact known/)
      .waitFor();
    assert.equal(await words(page).getByRole('button').count(), 0);
    await page.goto(`/queue?case=${await caseOf(stage.url, 'd_plain')}`);
    await words(page)
      .getByText(/(share|names) one device, with \d+ user/)
      .waitFor();
    assert.equal(await words(page).getByRole('button').count(), 0);
    assert.deepEqual(complaints, []);
    await page.context().close();
  });
});

describe('decisions in words, by a language model', { skip, timeout: 360_000 }, () => {
  let model: LanguageModel;
  before(async () => {
    model = await startLanguageModel();
  });
  const settings = { LLM_MODEL: 'small', LLM_PER_MINUTE: '1000', LLM_TIMEOUT_MS: '60000' };
  const stage = onStage('', () => ({ ...settings, LLM_URL: model.url }));
  after(() => model?.stop());

  test('its text takes the template’s place while the page is looked at', async () => {
    model.hold();
    const id = await declined(stage.url, 'd_live');
    const { page, complaints } = await stage.open();
    await page.goto(`/decisions/${id}`);
    await words(page).getByText('from the reasons; confidence').waitFor();
    await page.getByText('Live', { exact: true }).waitFor();
    model.letGo();
    await words(page).getByText('by small, checked against the reasons; confidence medium').waitFor();
    await words(page)
      .getByText(/^What weighs most with this, as the reasons say: /)
      .waitFor();
    assert.equal(await words(page).getByRole('button').count(), 0, 'it has written');
    assert.deepEqual(complaints, []);
    await page.context().close();
  });

  test('it is asked on the page; where it fails, lies or is refused the page says so, and the template’s text stands', async () => {
    const { id, decision } = await post(stage.url, {
      userId: 'u_calm',
      amount: 12,
      accountAgeDays: 900,
      country: 'US',
    });
    assert.equal(decision, 'approve');
    const { page } = await stage.open();
    await page.goto(`/decisions/${id}`);
    const ask = words(page).getByRole('button', { name: 'Ask small' });
    const failures: [Parameters<LanguageModel['answers']>[0], string][] = [
      [400, 'it could not be asked, or failed'],
      [(_, message) => honest('user_frauds_30d', message), 'it cites a reason that the decision does not have'],
      [(code) => honest(code, 'it was made 99123 km away'), 'it says a number that is not in the decision'],
    ];
    for (const [how, words_] of failures) {
      model.answers(how);
      await ask.click();
      const status = words(page).getByRole('status');
      await status.getByText(`No text by small:`).waitFor();
      await status.getByText(words_).waitFor();
      await words(page)
        .getByText(/^A payment of \$12\.00 on .* was approved/)
        .waitFor();
    }
    await picture(page, 'failed');
    await inBothThemes(page, 'a failure');
    model.answers(honest);
    await ask.click();
    await words(page).getByText('by small, checked against the reasons').waitFor();
    assert.equal(await words(page).getByRole('status').count(), 0);
    await page.context().close();
  });

  test('a case is told by it when asked', async () => {
    await declined(stage.url, 'd_case');
    const { page, complaints } = await stage.open();
    await page.goto(`/queue?case=${await caseOf(stage.url, 'd_case')}`);
    await words(page)
      .getByText(/(share|names) one device, with \d+ user/)
      .waitFor();
    await words(page).getByRole('button', { name: 'Ask small' }).click();
    await words(page).getByText('by small, checked against the reasons').waitFor();
    assert.deepEqual(complaints, []);
    await page.context().close();
  });

  test('a payment and its case have nothing serious to axe, and nothing too wide', async () => {
    const id = await declined(stage.url, 'd_axe');
    const { page } = await stage.open({ reducedMotion: 'reduce' });
    for (const [name, path] of [
      ['decision', `/decisions/${id}`],
      ['case', `/queue?case=${await caseOf(stage.url, 'd_axe')}`],
    ]) {
      await page.goto(path);
      await words(page)
        .getByText(/; confidence/)
        .waitFor();
      for (const width of [1280, 390]) {
        await fits(page, width, name);
        await inBothThemes(page, `${name}, ${width} px`);
        await picture(page, `${name}-${width}`);
      }
    }
    await page.context().close();
  });
});
