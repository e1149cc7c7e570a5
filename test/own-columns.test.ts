import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { parquetReadObjects } from 'hyparquet';
import { asyncBufferFromFile } from 'hyparquet/src/node.js';
import { openRegistry } from '../src/models/registry.ts';
import { type Answer, call, startApp } from './support/app.ts';
import { assay } from './support/command.ts';
import { ownPayments, writeOwnHistory } from './support/own-columns.ts';
import { verifyJournal } from './support/verify.ts';

const OWN = ['basketSize', 'user_basketSize_above_usual', 'job_risk', 'user_new_job', 'terminal_ever_fraud_share'];
const made = ownPayments(2_000);
let folder: string;
let model: string;
let file: string;
let map: string;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'assay-own-'));
  ({ file, map } = writeOwnHistory(folder, made));
  model = join(folder, 'model');
  const { code, error } = await assay([
    'train',
    file,
    '--map',
    map,
    '--out',
    model,
    '--set',
    'rounds=60',
    '--tune',
    '0',
    '--json',
  ]);
  assert.equal(code, 0, error);
});
after(() => rmSync(folder, { recursive: true, force: true }));

describe('columns of one’s own, by a file alone', () => {
  test('they are features, the model carries them, and they find what nothing else shows', () => {
    const { features, schema } = JSON.parse(readFileSync(join(model, 'model.json'), 'utf8'));
    const names = features.map(({ name }: { name: string }) => name);
    for (const name of OWN) assert.ok(names.includes(name), `${name} of ${names}`);
    assert.deepEqual(schema.terminal, { type: 'entity', field: 'metadata.terminal' });
    const report = JSON.parse(readFileSync(join(model, 'report.json'), 'utf8'));
    assert.ok(report.test.averagePrecision > 0.5, `average precision ${report.test.averagePrecision}`);
  });

  test('the matrix has them, the model is evaluated and replays history by them', async () => {
    const out = join(folder, 'm.parquet');
    const matrix = await assay(['matrix', file, '--map', map, '--out', out, '--json']);
    assert.equal(matrix.code, 0, matrix.error);
    const rows = await parquetReadObjects({ file: await asyncBufferFromFile(out), columns: OWN, rowEnd: 300 });
    for (const name of OWN) assert.ok(new Set(rows.map((row) => row[name])).size > 1, `${name} says something`);
    const evaluated = await assay(['evaluate', model, file, '--map', map, '--out', join(folder, 'again'), '--json']);
    assert.equal(evaluated.code, 0, evaluated.error);
    assert.ok(JSON.parse(evaluated.out).test.averagePrecision > 0.5);
    const dataDir = join(folder, 'replayed');
    const replay = ['replay', file, '--map', map, '--model', model, '--data-dir', dataDir, '--json'];
    const replayed = await assay(replay);
    assert.equal(replayed.code, 0, replayed.error);
    assert.ok(JSON.parse(replayed.out).decisions.decline > 20, replayed.out);
    assert.equal((await verifyJournal(dataDir, { ASSAY_MODEL_DIR: model })).differentVectors, 0);
  });

  test('a server that is given the model alone decides and explains by them, over HTTP, and after a restart', async (t) => {
    const env = { ASSAY_MODEL_DIR: model };
    const app = await startApp(env);
    t.after(() => app.stop());
    const pay = (url: string, id: string, metadata: object, daysAgo = 0): Promise<Answer> => {
      const transactionDate = new Date(Date.now() - daysAgo * 86_400_000).toISOString();
      return call(url, 'POST', '/api/transactions', { id, userId: 'anna', amount: 20, metadata, transactionDate });
    };
    const usual = { basketSize: 4, job: 'nurse', terminal: 't9' };
    for (let i = 0; i < 6; i++) assert.equal((await pay(app.url, `usual-${i}`, usual, 12 - 2 * i)).status, 201);
    const basket = await pay(app.url, 'basket', { ...usual, basketSize: 60 });
    const job = await pay(app.url, 'job', { ...usual, job: 'broker' });
    const { probability } = (await pay(app.url, 'usual', usual)).body;
    for (const { body } of [basket, job])
      assert.ok(body.probability > 2 * probability, `${body.probability}, usually ${probability}`);
    const mistyped = { ...usual, basketSize: 'sixty', job: { name: 'nurse' }, terminal: undefined };
    const { warnings } = (await call(app.url, 'POST', '/score', { userId: 'anna', amount: 20, metadata: mistyped }))
      .body;
    assert.deepEqual(warnings, [
      'metadata.basketSize is not a number, as the schema has it: to the model it is missing.',
      'metadata.job is not a text, as the schema has it: to the model it is missing.',
    ]);
    const told = async (url: string, id: string): Promise<string[]> => {
      const { body } = await call(url, 'GET', `/api/transactions/${id}/explanation`);
      return body.contributions.map(({ message }: { message: string }) => message);
    };
    const said = await told(app.url, 'basket');
    assert.ok(said.includes('basket size is 56 above the usual by this user'), said.join('\n'));
    assert.ok(
      said.some((message) => /^basket size is 60 \(usually \d+\)$/.test(message)),
      said.join('\n'),
    );
    const ofJob = await told(app.url, 'job');
    assert.ok(ofJob.some((message) => /% of the payments of this job were fraud in training/.test(message)));
    assert.ok(ofJob.includes('the first time this user is seen with this job'), ofJob.join('\n'));
    assert.ok(ofJob.some((message) => /of this terminal/.test(message)));
    const { body } = await call(app.url, 'GET', '/api/entities/terminal/t9');
    assert.equal(body.events?.length ?? body.transactions?.length ?? body.recent?.length, 9);

    await app.stop({ keep: true });
    assert.equal((await verifyJournal(app.dataDir, env)).differentVectors, 0);
    const again = await startApp({ ...env, ASSAY_DATA_DIR: app.dataDir });
    t.after(() => again.stop());
    const after = await pay(again.url, 'after', { ...usual, basketSize: 60 });
    assert.equal(after.status, 201);
    assert.ok((await told(again.url, 'after')).includes('basket size is 56 above the usual by this user'));
  });

  test('a server whose profiles do not hold them refuses the model, and says what to give it', async (t) => {
    const app = await startApp();
    t.after(() => app.stop());
    const version = JSON.parse(readFileSync(join(model, 'model.json'), 'utf8')).version;
    openRegistry(join(app.dataDir, 'models')).admit(model);
    const refused = await call(app.url, 'POST', `/api/models/${version}/promote`, {});
    assert.equal(refused.status, 409, JSON.stringify(refused.body));
    assert.match(refused.body.detail, /terminal|basketSize/);
    assert.match(refused.body.detail, /ASSAY_SCHEMA/);
  });
});
