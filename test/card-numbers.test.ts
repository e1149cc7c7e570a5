import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { call, startApp, type TestApp } from './support/app.ts';
import { byAmount } from './support/serving.ts';

const NUMBER = '4111111111111111';
const WRITTEN = '4111 1111-1111 1111';

/** Every file below a folder that holds a text, in any of the forms in which a log or a table would keep it. */
function holding(folder: string, text: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => readFileSync(path).includes(text));
}

describe('card numbers at the door', () => {
  let refusing: TestApp;
  let replacing: TestApp;
  before(async () => {
    refusing = await startApp({}, { serving: byAmount });
    replacing = await startApp({ CARD_NUMBERS: 'tokenize' }, { serving: byAmount });
  });
  after(async () => {
    await refusing.stop();
    await replacing.stop();
    rmSync(replacing.services.config.cardKeyFile, { force: true });
  });

  test('are refused where nobody said otherwise: 422 card_number, with the way out and without the number', async () => {
    const ask = (method: string, path: string, body: unknown) => call(refusing.url, method, path, body);
    assert.equal((await ask('POST', '/api/transactions', { id: 't', userId: 'u', amount: 500 })).status, 201);
    const tried = { id: 'r', name: 'r', when: 'tx.amount > 1.0', outcome: 'review', reason: `seen: ${WRITTEN}` };
    const doors: [method: string, path: string, body: object, at: string][] = [
      ['POST', '/api/transactions', { userId: 'u', amount: 1, cardId: NUMBER }, '/cardId'],
      [
        'POST',
        '/api/transactions',
        { userId: 'u', amount: 1, metadata: { a: { b: [`no ${WRITTEN}!`] } } },
        '/metadata',
      ],
      ['POST', '/api/transactions', { userId: 'u', amount: 1, metadata: { pan: 4111111111111111 } }, '/metadata'],
      ['POST', '/score', { userId: 'u', amount: 1, cardId: WRITTEN }, '/cardId'],
      [
        'POST',
        '/score/batch',
        { transactions: [{ userId: 'u', amount: 1, cardId: NUMBER }] },
        '/transactions/0/cardId',
      ],
      ['PUT', '/api/transactions/t', { cardId: NUMBER }, '/cardId'],
      ['POST', '/api/transactions/t/labels', { label: 'fraud', source: 'analyst', note: `read ${NUMBER}` }, '/note'],
      ['POST', '/api/backtests', { add: [tried] }, '/add/0/reason'],
      ['POST', '/api/backtests', { rules: [tried] }, '/rules/0/reason'],
      ['POST', '/api/rules/preview', { rule: tried }, '/rule/reason'],
    ];
    for (const [method, path, body, at] of doors) {
      const { status, body: problem } = await ask(method, path, body);
      assert.deepEqual([status, problem.code], [422, 'card_number'], `${method} ${path} ${JSON.stringify(problem)}`);
      assert.equal(problem.errors[0].path, at);
      assert.match(problem.detail, /token.*CARD_NUMBERS=tokenize.*CARD_NUMBERS=allow/);
      assert.ok(!JSON.stringify(problem).includes('1111'));
    }
    // Of many labels, one refuses itself alone.
    const label = { transactionId: 't', label: 'fraud', source: 'analyst' };
    const { body: batch } = await ask('POST', '/api/labels/batch', { labels: [{ ...label, note: WRITTEN }, label] });
    assert.deepEqual([batch.recorded, batch.refused[0].index, batch.refused[0].code], [1, 0, 'card_number']);
    // Answers that repeat what they were sent do not repeat that.
    const broken = await fetch(`${refusing.url}/api/transactions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: `{"cardId":${NUMBER}x`,
    });
    assert.ok(!(await broken.text()).includes(NUMBER));
  });

  test('are replaced by one token a card, and stand nowhere in the data', async () => {
    const ask = (method: string, path: string, body?: unknown) => call(replacing.url, method, path, body);
    const card = { cardId: NUMBER, cardBin: '411111', cardLast4: '1111' };
    const { status, body: decided } = await ask('POST', '/api/transactions', {
      id: 'a',
      userId: 'u',
      amount: 500,
      ...card,
    });
    assert.equal(status, 201);
    assert.match(decided.cardId, /^pan_[a-p]{32}$/);
    assert.deepEqual([decided.cardBin, decided.cardLast4], [undefined, undefined]);
    assert.match(decided.warnings.join(' '), /cardId held a card number.*cardBin, cardLast4 left out/);
    const spaced = await ask('POST', '/api/transactions', { id: 'b', userId: 'u', amount: 1, cardId: WRITTEN });
    assert.equal(spaced.body.cardId, decided.cardId);
    // The same body again is the same: what is compared has no number in it either.
    assert.equal((await ask('POST', '/api/transactions', { id: 'a', userId: 'u', amount: 500, ...card })).status, 201);
    const label = { label: 'fraud', source: 'analyst', note: `customer read ${WRITTEN}` };
    assert.equal((await ask('POST', '/api/transactions/a/labels', label)).status, 201);
    const batch = await ask('POST', '/api/labels/batch', { labels: [{ transactionId: 'a', ...label }] });
    assert.equal(batch.body.recorded, 1);
    assert.match(batch.body.warnings.join(), /note held a card number/);
    assert.equal((await ask('GET', '/api/transactions/a')).body.cardId, decided.cardId);
    const { dataDir, cardKeyFile } = replacing.services.config;
    assert.ok(existsSync(cardKeyFile) && !cardKeyFile.startsWith(`${dataDir}/`));
    assert.equal(statSync(cardKeyFile).mode & 0o777, 0o600);
    for (const text of [NUMBER, WRITTEN]) assert.deepEqual(holding(join(dataDir, 'journal'), text), []);
  });
});
