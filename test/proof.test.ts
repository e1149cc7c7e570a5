import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { defaultModelDir } from '../src/cli/paths.ts';
import { loadArtifact } from '../src/models/artifact.ts';
import { call, startApp, type TestApp } from './support/app.ts';
import { stricterModel, upload } from './support/models.ts';

describe('what labels say of a model', () => {
  let app: TestApp;
  let folder: string;
  const { version } = loadArtifact(defaultModelDir);
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'assay-proof-'));
    app = await startApp();
  });
  after(async () => {
    await app.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  const ask = (method: string, path: string, body?: unknown) => call(app.url, method, path, body);

  test('under another policy, and beside another model: figures, delays, a test and a verdict', async () => {
    for (let i = 0; i < 24; i++) {
      const sent = { id: `p${i}`, userId: `u${i}`, amount: 20 + 60 * i, cardId: `c${i}`, deviceId: 'd' };
      assert.equal((await ask('POST', '/api/transactions', sent)).status, 201);
    }
    const said = [0, 5, 11].map((i) => ({ transactionId: `p${i}`, label: 'fraud', source: 'chargeback' }));
    assert.equal((await ask('POST', '/api/labels/batch', { labels: said })).body.recorded, 3);
    assert.equal((await ask('PUT', '/api/policy/thresholds', { review: 0, decline: 0.99999 })).status, 200);
    const changed = await ask('GET', `/api/models/${version}/proof?policy=0`);
    assert.equal(changed.status, 200, JSON.stringify(changed.body));
    const { challenger, against, labels, atSameReviews, than } = changed.body;
    assert.deepEqual([changed.body.decisions, labels.fraud, challenger.flagged, atSameReviews], [24, 3, 24, null]);
    assert.deepEqual(than, { version, policyVersion: 0 });
    // Everything is reviewed under it.
    assert.equal(challenger.recall.value, 1);
    assert.ok(against.flagged < 24);
    assert.match(changed.body.verdict, /of recall/);
    assert.equal(changed.body.test.alpha, 0.05);

    const stricter = stricterModel(join(folder, 'stricter'));
    assert.equal((await ask('POST', '/api/models', upload(join(folder, 'stricter')))).status, 201);
    const beside = await ask('GET', `/api/models/${stricter}/proof?window=7d`);
    assert.equal(beside.status, 200, JSON.stringify(beside.body));
    assert.deepEqual([beside.body.than.version, beside.body.version], [version, stricter]);
    assert.equal(beside.body.atSameReviews.flagged, beside.body.against.flagged);
  });

  test('a model decides for a share of users, whom its decisions name; the champion promoted again ends that', async () => {
    const { data, champion, canary } = (await ask('GET', '/api/models')).body;
    assert.deepEqual([champion, canary], [version, null]);
    const other = data.find((one: { version: string }) => one.version !== version).version;
    const wrong = { canary: { steps: [50, 10] } };
    assert.equal((await ask('POST', `/api/models/${other}/promote`, wrong)).status, 422);
    assert.equal((await ask('POST', `/api/models/${version}/promote`, { canary: {} })).status, 409);
    const begun = await ask('POST', `/api/models/${other}/promote`, { canary: { steps: [50, 100] }, reason: 'proof' });
    assert.equal(begun.status, 200, JSON.stringify(begun.body));
    assert.deepEqual([begun.body.canary.percent, begun.body.previous], [50, version]);
    const madeBy = async (user: string) => {
      const { body } = await ask('POST', '/api/transactions', { userId: user, amount: 20 });
      return body.model.version;
    };
    const first = new Map<string, string>();
    for (let i = 0; i < 24; i++) first.set(`share${i}`, await madeBy(`share${i}`));
    assert.deepEqual(new Set(first.values()), new Set([version, other]));
    for (const [user, by] of first) assert.equal(await madeBy(user), by, 'a user has one model');
    const { canary: shown, guard } = (await ask('GET', '/api/models')).body;
    assert.deepEqual([shown.version, shown.percent, shown.reason], [other, 50, 'proof']);
    assert.deepEqual(shown.startedBy, { by: null, byName: null });
    // The champion is the configured one: there is none before it.
    assert.deepEqual([guard.armed, guard.before, guard.canary.needed, guard.canary.seen], [false, null, 100, null]);
    assert.equal((await ask('POST', `/api/models/${version}/promote`, { reason: 'enough' })).status, 200);
    const after = (await ask('GET', '/api/models')).body;
    assert.deepEqual([after.canary, after.champion], [null, version]);
    // Who ended it and why stays known, also where no model was ever promoted before.
    assert.deepEqual(
      [after.canaryEnded.version, after.canaryEnded.reason, after.canaryEnded.guard],
      [other, 'enough', false],
    );
    assert.deepEqual([after.promotions[0].reason, after.promotions[0].fellBack], ['enough', false]);
    for (const user of first.keys()) assert.equal(await madeBy(user), version);
    // Promoted again it is no version before itself.
    assert.deepEqual([after.guard.armed, after.guard.before], [false, null]);
  });

  test('what cannot be held against anything is refused', async () => {
    for (const [path, status] of [
      [`${version}/proof`, 409],
      ['0000000000000000/proof', 404],
      [`${version}/proof?against=0000000000000000`, 422],
      [`${version}/proof?against=${version}`, 422],
      [`${version}/proof?policy=99`, 422],
      [`${version}/proof?policy=0&against=x`, 422],
      [`${version}/proof?window=soon`, 422],
      [`${version}/proof?windows=7d`, 422],
    ] as const)
      assert.equal((await ask('GET', `/api/models/${path}`)).status, status, path);
  });

  test('what the guard fell back to is healthy once a person has promoted it, too', async () => {
    const health = async () => (await ask('GET', '/health')).body;
    const before = (await health()).status;
    const other = (await ask('GET', '/api/models')).body.canaryEnded.version;
    await app.services.roster.promote(other, undefined, 'It fell back.', true);
    assert.match((await health()).reasons.model, /It fell back/);
    assert.equal((await ask('POST', `/api/models/${other}/promote`, { reason: 'it stays' })).status, 200);
    const { promotions, guard } = (await ask('GET', '/api/models')).body;
    assert.deepEqual([promotions[0].reason, promotions[0].fellBack], ['it stays', false]);
    // What it fell back from is nothing to fall back to.
    assert.deepEqual([guard.armed, guard.before], [false, null]);
    const { status, reasons } = await health();
    assert.deepEqual([status, reasons?.model], [before, undefined]);
    assert.equal((await ask('POST', `/api/models/${version}/promote`)).status, 200);
  });
});
