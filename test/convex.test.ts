import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConvexHttpClient } from 'convex/browser';
import { makeFunctionReference } from 'convex/server';
import { readConfig } from '../src/config.ts';
import { call, startApp, type TestApp } from './support/app.ts';
import { assay } from './support/command.ts';
import { type ConvexServer, startConvex } from './support/convex-server.ts';
import { byAmount } from './support/serving.ts';

type Row = Record<string, unknown> & { id: string };

describe('the copy in Convex', () => {
  let convex: ConvexServer;
  let app: TestApp;
  const start = (dataDir?: string) =>
    startApp(
      {
        ...{ CONVEX_URL: convex.url, CONVEX_DEPLOY_KEY: convex.deployKey, CONVEX_TIMEOUT_MS: '400' },
        ...(dataDir ? { ASSAY_DATA_DIR: dataDir } : {}),
      },
      { serving: byAmount },
    );
  before(async () => {
    convex = await startConvex();
    app = await start();
  });
  after(async () => {
    await app?.stop();
    await convex?.close();
  });

  const table = (name: 'transactions' | 'tempTransactions' | 'users') =>
    convex.test.run(async (ctx) => (await ctx.db.query(name).collect()) as unknown as Row[]);
  const send = async (method: string, path: string, body?: unknown) => {
    const answer = await call(app.url, method, path, body);
    assert.ok(answer.status < 300, `${method} ${path}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  /** Until all that is durable now is there. */
  const copied = async () => {
    const durable = app.services.journal.durable;
    for (;;) {
      const place = await convex.test.run((ctx) => ctx.db.query('assayPlace').first());
      if (place && !place.clearing && place.sequence >= durable) return;
      await sleep(25);
    }
  };
  /** What the API shows of each payment and user, beside what the tables have. */
  const assertEqual = async () => {
    await copied();
    const [transactions, temporary, users] = await Promise.all([
      table('transactions'),
      table('tempTransactions'),
      table('users'),
    ]);
    const shown: Row[] = [];
    for (let cursor = ''; ; ) {
      const page = await send('GET', `/api/transactions?limit=200${cursor}`);
      shown.push(...page.data);
      if (!page.hasMore) break;
      cursor = `&cursor=${page.nextCursor}`;
    }
    const known = shown.map(({ labelState: _, ...view }) => view as Row);
    const copies = [...transactions, ...temporary].map(({ details }) => JSON.parse(details as string) as Row);
    const byId = (a: Row, b: Row) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
    assert.deepEqual(copies.sort(byId), known.sort(byId));
    const alerts = (await send('GET', '/api/transactions/alerts?limit=200')).data.map(({ id }: Row) => id).sort();
    assert.deepEqual(
      transactions
        .filter(({ alert }) => alert)
        .map(({ id }) => id)
        .sort(),
      alerts,
    );
    for (const { id, decision, score, amount, status } of transactions) {
      const view = known.find((one) => one.id === id)!;
      assert.deepEqual(
        { decision, score, amount, status },
        {
          ...{ decision: view.decision, score: view.score, amount: view.amount, status: view.status },
        },
      );
    }
    const people = (await send('GET', '/api/users?limit=200')).data.map(({ id }: Row) => id).sort();
    assert.deepEqual(users.map(({ id }) => id).sort(), people);
  };

  test('whatever breaks on either side, each payment is there once and as the database has it', async () => {
    const faults = ['none', 'refused', 'none', 'after', 'before', 'none', 'late'] as const;
    convex.fault = (count) => faults[count % faults.length];
    for (let round = 0; round < 5; round++) {
      for (let i = 0; i < 12; i++) {
        const id = `p${round}_${i}`;
        const amount = [5, 640, 900][i % 3];
        const body = { id, userId: `u${i % 4}`, amount, metadata: { 'wörter $': ['a'] }, merchantId: 'm' };
        await send('POST', '/api/transactions', body);
      }
      await send('POST', '/api/transactions/finalize', { tempId: `p${round}_0` });
      assert.equal((await call(app.url, 'POST', '/api/transactions/finalize', { tempId: `p${round}_2` })).status, 409);
      await send('POST', `/api/transactions/p${round}_1/labels`, { label: 'fraud', source: 'analyst' });
      await send('PUT', `/api/transactions/p${round}_3`, { channel: 'app' });
      await send('DELETE', `/api/transactions/p${round}_4`);
      await send('POST', '/api/users', { id: `u${round}`, name: 'Ann', email: `ann${round}@shop.example` });
      if (round === 2) {
        // It stops in the middle of what it was sending, and comes back.
        const { dataDir } = app;
        await app.stop({ keep: true });
        app = await start(dataDir);
      }
    }
    await send('DELETE', '/api/users/u3');
    await assertEqual();
    assert.ok(convex.writes.length > 5);
    convex.fault = () => 'none';
    const turns = convex.writes.map((body) => (JSON.parse(body) as { args: { turn: number } }).args.turn);
    assert.ok(new Set(turns).size < turns.length, 'some were sent again');
  });

  test('what was sent before changes nothing when it comes again, in whatever order', async () => {
    const before = await table('transactions');
    for (let i = convex.writes.length - 1; i >= 0; i--) {
      const answer = (await convex.again(i)) as { applied: boolean };
      assert.equal(answer.applied, false);
    }
    assert.deepEqual(await table('transactions'), before);
  });

  test('an erasure is done when the copy has forgotten too', async () => {
    await send('POST', '/api/users', { id: 'gone', name: 'Erased Person', email: 'erased@person.example' });
    const body = {
      id: 'g1',
      userId: 'gone',
      amount: 900,
      email: 'erased@person.example',
      customerLocation: 'Elmstreet 5',
    };
    await send('POST', '/api/transactions', body);
    await copied();
    const text = async () => JSON.stringify([await table('transactions'), await table('users')]);
    assert.match(await text(), /Elmstreet 5/);
    let tries = 0;
    convex.fault = () => (tries++ < 2 ? 'refused' : 'none');
    const { id } = await send('POST', '/api/erasures', { userId: 'gone', reason: 'asked' });
    while ((await send('GET', `/api/erasures/${id}`)).status !== 'done') {
      assert.ok(tries < 3 || !/Elmstreet 5/.test(await text()));
      await sleep(20);
    }
    assert.doesNotMatch(await text(), /Elmstreet|Erased Person|erased@person/);
    await assertEqual();
  });

  test('it is emptied and made again from the log, while the server runs', async () => {
    const env = { CONVEX_URL: convex.url, CONVEX_DEPLOY_KEY: convex.deployKey };
    const emptied = await assay(['convex', 'rebuild'], env);
    assert.equal(emptied.code, 0, emptied.error);
    await send('POST', '/api/transactions', { id: 'after', userId: 'u', amount: 5 });
    await assertEqual();
  });

  test('a page reads what it may: people their own, staff all', async () => {
    const client = (identity?: object) => {
      const one = new ConvexHttpClient(convex.url, { skipConvexDeploymentUrlCheck: true, logger: false });
      if (identity) one.setAuth(btoa(JSON.stringify(identity)));
      // biome-ignore lint/suspicious/noExplicitAny: what the functions answer.
      return (name: string, args = {}) => one.query(makeFunctionReference<'query', any, any>(name), args);
    };
    const [nobody, person, staff] = [client(), client({ subject: 'u1' }), client({ subject: 's', assayStaff: true })];
    const mine = await person('transactions:byUser', { userId: 'u1' });
    assert.ok(mine.transactions.length > 3 && mine.transactions.every((row: Row) => row.userId === 'u1'));
    const newest = await staff('transactions:newest', { limit: 3 });
    assert.equal(newest[0].id, 'after');
    assert.equal(newest.length, 3);
    const alerts = await staff('transactions:alerts');
    assert.ok(alerts.length > 0 && alerts.every((row: Row) => row.alert));
    assert.equal((await staff('transactions:one', { id: 'after' })).amount, 5);
    assert.equal((await person('users:one', { id: 'u1' })).name, 'Ann');
    for (const [asker, name, args] of [
      [nobody, 'transactions:byUser', { userId: 'u1' }],
      [person, 'transactions:byUser', { userId: 'u2' }],
      [person, 'transactions:newest', {}],
      [person, 'transactions:alerts', {}],
      [person, 'assay:position', {}],
    ] as const)
      await assert.rejects(asker(name, args), name);
    // A page may watch what is not there yet: that, and what is another's, is no error and nothing.
    for (const [asker, id] of [
      [person, 'after'],
      [person, 'nothing'],
      [nobody, 'nothing'],
    ] as const)
      assert.equal(await asker('transactions:one', { id }), null);
  });

  test('health says how far it is behind, and another journal is not mixed in', async () => {
    const { convex: shown, status } = await send('GET', '/health');
    assert.deepEqual([shown.state, shown.lagRecords, status], ['ok', 0, 'healthy']);
    const other = await start();
    try {
      let health = await call(other.url, 'GET', '/health');
      while (health.body.convex.state === 'ok') {
        await sleep(20);
        health = await call(other.url, 'GET', '/health');
      }
      assert.equal(health.body.convex.state, 'unavailable');
      assert.match(health.body.reasons.convex, /another journal.*assay convex rebuild/);
    } finally {
      await other.stop();
    }
    await assertEqual();
  });
});

test('its settings go together', () => {
  const read = (env: Record<string, string>) => () => readConfig(env, { modelDir: 'm' });
  assert.throws(read({ CONVEX_URL: 'http://x' }), /CONVEX_DEPLOY_KEY: needed/);
  assert.throws(read({ CONVEX_URL: 'x', CONVEX_DEPLOY_KEY: 'k' }), /CONVEX_URL: needs the form/);
  assert.equal(read({})().convex, undefined);
});
