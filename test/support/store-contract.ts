import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import pg from 'pg';
import { openStore } from '../../src/adapters/postgres/store.ts';
import { AssayError } from '../../src/domain/errors.ts';
import { type DecisionData, transactionView } from '../../src/domain/records.ts';
import type { JournalEntry } from '../../src/journal/journal.ts';
import { silentLog } from '../../src/projections/log.ts';
import type { QueryStore } from '../../src/projections/store.ts';
import { naiveFilter, naiveStats } from './naive-queries.ts';
import { randomHistory } from './random-history.ts';
import { command, decision, ENTITY_FIELDS, ENTITY_TYPES, intake, label, sequenced, T0 } from './records.ts';

export interface Bench {
  store: QueryStore;
  schema: string;
  url: string;
  close(): Promise<void>;
}

/** A store in a schema of its own. */
export async function openBench(url: string): Promise<Bench> {
  const schema = `t_${randomBytes(6).toString('hex')}`;
  const options = { url, schema, entityTypes: ENTITY_TYPES, entityFields: ENTITY_FIELDS, log: silentLog };
  const store = await openStore(options);
  return {
    ...{ store, schema, url },
    async close() {
      await store.close();
      await onServer(url, (client) => client.query(`DROP SCHEMA ${schema} CASCADE`));
    },
  };
}

export async function onServer<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** All rows of a schema that records make, in order. */
export function dump({ url, schema }: Bench): Promise<unknown> {
  return onServer(url, async (client) => {
    const tables: Record<string, unknown[]> = {};
    for (const table of ['transactions', 'views', 'labels', 'users', 'answers', 'rejected'])
      tables[table] = (await client.query(`SELECT * FROM ${schema}.${table} ORDER BY 1`)).rows;
    return tables;
  });
}

/** What every query store must do, on whichever PostgreSQL. `url` is asked once the tests run. */
export function storeContract(url: () => string): void {
  const check = (name: string, body: (bench: Bench) => Promise<void>) =>
    test(name, async () => {
      const bench = await openBench(url());
      try {
        await body(bench);
      } finally {
        await bench.close();
      }
    });
  const apply = async ({ store }: Bench, entries: JournalEntry[]) => {
    const records = sequenced(entries, (await store.applied()) + 1);
    await store.apply(records);
    return records;
  };
  const answerTo = async (bench: Bench, entry: JournalEntry) => {
    const [{ sequence }] = await apply(bench, [entry]);
    const answer = await bench.store.answer(sequence);
    return answer!;
  };

  check('a decision reads as the view of its record', async (bench) => {
    const payment = { id: 'ord_1', email: 'a@B.co', ip: '203.0.113.9', cardId: 'c', terminal: 't9', amount: 0.29 };
    const [record] = await apply(bench, [decision(payment)]);
    const view = transactionView(record.data as unknown as DecisionData, record.personal, record.at);
    assert.deepEqual(await bench.store.transactions.get('ord_1'), view);
    assert.deepEqual(await bench.store.position(), { sequence: 1, key: 't:ord_1' });
    assert.equal(await bench.store.transactions.get('ord_2'), undefined);
  });

  check('odd ids are kept apart and come back as they were', async (bench) => {
    const half = '\ud83d';
    const ids = ['🦊', 'a|b', 'a/b', '%41', 'A', 'a', "o'x", '\\N', '\\', 'a\tb\nc\rd', 'a\0b', 'a\\u0000b'];
    ids.push(half, '\ufffd', '\uffffa\\u0000b', ' ', '{"a":1}', 'é', 'e\u0301', 'x'.repeat(255));
    await apply(
      bench,
      ids.map((id) => decision({ id, userId: id })),
    );
    const page = { limit: 200 };
    for (const id of ids) {
      assert.equal((await bench.store.transactions.get(id))?.id, id);
      const byUser = await bench.store.transactions.list({ userId: id }, page);
      assert.deepEqual(
        byUser.data.map((view) => view.id),
        [id],
      );
      const labelled = await answerTo(bench, label(id, 'fraud'));
      assert.equal(labelled.body?.transactionId, id);
      assert.equal((await bench.store.transactions.get(id))?.label, 'fraud');
    }
    assert.deepEqual(
      (await bench.store.transactions.list({}, page)).data.map((view) => view.id).sort(),
      [...ids].sort(),
    );
  });

  check('records applied again, in part again, and by two writers at once count once', async (bench) => {
    const records = sequenced(randomHistory(7, 300));
    const { store } = bench;
    await store.apply(records.slice(0, 100));
    await store.apply(records.slice(0, 100));
    await store.apply(records.slice(50, 150));
    await Promise.all([store.apply(records.slice(100, 300)), store.apply(records.slice(120, 300))]).catch(() => {});
    await store.apply(records);
    assert.equal(await store.applied(), 300);
    const other = await openBench(bench.url);
    await other.store.apply(records);
    assert.deepEqual(await dump(bench), await dump(other));
    await other.close();
    await assert.rejects(store.apply(sequenced([decision({ id: 'later' })], 302)), /does not follow 300/);
  });

  check('however a history is cut into batches, the rows are the same', async (bench) => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 }), async (seed, cuts) => {
        const records = sequenced(randomHistory(seed, 80));
        const [whole, cut] = [await openBench(bench.url), await openBench(bench.url)];
        await whole.store.apply(records);
        for (let from = 0, turn = 0; from < records.length; turn++) {
          const to = from + cuts[turn % cuts.length];
          await cut.store.apply(records.slice(from, to));
          from = to;
        }
        assert.deepEqual(await dump(cut), await dump(whole));
        await Promise.all([whole.close(), cut.close()]);
      }),
      { numRuns: 4 },
    );
  });

  check('a connection that is cut in the middle of applying loses and doubles nothing', async (bench) => {
    const records = sequenced(randomHistory(11, 600));
    const { store, url } = bench;
    let cuts = 0;
    const cutter = onServer(url, async (client) => {
      while (cuts < 5) {
        const { rowCount } = await client.query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
           WHERE pid <> pg_backend_pid() AND (state = 'active' OR state LIKE 'idle in%') AND query ~ $1`,
          [bench.schema],
        );
        cuts += rowCount ?? 0;
        await new Promise((resolve) => setTimeout(resolve, 3));
      }
    });
    let failures = 0;
    let applied = 0;
    while (applied < records.length || cuts < 5) {
      if (applied === records.length) {
        // Still something to cut: the offset's row is locked and read again.
        await store.apply(records).catch(() => failures++);
        continue;
      }
      try {
        await store.apply(records.slice(applied, applied + 15));
      } catch (error) {
        assert.equal((error as AssayError).code, 'unavailable', String(error));
        failures++;
      }
      applied = await store.applied().catch(() => applied);
    }
    await cutter;
    assert.ok(failures > 0, 'nothing was cut');
    const other = await openBench(url);
    await other.store.apply(records);
    assert.deepEqual(await dump(bench), await dump(other));
    await other.close();
  });

  check('a record that cannot be applied is set aside and the log goes on', async (bench) => {
    const huge = decision({ id: 'huge' });
    (huge.data.transaction as { amountMinor: number }).amountMinor = 1e30;
    const long = randomBytes(6000).toString('base64');
    const broken = { type: 'decision' as const, at: T0, key: 't:broken', data: {} };
    const lost = command('label', {});
    const entries = [decision({ id: 'a' }), huge, decision({ id: long }), broken, lost, decision({ id: 'b' })];
    const records = await apply(bench, entries);
    assert.equal(await bench.store.applied(), records.length);
    const ids = (await bench.store.transactions.list({}, { limit: 50 })).data.map(({ id }) => id);
    assert.deepEqual(ids, ['b', 'a']);
    assert.equal((await bench.store.answer(5))?.status, 404);
    const { rejected } = (await dump(bench)) as { rejected: { sequence: string }[] };
    assert.deepEqual(
      rejected.map(({ sequence }) => sequence),
      ['2', '3', '4'],
    );
  });

  check('the first record of an id wins', async (bench) => {
    await apply(bench, [decision({ id: 'a', amount: 1 }), decision({ id: 'a', amount: 2 }, 't:again')]);
    await apply(bench, [
      decision({ id: 'a', amount: 3 }),
      intake({ id: 'a' }),
      decision({ id: 'a', amount: 4 }, 'd:a'),
    ]);
    assert.equal((await bench.store.transactions.get('a'))?.amount, 1);
    assert.equal((await bench.store.transactions.list({}, { limit: 9 })).data.length, 1);
  });

  check('an intake is processing until it is decided, or failed, or decided after all', async (bench) => {
    const { transactions } = bench.store;
    await apply(bench, [intake({ id: 'a' }), intake({ id: 'b' })]);
    assert.equal((await transactions.get('a'))?.status, 'processing');
    assert.equal(
      (await answerTo(bench, command('finalize', { transactionId: 'a', override: false }))).error?.code,
      'processing',
    );
    await apply(bench, [{ ...command('failed', { transactionId: 'a', error: 'no model' }), key: 'x:1' }]);
    const failed = await transactions.get('a');
    assert.deepEqual([failed?.status, failed?.error], ['failed', 'no model']);
    const refused = await answerTo(bench, command('finalize', { transactionId: 'a', override: true }));
    assert.deepEqual([refused.status, refused.error?.code], [409, 'conflict']);
    await apply(bench, [decision({ id: 'a', at: T0 + 5000 }, 'd:a'), decision({ id: 'b', at: T0 + 1 }, 'd:b')]);
    const decided = await transactions.get('a');
    assert.deepEqual([decided?.status, decided?.error, decided?.decision], ['pending', undefined, 'approve']);
    assert.equal(decided?.createdAt, new Date(T0 + 5000).toISOString());
    const { data } = await transactions.list({}, { limit: 9 });
    assert.deepEqual(
      data.map(({ id }) => id),
      ['a', 'b'],
    );
    assert.deepEqual(data[0], decided);
  });

  check('finalize: once, again, unknown, declined, overridden', async (bench) => {
    await apply(bench, [decision({ id: 'a' }), decision({ id: 'd', decision: 'decline', score: 99 })]);
    const finalize = (transactionId: string, override = false, at = T0 + 1000) =>
      answerTo(bench, command('finalize', { transactionId, override }, { at }));
    const first = await finalize('a');
    const view = await bench.store.transactions.get('a');
    assert.deepEqual(first, { status: 200, body: { transactionId: 'a', ...view } });
    assert.deepEqual([view?.status, view?.finalizedAt], ['finalized', new Date(T0 + 1000).toISOString()]);
    assert.deepEqual(await finalize('a', false, T0 + 9000), first);
    assert.equal((await finalize('x')).status, 404);
    const declined = await finalize('d');
    assert.deepEqual([declined.status, declined.error?.code], [409, 'declined']);
    assert.equal((await finalize('d', true)).status, 200);
    assert.equal((await finalize('d')).status, 200);
  });

  check('labels: the latest in log order stands, all are kept', async (bench) => {
    await apply(bench, [decision({ id: 'a', decision: 'review' })]);
    const entry = command(
      'label',
      { labelId: 'l1', transactionId: 'a', label: 'fraud', source: 'chargeback', note: 'n', occurredAt: T0 - 5 },
      { at: T0 + 1 },
    );
    const answer = await answerTo(bench, entry);
    assert.deepEqual(answer, {
      status: 201,
      body: {
        ...{ id: 'l1', transactionId: 'a', label: 'fraud', source: 'chargeback', note: 'n' },
        ...{ occurredAt: new Date(T0 - 5).toISOString(), recordedAt: new Date(T0 + 1).toISOString() },
      },
    });
    await apply(bench, [label('a', 'legitimate', T0 - 100)]);
    const view = await bench.store.transactions.get('a');
    assert.equal(view!.label, 'legitimate');
    assert.deepEqual(
      (view!.labels as { label: string }[]).map((each) => each.label),
      ['fraud', 'legitimate'],
    );
    assert.equal((await answerTo(bench, label('x', 'fraud'))).status, 404);
  });

  check('amend and delete change what is read; a deleted id stays taken', async (bench) => {
    const { transactions } = bench.store;
    await apply(bench, [
      decision({ id: 'a', userId: 'u1', cardId: 'c1', email: 'x@one.co', amount: 5 }),
      label('a', 'fraud'),
    ]);
    const changes = { userId: 'u2', cardId: null, amount: 7.5, decision: 'decline', status: 'finalized', id: 'z' };
    const amended = await answerTo(
      bench,
      command('amend', { transactionId: 'a', changes }, { personal: { email: 'x@two.co', ip: null } }),
    );
    const view = await transactions.get('a');
    assert.deepEqual([amended.status, amended.body], [200, view]);
    assert.deepEqual(
      [view?.userId, view?.cardId, view?.amount, view?.email, view?.decision, view?.status, view?.id],
      ['u2', undefined, 7.5, 'x@two.co', 'approve', 'pending', 'a'],
    );
    assert.equal((await transactions.list({ userId: 'u1' }, { limit: 5 })).data.length, 0);
    assert.equal((await transactions.list({ userId: 'u2' }, { limit: 5 })).data.length, 1);
    assert.equal((await transactions.entity('email', 'two.co', 5)).transactions.length, 1);
    assert.equal((await transactions.entity('email', 'one.co', 5)).transactions.length, 0);
    assert.equal((await transactions.stats(0, T0 * 2)).amounts.USD.total, 7.5);

    const remove = () => answerTo(bench, command('delete', { transactionId: 'a' }));
    assert.deepEqual(await remove(), { status: 204 });
    assert.equal((await remove()).status, 404);
    assert.equal(await transactions.get('a'), undefined);
    assert.equal((await transactions.list({}, { limit: 5 })).data.length, 0);
    assert.equal((await transactions.stats(0, T0 * 2)).count, 0);
    assert.equal((await transactions.entity('email', 'two.co', 5)).transactions.length, 0);
    for (const entry of [
      command('finalize', { transactionId: 'a', override: true }),
      command('amend', { transactionId: 'a', changes: {} }),
      label('a', 'fraud'),
    ])
      assert.equal((await answerTo(bench, entry)).status, 404);
    await apply(bench, [decision({ id: 'a' })]);
    assert.equal(await transactions.get('a'), undefined);
    const { labels, views } = (await dump(bench)) as { labels: unknown[]; views: { view: object }[] };
    assert.deepEqual([labels, Object.keys(views[0].view)], [[], ['id', 'createdAt']]);
  });

  check('users: one per e-mail address whatever its case', async (bench) => {
    const { users } = bench.store;
    const create = (userId: string, email: string, name = 'Ann') =>
      answerTo(bench, command('user.create', { userId }, { personal: { name, email } }));
    const update = (userId: string, personal: Record<string, unknown>) =>
      answerTo(bench, command('user.update', { userId }, { personal, at: T0 + 50 }));
    assert.deepEqual(await create('auth0|1', 'A@b.co'), { status: 201, body: { userId: 'auth0|1' } });
    assert.deepEqual(await create('auth0|1', 'a@B.co'), { status: 200, body: { userId: 'auth0|1' } });
    assert.deepEqual(await create('u2', 'a@b.CO'), { status: 200, body: { userId: 'auth0|1' } });
    assert.equal((await create('auth0|1', 'other@b.co')).error?.code, 'conflict');
    assert.equal((await create('u2', 'b@b.co', 'Bob 100%')).status, 201);
    assert.equal((await update('u2', { email: 'A@B.CO' })).status, 409);
    assert.equal((await update('nobody', { name: 'x' })).status, 404);
    const renamed = await update('u2', { name: 'Bo_b' });
    assert.deepEqual([renamed.status, renamed.body], [200, await users.get('u2')]);
    assert.equal((await users.get('u2'))?.updatedAt, new Date(T0 + 50).toISOString());
    const found = async (q: string) => (await users.list({ q }, { limit: 9 })).data.map(({ id }) => id);
    assert.deepEqual(
      [await found('BO_'), await found('%'), await found('a@b'), await found('auth0|')],
      [['u2'], [], ['auth0|1'], ['auth0|1']],
    );
    assert.deepEqual(await found(''), ['u2', 'auth0|1']);
    // One batch: the address changes hands.
    await apply(bench, [
      command('user.update', { userId: 'auth0|1' }, { personal: { email: 'new@b.co' } }),
      command('user.create', { userId: 'u3' }, { personal: { name: 'C', email: 'a@b.co' } }),
      command('user.delete', { userId: 'u2' }),
      command('user.create', { userId: 'u2' }, { personal: { name: 'D', email: 'b@b.co' } }),
    ]);
    assert.deepEqual(
      (await Promise.all(['auth0|1', 'u2', 'u3'].map((id) => users.get(id)))).map((user) => user?.email),
      ['new@b.co', 'b@b.co', 'a@b.co'],
    );
    assert.deepEqual(await answerTo(bench, command('user.delete', { userId: 'u3' })), { status: 204 });
    assert.equal((await answerTo(bench, command('user.delete', { userId: 'u3' }))).status, 404);
    assert.equal(await users.get('u3'), undefined);
  });

  check('lists filter as a naive filter does, and pages join up under inserts', async (bench) => {
    const entries = randomHistory(3, 640);
    await apply(bench, entries);
    const { transactions } = bench.store;
    const all = (await transactions.list({}, { limit: 200 })).data;
    const rest = await transactions.list(
      {},
      { limit: 200, cursor: (await transactions.list({}, { limit: 200 })).nextCursor! },
    );
    const views = [...all, ...rest.data];
    assert.ok(views.length > 100 && !rest.hasMore);
    const sorted = views.map(({ createdAt }) => createdAt);
    assert.deepEqual(sorted, [...sorted].sort().reverse());
    for (const filter of [
      { userId: 'u1' },
      { decision: 'approve' as const },
      { decision: 'decline' as const },
      { status: 'processing' as const },
      { status: 'failed' as const },
      { status: 'finalized' as const },
      { status: 'pending' as const, decision: 'review' as const },
      { from: T0 + 2000, to: T0 + 5000 },
      { minScore: 10 },
      { minScore: 50, userId: 'u2' },
      { alerts: true },
    ]) {
      const ids: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await transactions.list(filter, { limit: 7, cursor });
        assert.equal(page.hasMore, page.nextCursor !== null);
        ids.push(...page.data.map(({ id }) => id));
        cursor = page.nextCursor ?? undefined;
        // Newer ones come in front of what was read and move nothing.
        await apply(bench, [decision({ id: `new_${Math.random()}`, at: T0 + 1e9, userId: 'late' })]);
      } while (cursor);
      const expected = views.filter(naiveFilter(filter)).map(({ id }) => id);
      assert.deepEqual(
        ids.filter((id) => !id.startsWith('new_')),
        expected,
        JSON.stringify(filter),
      );
      assert.equal(new Set(ids).size, ids.length);
    }
    for (const cursor of ['', 'x', 'bm90IG9uZQ', `${(await transactions.list({}, { limit: 1 })).nextCursor}!`])
      await assert.rejects(
        transactions.list({}, { limit: 5, cursor }),
        (error: unknown) => error instanceof AssayError && error.code === 'invalid_request',
      );
  });

  check('an entity shows its transactions and whom it shares them with', async (bench) => {
    await apply(bench, [
      decision({ id: '1', userId: 'u1', deviceId: 'd1', cardId: 'c1', terminal: 't1', email: 'a@x.co' }),
      decision({ id: '2', userId: 'u2', deviceId: 'd1', cardId: 'c1', terminal: 't2' }),
      decision({ id: '3', userId: 'u3', deviceId: 'd1' }),
      decision({ id: '4', userId: 'u1', deviceId: 'd2', ip: '10.0.0.1' }),
    ]);
    const { transactions } = bench.store;
    const device = await transactions.entity('device', 'd1', 2);
    assert.deepEqual(
      device.transactions.map(({ id }) => id),
      ['3', '2'],
    );
    assert.deepEqual(device.linked, [
      { type: 'card', id: 'c1', transactions: 2 },
      { type: 'email', id: 'x.co', transactions: 1 },
      { type: 'terminal', id: 't1', transactions: 1 },
      { type: 'terminal', id: 't2', transactions: 1 },
      { type: 'user', id: 'u1', transactions: 1 },
      { type: 'user', id: 'u2', transactions: 1 },
      { type: 'user', id: 'u3', transactions: 1 },
    ]);
    const ids = async (type: string, id: string) =>
      (await transactions.entity(type, id, 9)).transactions.map((view) => view.id);
    assert.deepEqual(await ids('user', 'u1'), ['4', '1']);
    assert.deepEqual(await ids('email', 'X.co'), ['1']);
    assert.deepEqual(await ids('terminal', 't2'), ['2']);
    assert.deepEqual(await ids('ip', '10.0.0.1'), ['4']);
    // The same value as another type of entity is another entity.
    assert.deepEqual(await ids('card', 'd1'), []);
  });

  check('stats are those of a naive count', async (bench) => {
    await apply(bench, randomHistory(5, 600));
    const { transactions } = bench.store;
    const first = await transactions.list({}, { limit: 200 });
    const second = await transactions.list({}, { limit: 200, cursor: first.nextCursor! });
    const views = [...first.data, ...second.data];
    assert.ok(!second.hasMore && views.length > 200);
    for (const [from, to] of [
      [T0, T0 + 60_000],
      [T0 + 1234, T0 + 5678],
      [T0 - 86_400_000, T0 + 86_400_000],
      [T0 + 1e9, T0 + 2e9],
    ])
      assert.deepEqual(await transactions.stats(from, to), naiveStats(views, from, to));
    assert.equal((await transactions.stats(0, Number.MAX_SAFE_INTEGER)).count, views.length);
  });

  check('answers are kept for a day of the log', async (bench) => {
    const create = (id: string, at: number) =>
      command('user.create', { userId: id }, { at, personal: { name: id, email: `${id}@x.co` } });
    await apply(bench, [create('a', T0)]);
    await apply(bench, [create('b', T0 + 23 * 3_600_000)]);
    assert.equal((await bench.store.answer(1))?.status, 201);
    await apply(bench, [create('c', T0 + 25 * 3_600_000)]);
    assert.equal(await bench.store.answer(1), undefined);
    assert.equal((await bench.store.answer(2))?.status, 201);
  });
}
