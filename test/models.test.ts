import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import WebSocket from 'ws';
import { type Core, openCore } from '../src/app.ts';
import { defaultModelDir } from '../src/cli/paths.ts';
import { readConfig } from '../src/config.ts';
import type { DecisionData } from '../src/domain/records.ts';
import { loadArtifact, saveArtifact } from '../src/models/artifact.ts';
import { call, startApp, type TestApp } from './support/app.ts';
import { inParallel, payments, poster, until } from './support/load.ts';
import { stricterModel, tamper, upload, variantModel } from './support/models.ts';

const stateless = join(import.meta.dirname, '..', 'models', 'stateless', 'trees');

describe('models at run time', () => {
  let app: TestApp;
  let folder: string;
  const shipped = loadArtifact(defaultModelDir).version;
  let stricter: string;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'assay-models-'));
    stricter = stricterModel(join(folder, 'stricter'));
    app = await startApp();
  });
  after(async () => {
    await app.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  const ask = (method: string, path: string, body?: unknown, headers?: Record<string, string>) =>
    call(app.url, method, path, body, headers);
  const champion = async () => (await ask('GET', '/api/models')).body.champion;

  test('the configured model decides, and says what it is', async () => {
    const { body } = await ask('GET', '/api/models');
    assert.equal(body.champion, shipped);
    assert.equal(body.shadow, null);
    assert.equal(body.data.length, 1);
    const [shown] = body.data;
    assert.equal(shown.role, 'champion');
    assert.deepEqual([shown.report, shown.compared], [true, false]);
    assert.ok(shown.metrics.test.averagePrecision > 0);
    assert.ok(Date.parse(shown.trainedFrom) < Date.parse(shown.trainedTo));
    assert.equal(shown.lineage.dataSha256.length, 64);
    const { body: detail } = await ask('GET', `/api/models/${shipped}`);
    assert.ok(detail.features.length > 50);
    assert.ok(detail.importance[0].gain >= detail.importance[1].gain);
    assert.equal((await ask('GET', '/api/models/0000000000000000')).status, 404);
    const report = await ask('GET', `/api/models/${shipped}/report`);
    assert.equal(report.body.model.version, shipped);
    const page = await ask('GET', `/api/models/${shipped}/report`, undefined, { accept: 'text/html' });
    assert.match(page.headers.get('content-type') ?? '', /text\/html/);
    assert.match(page.headers.get('content-security-policy') ?? '', /sandbox/);
    assert.match(page.body, /<html/);
  });

  test('its scores over time stand beside those of its training', async () => {
    const distribution = async (query = '') => (await ask('GET', `/api/models/${shipped}/distribution${query}`)).body;
    const before = await distribution();
    const { test: reference } = (await ask('GET', `/api/models/${shipped}/report`)).body;
    const { legitimate, fraud } = reference.curves.histogram;
    assert.equal(before.reference.part, 'test');
    assert.deepEqual(
      before.reference.bins,
      legitimate.map((count: number, bin: number) => count + fraud[bin]),
    );
    assert.deepEqual([before.series, before.stability], [[], null]);
    const scores: number[] = [];
    for (let i = 0; i < 210; i++) {
      const sent = {
        id: `dist_${i}`,
        userId: `dist_${i % 9}`,
        amount: 5 + i,
        cardId: `dist_c${i}`,
        deviceId: 'dist_d',
      };
      scores.push((await ask('POST', '/api/transactions', sent)).body.score);
    }
    const after = await distribution('?window=24h');
    assert.equal(after.intervalSeconds, 1800);
    const counted = after.series.flatMap(({ bins }: { bins: number[] }) =>
      bins.flatMap((count, bin) => new Array<number>(count).fill(bin)),
    );
    const expected = scores.map((score) => Math.min(19, Math.floor(score / 5)));
    assert.deepEqual(counted.sort(), expected.sort());
    assert.ok(after.stability > 0.25, 'cards tested on one device are not what training saw');
    assert.equal((await ask('GET', '/api/models/0000000000000000/distribution')).status, 404);
    assert.equal((await ask('GET', `/api/models/${shipped}/distribution?window=soon`)).status, 422);
  });

  test('a model comes in, is promoted, and is rolled back', async () => {
    const brought = await ask('POST', '/api/models', upload(join(folder, 'stricter')));
    assert.equal(brought.status, 201, JSON.stringify(brought.body));
    assert.equal(brought.body.version, stricter);
    assert.equal(brought.body.role, 'other');
    const body = { userId: 'u_1', amount: 40 };
    const before = (await ask('POST', '/score', body)).body;
    const promoted = await ask('POST', `/api/models/${stricter}/promote`);
    assert.equal(promoted.status, 200, JSON.stringify(promoted.body));
    assert.equal(promoted.body.previous, shipped);
    const meanwhile = (await ask('POST', '/score', body)).body;
    assert.equal(meanwhile.model.version, stricter);
    assert.ok(meanwhile.probability > before.probability);
    assert.equal((await ask('GET', '/health')).body.model, stricter);
    const again = await ask('POST', `/api/models/${stricter}/promote`);
    assert.deepEqual(again.body, promoted.body, 'once is enough');
    const back = await ask('POST', `/api/models/${shipped}/promote`);
    assert.equal(back.body.previous, stricter);
    assert.equal((await ask('POST', '/score', body)).body.probability, before.probability);
    const { promotions } = (await ask('GET', '/api/models')).body;
    assert.deepEqual(
      promotions.map((each: { version: string }) => each.version),
      [shipped, stricter],
    );
  });

  test('a decision is explained by the model that made it, whatever decides now', async () => {
    await ask('POST', `/api/models/${stricter}/promote`);
    const { body } = await ask('POST', '/api/transactions', { id: 'by_stricter', userId: 'u_2', amount: 90 });
    await ask('POST', `/api/models/${shipped}/promote`);
    const explained = (await ask('GET', '/api/transactions/by_stricter/explanation')).body;
    assert.equal(explained.model.version, stricter);
    assert.equal(explained.probability, body.probability);
  });

  test('promoted and rolled back under load: no error, and each decision is wholly by the model of its place', async () => {
    const client = poster(app.url, 32);
    const statuses = new Map<number, number>();
    const sent = payments(1200, 5).map((each) => ({ ...each, body: each.body.replace('"p', '"load_p') }));
    let done = false;
    const from = app.services.journal.durable;
    const load = inParallel(sent, 32, async ({ body }) => {
      const { status } = await client.post('/api/transactions', body);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }).finally(() => {
      done = true;
    });
    let swaps = 0;
    while (!done || swaps < 4) {
      const { status } = await ask('POST', `/api/models/${swaps % 2 === 0 ? stricter : shipped}/promote`);
      assert.equal(status, 200);
      swaps++;
    }
    await load;
    client.close();
    assert.deepEqual([...statuses], [[201, 1200]]);

    const models = new Map(
      [join(folder, 'stricter'), defaultModelDir].map((dir) => {
        const model = loadArtifact(dir);
        return [model.version, model];
      }),
    );
    let expected = shipped;
    const byVersion = new Map<string, number>();
    for await (const record of app.services.journal.read(from + 1)) {
      if (record.type === 'model.promote') expected = record.data.version as string;
      if (record.type !== 'decision') continue;
      const { decision } = record.data as unknown as DecisionData;
      assert.equal(decision.model?.version, expected, `record ${record.sequence}`);
      const model = models.get(expected)!;
      assert.equal(decision.probability, model.calibrate(sumOf(model, record.vector!)));
      byVersion.set(expected, (byVersion.get(expected) ?? 0) + 1);
    }
    assert.equal(byVersion.size, 2, 'both decided some');
    await ask('POST', `/api/models/${shipped}/promote`);
  });

  test('a tampered artifact is refused and the champion stays', async () => {
    const kept = (version: string, name: string) => join(app.dataDir, 'models', version, name);
    tamper(kept(stricter, 'model.bin'));
    const refused = await ask('POST', `/api/models/${stricter}/promote`);
    assert.equal(refused.status, 409);
    assert.match(refused.body.detail, /damaged/);
    assert.ok(!refused.body.detail.includes(app.dataDir), refused.body.detail);
    assert.equal(await champion(), shipped);
    const shown = (await ask('GET', `/api/models/${stricter}`)).body;
    assert.match(shown.problem, /damaged/);
    assert.equal((await ask('POST', `/api/models/${stricter}/shadow`)).status, 409);
    const bad = upload(join(folder, 'stricter'));
    bad.model.thresholds.decline = 0.999;
    const edited = await ask('POST', '/api/models', bad);
    assert.equal(edited.status, 422);
    assert.match(edited.body.detail, /damaged or was edited/);
    assert.equal((await ask('POST', '/api/models', { model: {}, body: 'AAAA' })).status, 422);
    assert.equal((await ask('POST', '/api/models', { model: {}, body: '***' })).status, 422);
    // A sound copy heals it.
    assert.equal((await ask('POST', '/api/models', upload(join(folder, 'stricter')))).status, 201);
    assert.equal((await ask('POST', `/api/models/${stricter}/promote`)).status, 200);
    await ask('POST', `/api/models/${shipped}/promote`);
    assert.equal((await ask('POST', '/api/models/0000000000000000/promote')).status, 404);
  });

  test('a model over an entity type that is not configured is refused, by name', async () => {
    const { head } = loadArtifact(defaultModelDir);
    const { featureSchemaHash } = await import('../src/models/canonical.ts');
    const features = head.features.map((feature, i) => (i === 12 ? { ...feature, entity: 'terminal' } : feature));
    const body = readFileSync(join(defaultModelDir, 'model.bin'));
    const other = saveArtifact(
      join(folder, 'terminal'),
      { ...head, features, featureSchema: featureSchemaHash(features) },
      body,
    );
    assert.equal((await ask('POST', '/api/models', upload(join(folder, 'terminal')))).status, 201);
    const refused = await ask('POST', `/api/models/${other}/promote`);
    assert.equal(refused.status, 409);
    assert.match(refused.body.detail, /entity type terminal.*ASSAY_ENTITIES/);
    assert.equal(await champion(), shipped);
  });

  test('a challenger in shadow is scored beside, and compared once labels are there', async () => {
    assert.equal((await ask('POST', `/api/models/${shipped}/shadow`)).status, 409, 'the champion is no challenger');
    assert.equal((await ask('GET', `/api/models/${stricter}/comparison`)).status, 404);
    const started = await ask('POST', `/api/models/${stricter}/shadow`);
    assert.equal(started.status, 200, JSON.stringify(started.body));
    assert.equal(started.body.shadow, stricter);
    const { body: challenger } = await ask('GET', `/api/models/${stricter}`);
    assert.deepEqual([challenger.role, challenger.report, challenger.compared], ['shadow', false, true]);
    const client = poster(app.url, 8);
    const sent = Array.from({ length: 300 }, (_, i) =>
      JSON.stringify({ id: `sh_p${i}`, userId: `calm_${i}`, amount: 20 + i / 10, accountAgeDays: 900, channel: 'pos' }),
    );
    await inParallel(sent, 8, async (body) => void (await client.post('/api/transactions', body)));
    client.close();
    const comparison = async () => (await ask('GET', `/api/models/${stricter}/comparison`)).body;
    await until('all are scored', async () => (await comparison()).count === 300);
    const scored = await comparison();
    assert.equal(scored.running, true);
    assert.equal(scored.dropped + scored.skipped, 0);
    assert.ok(scored.difference.mean > 0, 'the stricter one says more');
    assert.equal(scored.averagePrecision, null);
    assert.ok(scored.flagged.challenger > scored.flagged.champion, JSON.stringify(scored));

    // What was said of each is what the challenger says of the stored vector.
    const model = loadArtifact(join(folder, 'stricter'));
    let flagged = 0;
    for await (const record of app.services.journal.read(1)) {
      if (record.type !== 'decision' || !record.key.startsWith('t:sh_p')) continue;
      if (model.calibrate(model.score(record.vector!)) >= model.thresholds.review) flagged++;
    }
    assert.equal(scored.flagged.challenger, flagged);
    const [first] = scored.disagreements;
    assert.match(first.transactionId, /^sh_p/);
    assert.notEqual(first.champion.decision, first.challenger.decision);

    await ask('POST', `/api/transactions/${first.transactionId}/labels`, { label: 'fraud', source: 'analyst' });
    await until('the label counts', async () => (await comparison()).labels.fraud === 1);
    const labelled = await comparison();
    assert.equal(labelled.labels.challenger.fraudFlagged, 1);
    assert.ok(labelled.averagePrecision.challenger > 0);
    await ask('POST', `/api/transactions/${first.transactionId}/labels`, { label: 'legitimate', source: 'analyst' });
    await until('the latest counts', async () => (await comparison()).labels.legitimate === 1);
    assert.equal((await comparison()).labels.fraud, 0);

    assert.equal((await ask('DELETE', '/api/models/shadow')).status, 204);
    assert.equal((await ask('DELETE', '/api/models/shadow')).status, 404);
    const past = await comparison();
    assert.equal(past.running, false);
    assert.deepEqual({ ...past, running: true }, { ...(await comparison()), running: true });
    assert.equal(past.count, 300);
    assert.equal(past.labels.legitimate, 1);
  });

  test('other codes for the same words: the challenger sees its own', async () => {
    const other = variantModel(join(folder, 'codes'), (head) => ({
      ...head,
      encodings: Object.fromEntries(
        Object.keys(head.encodings).map((field) => [field, { other: -1, codes: [] as [number, number][] }]),
      ),
    }));
    await ask('POST', '/api/models', upload(join(folder, 'codes')));
    assert.equal((await ask('POST', `/api/models/${other}/shadow`)).status, 200);
    const body = {
      id: 'coded',
      userId: 'u_9',
      amount: 70,
      productCategory: 'Electronics',
      country: 'US',
      channel: 'web',
    };
    await ask('POST', '/api/transactions', body);
    const comparison = async () => (await ask('GET', `/api/models/${other}/comparison`)).body;
    await until('it is scored', async () => (await comparison()).count === 1);
    const record = (await app.services.journal.find('t:coded'))!;
    const model = loadArtifact(join(folder, 'codes'));
    const vector = record.vector!.slice();
    for (const name of ['category_risk', 'channel_risk', 'country_risk']) vector[model.features.indexOf(name)] = -1;
    assert.notDeepEqual(vector, record.vector);
    const { decision } = record.data as unknown as DecisionData;
    const expected = model.calibrate(model.score(vector)) - decision.probability;
    assert.equal((await comparison()).difference.mean, expected);
    assert.equal((await ask('POST', `/api/models/${other}/shadow`, { stop: true })).body.shadow, null);
  });

  test('a model over other features decides as it is; a challenger must find its own in the stored vectors', async () => {
    // With the report of its training, as a page sends it: thousands of values that no schema tells apart.
    const report = JSON.parse(readFileSync(join(stateless, 'report.json'), 'utf8'));
    const brought = await ask('POST', '/api/models', { ...upload(stateless), report });
    assert.equal(brought.status, 201, JSON.stringify(brought.body));
    const other = brought.body.version;
    assert.equal((await ask('POST', `/api/models/${other}/shadow`)).status, 200, 'a payment alone is enough for it');
    const promoted = await ask('POST', `/api/models/${other}/promote`);
    assert.equal(promoted.status, 200, JSON.stringify(promoted.body));
    assert.equal((await ask('GET', '/api/models')).body.shadow, null, 'it is no challenger any more');
    const decided = await ask('POST', '/api/transactions', { id: 'other', userId: 'u_7', amount: 20 });
    assert.equal(decided.body.model.version, other);
    const { data } = (await ask('GET', '/api/features')).body;
    assert.equal(data.length, loadArtifact(stateless).features.length);
    const refused = await ask('POST', `/api/models/${shipped}/shadow`);
    assert.equal(refused.status, 409);
    assert.match(refused.body.detail, /user_count_10m.*canary.*--features shipped/);
    assert.equal((await ask('POST', `/api/models/${shipped}/promote`)).status, 200);
  });

  test('the feed tells every promotion, in order', async () => {
    const seen: { type: string; data: { version: string; previous: string | null } }[] = [];
    const socket = new WebSocket(`${app.url.replace('http', 'ws')}/ws?since=0`);
    socket.on('message', (text) => seen.push(JSON.parse(String(text))));
    const told = () => seen.filter(({ type }) => type === 'model.promoted').map(({ data }) => data.version);
    const { promotions } = (await ask('GET', '/api/models')).body;
    const expected = promotions.map((each: { version: string }) => each.version).reverse();
    await until('all are told', () => told().length >= expected.length);
    socket.close();
    assert.deepEqual(told(), expected);
  });

  test('what was promoted last decides after a restart, and a shadow goes on', async () => {
    await ask('POST', `/api/models/${stricter}/promote`);
    await ask('POST', `/api/models/${shipped}/shadow`);
    await ask('POST', '/api/transactions', { id: 'before_restart', userId: 'u_3', amount: 10 });
    await app.stop({ keep: true });
    app = await startApp({ ASSAY_DATA_DIR: app.dataDir });
    const { body } = await ask('GET', '/api/models');
    assert.equal(body.champion, stricter);
    assert.equal(body.shadow, shipped);
    await ask('POST', '/api/transactions', { id: 'after_restart', userId: 'u_3', amount: 10 });
    await until('both are compared', async () => {
      return (await ask('GET', `/api/models/${shipped}/comparison`)).body.count === 2;
    });
    // Without its snapshots, from the journal alone.
    await app.stop({ keep: true });
    rmSync(join(app.dataDir, 'snapshots'), { recursive: true });
    tamper(join(app.dataDir, 'models', stricter, 'model.bin'));
    app = await startApp({ ASSAY_DATA_DIR: app.dataDir });
    const damaged = (await ask('GET', '/api/models')).body;
    assert.equal(damaged.champion, shipped, 'the one before it, which is sound');
    assert.match(damaged.problem, /damaged/);
  });
});

test('the configured model decides until one is promoted; a change of it is then only kept', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'assay-configured-'));
  const stricter = stricterModel(join(folder, 'stricter'));
  const shipped = loadArtifact(defaultModelDir).version;
  const opened = async <T>(modelDir: string, use: (core: Core) => Promise<T> | T): Promise<T> => {
    const env = { ASSAY_DATA_DIR: join(folder, 'data'), ASSAY_MODEL_DIR: modelDir, LOG_LEVEL: 'silent' };
    const core = await openCore(readConfig(env, { modelDir: defaultModelDir }));
    try {
      return await use(core);
    } finally {
      await core.close();
    }
  };
  const champion = (core: Core) => core.roster.champion?.model.version;
  try {
    assert.equal(await opened(defaultModelDir, champion), shipped);
    assert.equal(await opened(join(folder, 'stricter'), champion), stricter, 'nothing was promoted');
    assert.equal(await opened(join(folder, 'nowhere'), champion), undefined);
    await opened(join(folder, 'stricter'), (core) => core.roster.promote(shipped));
    assert.equal(await opened(join(folder, 'stricter'), champion), shipped, 'what was promoted decides');
    assert.equal(await opened(join(folder, 'nowhere'), champion), shipped);
    const kept = await opened(join(folder, 'stricter'), (core) => core.registry.list());
    assert.deepEqual(kept.map(({ version }) => version).sort(), [shipped, stricter].sort());
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

/** As decisions are made: from the parts that they are explained by. */
function sumOf(model: ReturnType<typeof loadArtifact>, vector: Float64Array): number {
  const parts = new Float64Array(vector.length);
  const base = model.explain(vector, parts);
  return parts.reduce((sum, part) => sum + part, base);
}
