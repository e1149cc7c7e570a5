import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { journalDataset } from '../src/cli/journal-dataset.ts';
import { readJournalDataset } from '../src/cli/journal-source.ts';
import { defaultModelDir } from '../src/cli/paths.ts';
import { type Config, readConfig } from '../src/config.ts';
import { entityTypesWith } from '../src/domain/entity.ts';
import type { DecisionData } from '../src/domain/records.ts';
import { defaultCatalogue } from '../src/features/catalogue.ts';
import type { JournalRecord } from '../src/journal/journal.ts';
import { surveyJournal } from '../src/journal/local/survey.ts';
import { call, startApp, type TestApp } from './support/app.ts';
import { assay } from './support/command.ts';
import { inParallel, poster } from './support/load.ts';

const DAY = 86_400_000;
const MATURITY_DAYS = 20;
const COUNT = 360;
const env = { LABEL_MATURITY_DAYS: String(MATURITY_DAYS) };

describe('learning from what was decided here', () => {
  let app: TestApp;
  let folder: string;
  /** `labelState` of each payment by the API, and its weight by its decision. */
  const shown = new Map<string, { state: string; time: number; weight: number }>();

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'assay-learnt-'));
    app = await startApp(env);
    const ask = async (method: string, path: string, body: object) => {
      const { status, body: said } = await call(app.url, method, path, body);
      assert.ok(status < 300, `${path}: ${JSON.stringify(said)}`);
    };
    await ask('PUT', '/api/policy/control', { share: 0.5, maxAmount: 5_000 });
    const when = 'tx.channel == "odd"';
    await ask('POST', '/api/rules', { id: 'odd', name: 'odd', when, outcome: 'decline', mode: 'live', reason: 'odd' });
    const fine = 'tx.channel == "web"';
    await ask('POST', '/api/rules', {
      id: 'fine',
      name: 'fine',
      when: fine,
      outcome: 'approve',
      mode: 'live',
      priority: 9,
    });
    const client = poster(app.url, 4);
    // One after the other, as profiles and labels follow the log.
    await inParallel(
      Array.from({ length: COUNT }, (_, i) => i),
      1,
      async (i) => {
        const time = Date.now() - (70 - (i / COUNT) * 68) * DAY;
        const body = {
          ...{
            id: `p${i}`,
            userId: `u${i % 40}`,
            cardId: i % 5 === 0 ? `odd${i}` : `c${i % 40}`,
            deviceId: `d${i % 13}`,
          },
          ...{
            amount: 10 + (i % 90),
            channel: i % 5 === 0 ? 'odd' : 'web',
            transactionDate: new Date(time).toISOString(),
          },
        };
        const answer = await client.post('/api/transactions', JSON.stringify(body));
        assert.equal(answer.status, 201, answer.body);
        const tell = async (label: string, source: string) => {
          const said = await client.post(`/api/transactions/p${i}/labels`, JSON.stringify({ label, source }));
          assert.equal(said.status, 201, said.body);
        };
        if (i % 9 === 0) await tell('fraud', 'chargeback');
        if (i % 14 === 0) await tell('legitimate', 'analyst');
        if (i % 21 === 0) await tell('fraud', 'analyst');
        if (i % 42 === 0) await tell('none', 'analyst');
        if (i % 25 === 3) {
          const at = new Date(Date.now()).toISOString();
          await ask('POST', `/api/transactions/p${i}/events`, { type: 'refused', at });
        }
      },
    );
    client.close();
    for (let i = 0; i < COUNT; i++) {
      const { body } = await call(app.url, 'GET', `/api/transactions/p${i}`);
      const { labelState: state, control, transactionDate } = body;
      shown.set(`p${i}`, { state, time: Date.parse(transactionDate), weight: control ? 1 / control.share : 1 });
    }
    await ask('DELETE', '/api/transactions/p7', {}).catch(() => {});
  });
  after(async () => {
    await app?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('beside the running server: rows, labels and weights are those of the API, vectors those of the decisions', async () => {
    const directory = join(app.dataDir, 'journal');
    const entityTypes = entityTypesWith([]);
    const now = Date.now();
    const options = { definitions: defaultCatalogue, entityTypes, own: [], maturityDays: MATURITY_DAYS, now };
    const found = await journalDataset((onRecord) => surveyJournal(directory, onRecord), options);
    const counts: Record<string, number> = { fraud: 0, legitimate: 0, presumed: 0, immature: 0, blocked: 0 };
    for (const { state } of shown.values()) counts[state]++;
    assert.deepEqual(found.truths, counts);
    for (const [state, count] of Object.entries(counts)) assert.ok(count > 2, `${state}: ${count}`);

    const expected = [...shown]
      .filter(([id]) => id !== 'p7')
      .map(([, one]) => one)
      .filter(({ state, time }) => state !== 'blocked' && state !== 'immature' && time <= now - MATURITY_DAYS * DAY);
    const { dataset } = found;
    assert.deepEqual(
      [...dataset.times],
      expected.map(({ time }) => time),
    );
    assert.deepEqual(
      [...dataset.labels],
      expected.map(({ state }) => (state === 'fraud' ? 1 : 0)),
    );
    assert.deepEqual(
      [...dataset.weights!],
      expected.map(({ weight }) => weight),
    );
    assert.ok(found.control > 5 && found.young > 5 && found.youngFrauds > 0, JSON.stringify({ ...found, dataset: 0 }));

    const records = new Map<number, JournalRecord>();
    await surveyJournal(directory, (record) => {
      if (record.type === 'decision') records.set((record.data as unknown as DecisionData).transaction.time, record);
    });
    const encoded = defaultCatalogue.map(({ operation }) => operation === 'encoding');
    for (let row = 0; row < dataset.rows; row++) {
      const stored = records.get(dataset.times[row])!.vector!;
      for (const [f, name] of dataset.features.entries())
        if (!encoded[f]) assert.ok(Object.is(dataset.columns[f][row], stored[f]), `${name} of row ${row}`);
    }
  });

  test('assay train --journal and assay matrix --journal say what are rows, and a matrix that comes back gives the same trees', async () => {
    const source = ['--journal', '--data-dir', app.dataDir, '--delay-days', '0'];
    const fit = ['--set', 'rounds=8', '--set', 'minRows=5', '--refit', 'never', '--tune', '0', '--json'];
    const train = await assay(['train', ...source, ...fit, '--out', join(folder, 'one')], env);
    assert.equal(train.code, 0, train.error);
    assert.match(train.error, /360 decisions of the log; truth of those of the period: \d+ fraud, /);
    assert.match(train.error, /control share stand for \d+ that would have been declined/);
    const out = join(folder, 'm.parquet');
    const matrix = await assay(['matrix', ...source, '--out', out, '--json'], env);
    assert.equal(matrix.code, 0, matrix.error);
    const again = await assay(['train', '--matrix', out, ...fit, '--out', join(folder, 'two')], env);
    assert.equal(again.code, 0, again.error);
    const [one, two] = ['one', 'two'].map((name) => ({
      bin: readFileSync(join(folder, name, 'model.bin')),
      head: JSON.parse(readFileSync(join(folder, name, 'model.json'), 'utf8')),
    }));
    assert.deepEqual(two.bin, one.bin);
    for (const part of ['features', 'encodings', 'thresholds', 'calibration'])
      assert.deepEqual(two.head[part], one.head[part]);
    assert.equal(one.head.lineage.options.format, 'journal');
  });

  test('a folder without a journal and a log whose truth is not settled are said', async () => {
    const configured = (more: Record<string, string>) => readConfig({ ...env, ...more }, { modelDir: defaultModelDir });
    const ask = (config: Config) => readJournalDataset({ journal: true }, config, defaultCatalogue);
    await assert.rejects(ask(configured({ ASSAY_DATA_DIR: folder })), /has no journal/);
    const young = configured({ ASSAY_DATA_DIR: app.dataDir, LABEL_MATURITY_DAYS: '400' });
    await assert.rejects(
      ask(young),
      /None of the 360 decisions of the log is a row: their truth is settled 400 days after/,
    );
  });
});
