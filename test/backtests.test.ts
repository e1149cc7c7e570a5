import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { type Answer, call, startApp, type TestApp } from './support/app.ts';
import { createRandom } from './support/expressions.ts';
import { until } from './support/load.ts';

type Body = Answer['body'];
const bin = join(import.meta.dirname, '..', 'bin', 'assay.js');
const assay = async (...args: string[]) =>
  (await promisify(execFile)(process.execPath, [bin, ...args], { maxBuffer: 2 ** 26 })).stdout;
const OUTCOMES = ['approve', 'review', 'decline'] as const;
const T0 = Date.parse('2026-11-01T00:00:00Z');

/** A stream with few cards and devices, so that windows hold something. */
function paymentsOf(count: number, seed: number): Body[] {
  const random = createRandom(seed);
  const pick = (n: number) => Math.floor(random() * n);
  return Array.from({ length: count }, (_, i) => ({
    id: `p${i}`,
    userId: `u${pick(40)}`,
    cardId: `c${pick(30)}`,
    deviceId: `d${pick(20)}`,
    amount: Math.round(random() ** 3 * 200_000) / 100,
    ...(random() < 0.7 ? { country: ['US', 'DE', 'NG'][pick(3)] } : {}),
    ...(random() < 0.5 ? { email: `m${pick(25)}@${['a.com', 'b.org'][pick(2)]}` } : {}),
    transactionDate: new Date(T0 + i * 60_000 + pick(600_000)).toISOString(),
  }));
}

const RULES = [
  {
    id: 'many',
    name: 'many',
    when: 'count("card", "2h") >= 3.0 && tx.amountBase > 100.0',
    outcome: 'decline',
    mode: 'live',
  },
  {
    id: 'land',
    name: 'land',
    when: 'tx.country == "NG" && score < 90.0',
    outcome: 'review',
    mode: 'live',
    priority: 1,
  },
  { id: 'quiet', name: 'quiet', when: 'distinct("device", "card", "6h") >= 4.0', outcome: 'decline', mode: 'shadow' },
];
const OTHERS = [
  {
    id: 'allow',
    name: 'allow',
    when: 'tx.amountBase < 300.0 && sum("user", "1d") < 3000.0',
    outcome: 'approve',
    priority: 2,
  },
  { id: 'burst', name: 'burst', when: 'count("device", "3h") > 4.0 || frauds("card", "7d") > 0.0', outcome: 'decline' },
];

describe('backtests', () => {
  let app: TestApp;
  const payments = paymentsOf(200, 7);
  const decided = new Map<string, Body>();
  const on = (server: TestApp) => (method: string, path: string, body?: unknown) =>
    call(server.url, method, path, body);
  const ask = (method: string, path: string, body?: unknown) => on(app)(method, path, body);

  async function backtest(body: object): Promise<Body> {
    const started = await ask('POST', '/api/backtests', body);
    assert.equal(started.status, 202, JSON.stringify(started.body));
    let shown: Body;
    await until('the backtest', async () => {
      shown = (await ask('GET', `/api/backtests/${started.body.id}`)).body;
      return shown.status !== 'running';
    });
    assert.equal(shown.status, 'done', JSON.stringify(shown));
    return shown;
  }

  /** The same payments and labels, in the same order, on a server with its rules. */
  async function play(server: TestApp, rules: object[]): Promise<Map<string, Body>> {
    const told = on(server);
    for (const rule of rules) assert.equal((await told('POST', '/api/rules', rule)).status, 201);
    const answers = new Map<string, Body>();
    for (const [i, payment] of payments.entries()) {
      answers.set(payment.id, (await told('POST', '/api/transactions', payment)).body);
      const labelled = i % 8 === 0 ? `/api/transactions/p${i}/labels` : undefined;
      if (labelled) await told('POST', labelled, { label: i % 24 === 0 ? 'fraud' : 'legitimate', source: 'analyst' });
    }
    return answers;
  }

  /** One after another, and again where the database is slow. */
  async function statesOf(ids: string[]): Promise<string[]> {
    const states: string[] = [];
    for (const id of ids)
      await until(`the state of ${id}`, async () => {
        const { status, body } = await ask('GET', `/api/transactions/${id}`);
        if (status === 200) states.push(body.labelState);
        return status === 200;
      });
    return states;
  }

  const tally = (answers: Iterable<Body>) => {
    const sums = { approve: 0, review: 0, decline: 0 };
    for (const { decision } of answers) sums[decision as (typeof OUTCOMES)[number]]++;
    return sums;
  };

  before(async () => {
    app = await startApp();
    for (const [id, answer] of await play(app, RULES)) decided.set(id, answer);
  });
  after(() => app.stop());

  test('the policy in force makes of the past what it made of it, stored or recomputed', async () => {
    for (const mode of ['stored', 'recomputed'] as const) {
      const shown = await backtest({ mode });
      assert.deepEqual([shown.mode, shown.progress], [mode, 1]);
      const { result } = shown;
      assert.equal(result.decisions, 200);
      assert.deepEqual(result.was, tally(decided.values()));
      assert.deepEqual(result.would, result.was);
      assert.deepEqual([result.moved, result.samples], [[], []]);
      const hits = (id: string) =>
        [...decided.values()].filter(({ rules }) => rules.some((hit: Body) => hit.id === id)).length;
      for (const rule of result.rules) assert.equal(rule.hits, hits(rule.id), `${mode} ${rule.id}`);
      assert.ok(
        result.rules.every(({ hits: count }: Body) => count > 0),
        JSON.stringify(result.rules),
      );
    }
  });

  test('another policy: what a second server decided that had it', async () => {
    const second = await startApp();
    try {
      const rules = [...RULES.filter(({ id }) => id !== 'land'), ...OTHERS];
      const other = await play(
        second,
        rules.map((rule) => ({ mode: 'live', ...rule })),
      );
      const shown = await backtest({ add: OTHERS, remove: ['land'], samples: 200 });
      assert.equal(shown.mode, 'recomputed');
      assert.match(shown.result.notes.join(' '), /records do not hold .*count\(device/);
      assert.deepEqual(shown.result.would, tally(other.values()));
      const moved = new Map<string, Body>();
      for (const { id, from, to } of shown.result.samples) moved.set(id, [from, to]);
      for (const [id, { decision }] of decided) {
        const would = other.get(id)!.decision;
        assert.deepEqual(moved.get(id), decision === would ? undefined : [decision, would], id);
      }
      assert.ok(moved.size > 10, `${moved.size} moved`);
      for (const one of shown.result.moved) {
        const of = [...decided].filter(
          ([id, { decision }]) => decision === one.from && other.get(id)!.decision === one.to,
        );
        const states = await statesOf(of.map(([id]) => id));
        const count = (...wanted: string[]) => states.filter((state) => wanted.includes(state)).length;
        assert.deepEqual(
          [one.count, one.fraud, one.legitimate, one.presumed, one.unknown],
          [of.length, count('fraud'), count('legitimate', 'presumed'), count('presumed'), count('immature', 'blocked')],
        );
      }
      const thresholds = await backtest({ thresholds: { review: 0, decline: 1 }, rules: [] });
      assert.equal(thresholds.mode, 'stored');
      assert.equal(thresholds.result.would.approve, 0);
    } finally {
      await second.stop();
    }
  });

  test('a preview over the newest: recorded windows exactly, others marked', async () => {
    const known = await ask('POST', '/api/rules/preview', {
      rule: { name: 'again', when: 'distinct("device", "card", "6h") >= 4.0', outcome: 'decline' },
    });
    assert.equal(known.status, 200, JSON.stringify(known.body));
    const { result } = known.body;
    const quiet = [...decided.values()].filter(({ rules }) => rules.some((hit: Body) => hit.id === 'quiet')).length;
    assert.deepEqual([result.decisions, result.approximate], [200, []]);
    assert.equal(result.rules.find(({ id }: Body) => id === 'new-rule').hits, quiet);

    const fresh = await ask('POST', '/api/rules/preview', {
      when: 'count("device", "5h") >= 4.0',
      outcome: 'review',
      last: 100,
    });
    assert.equal(fresh.body.result.decisions, 100);
    assert.equal(fresh.body.result.approximate.length, 1);
    const exact = await backtest({
      add: [{ id: 'x', name: 'x', when: 'count("device", "5h") >= 4.0', outcome: 'review' }],
    });
    const all = await ask('POST', '/api/rules/preview', { when: 'count("device", "5h") >= 4.0', outcome: 'review' });
    const hits = (shown: Body, id: string) => shown.result.rules.find((rule: Body) => rule.id === id).hits;
    // Late payments came after some that today's profiles already hold.
    assert.ok(Math.abs(hits(all.body, 'new') - hits(exact, 'x')) <= 30, `${hits(all.body, 'new')} ${hits(exact, 'x')}`);
  });

  test('what rules hit of late, what an allow rule would have overridden, and the curve of thresholds', async () => {
    const { status, body } = await ask('GET', '/api/rules/stats');
    assert.equal(status, 200, JSON.stringify(body));
    const many = [...decided.values()].filter(({ rules }) => rules.some((hit: Body) => hit.id === 'many'));
    const states = await statesOf(many.map(({ id }) => id));
    const count = (state: string) => states.filter((one) => one === state).length;
    const shown = body.data.find(({ id }: Body) => id === 'many');
    assert.deepEqual(
      [shown.days7.hits, shown.days7.applied, shown.days30.fraud, shown.days30.legitimate],
      [many.length, many.length, count('fraud'), count('legitimate')],
    );
    assert.equal(shown.lastHit, many.at(-1).createdAt);
    const known = count('fraud') + count('legitimate');
    const beside = ['land', 'quiet'].map((id) => ({
      id,
      hits: many.filter(({ rules }) => rules.some((hit: Body) => hit.id === id)).length,
    }));
    assert.deepEqual(
      shown.days30.overlap,
      beside.filter(({ hits }) => hits > 0).sort((a, b) => b.hits - a.hits),
    );
    assert.ok(shown.days30.overlap.length > 0);
    assert.equal(shown.days30.precision, known === 0 ? null : count('fraud') / known);
    assert.deepEqual(
      { ...(await ask('GET', '/api/rules/many/stats')).body, since: undefined },
      { ...shown, since: undefined },
    );
    assert.equal((await ask('GET', '/api/rules/none/stats')).status, 404);

    const when = 'tx.amountBase > 150.0 && tx.country == "US"';
    const allow = { id: 'kind', name: 'kind', when, outcome: 'approve', mode: 'live', priority: 5 };
    const saved = await ask('POST', '/api/rules', allow);
    assert.equal(saved.status, 201);
    const overridden = [...decided.values()].filter(
      ({ decision, amountBase, amount, country }) =>
        decision === 'decline' && (amountBase ?? amount) > 150 && country === 'US',
    );
    assert.ok(overridden.length > 0);
    assert.equal(saved.body.overridden.count, overridden.length);
    assert.deepEqual(saved.body.overridden.samples[0].id, overridden.at(-1).id);
    assert.equal((await ask('DELETE', '/api/rules/kind')).status, 204);
    const strict = await ask('POST', '/api/rules', { ...allow, id: 'strict', outcome: 'decline' });
    assert.equal(strict.body.overridden, undefined);
    assert.equal((await ask('DELETE', '/api/rules/strict')).status, 204);

    const curve = (await ask('GET', '/api/policy/thresholds/curve')).body;
    assert.equal(curve.decisions, 200);
    for (const point of curve.points) {
      const flagged = [...decided.values()].filter(({ probability }) => probability >= point.threshold);
      assert.equal(point.flagged, flagged.length);
    }
    assert.equal(curve.points[0].recall, 1);
    assert.equal(curve.points[0].flagged, 200);
  });

  test('the command: through the server, and from the journal alone, with one answer', async () => {
    const file = join(app.dataDir, 'tried.json');
    writeFileSync(file, JSON.stringify({ add: OTHERS, remove: ['land'] }));
    const command = async () =>
      JSON.parse(await assay('backtest', '--rules', file, '--data-dir', app.dataDir, '--json'));
    const served = await command();
    assert.equal(served.mode, 'recomputed');
    assert.equal(served.result.decisions, 200);
    await app.stop({ keep: true });
    const offline = await command();
    assert.deepEqual(offline.result, served.result);
    app = await startApp({ ASSAY_DATA_DIR: app.dataDir });
  });

  test('what is refused, and where', async () => {
    const table: [path: string, body: object, status: number, at: string][] = [
      ['/api/backtests', { ad: [] }, 422, '/ad'],
      ['/api/backtests', { add: [{ name: 'x', when: 'tx.amout > 1.0', outcome: 'review' }] }, 422, '/add/0/when'],
      ['/api/backtests', { remove: ['none'] }, 422, '/remove/0'],
      ['/api/backtests', { model: 'none' }, 422, '/model'],
      ['/api/backtests', { lists: { none: ['x'] } }, 422, '/lists/none'],
      ['/api/backtests', { from: '2001-01-01T00:00:00Z', to: '2002-01-01T00:00:00Z' }, 422, '/to'],
      ['/api/backtests', { from: '2026-12-01T00:00:00Z', to: '2026-11-01T00:00:00Z' }, 422, '/from'],
      ['/api/backtests', { thresholds: { review: 0.9, decline: 0.1 } }, 422, '/thresholds/review'],
      ['/api/rules/preview', {}, 422, '/when'],
      ['/api/rules/preview', { when: 'tx.amount > 1.0' }, 422, '/outcome'],
      ['/api/rules/preview', { when: 'tx.amout > 1.0', outcome: 'review' }, 422, '/when'],
    ];
    for (const [path, body, status, at] of table) {
      const answer = await ask('POST', path, body);
      assert.deepEqual([answer.status, answer.body.errors?.[0]?.path], [status, at], JSON.stringify(answer.body));
    }
    assert.equal((await ask('GET', '/api/backtests/none')).status, 404);
  });

  test('cancelled: it stays so, and the next one runs', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 3; i++) ids.push((await ask('POST', '/api/backtests', { mode: 'recomputed' })).body.id);
    assert.equal((await ask('DELETE', `/api/backtests/${ids[2]}`)).status, 204);
    await until('the first', async () => (await ask('GET', `/api/backtests/${ids[1]}`)).body.status === 'done');
    const { status, result } = (await ask('GET', `/api/backtests/${ids[2]}`)).body;
    assert.deepEqual([status, result], ['cancelled', undefined]);
  });
});
