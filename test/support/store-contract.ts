import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { AssayError } from '../../src/domain/errors.ts';
import { LABEL_STATES } from '../../src/domain/label-state.ts';
import { PAYMENT_EVENT_TYPES } from '../../src/domain/payment-event.ts';
import { type DecisionData, transactionView } from '../../src/domain/records.ts';
import type { TransactionFilter } from '../../src/projections/store.ts';
import { countedStats, naiveFilter, naiveScores, naiveStats } from './naive-queries.ts';
import { randomHistory } from './random-history.ts';
import { command, decision, label, type Payment, sequenced, T0 } from './records.ts';
import { answerTo, apply, type Bench, checkOn, dump, onServer, openBench } from './store-bench.ts';
import { caseContract } from './store-cases.ts';
import { commandContract } from './store-commands.ts';
import { countContract } from './store-counts.ts';
import { retentionContract } from './store-retention.ts';
import { everything, tallyContract } from './store-tallies.ts';
import { webhookContract } from './store-webhooks.ts';

/**
 * What every query store must do, on whichever PostgreSQL. `url` is asked once the tests run; `runs` is how many histories each
 * property is tried with: what SQL means is shown on one server, on others that every statement gets through.
 */
export function storeContract(url: () => string, runs = 4): void {
  const check = (name: string, body: (bench: Bench) => Promise<void>) => checkOn(url, name, body);

  check('a decision reads as the view of its record', async (bench) => {
    const payment = { id: 'ord_1', email: 'a@B.co', ip: '203.0.113.9', cardId: 'c', terminal: 't9', amount: 0.29 };
    const [record] = await apply(bench, [decision(payment)]);
    const view = transactionView(record.data as unknown as DecisionData, record.personal, record.at);
    assert.deepEqual(await bench.store.transactions.get('ord_1'), { ...view, labelState: 'presumed' });
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
      { numRuns: runs },
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
    const nobody = decision({ id: 'nobody' });
    (nobody.data.transaction as { userId: unknown }).userId = 7;
    const lost = command('label', {});
    const entries = [decision({ id: 'a' }), huge, decision({ id: long }), broken, lost, nobody, decision({ id: 'b' })];
    const records = await apply(bench, entries);
    assert.equal(await bench.store.applied(), records.length);
    const ids = (await bench.store.transactions.list({}, { limit: 50 })).data.map(({ id }) => id);
    assert.deepEqual(ids, ['b', 'a']);
    assert.equal((await bench.store.answer(5))?.status, 404);
    const { rejected } = (await dump(bench)) as { rejected: { sequence: string }[] };
    assert.deepEqual(
      rejected.map(({ sequence }) => sequence),
      ['2', '3', '4', '6'],
    );
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
      ...['fraud', 'legitimate', 'none'].map((label) => ({ label }) as TransactionFilter),
      ...LABEL_STATES.map((labelState) => ({ labelState })),
      { currency: 'EUR' },
      { currency: 'AED', minAmount: 20, maxAmount: 300 },
      { maxAmount: 999.99, from: T0 + 2000 },
      { country: 'FR', minScore: 60 },
      { channel: 'app' },
      { channel: 'app', userId: 'u1' },
      { type: 'payment', decision: 'decline' as const },
      ...PAYMENT_EVENT_TYPES.map((event) => ({ event })),
      { reason: 'card_sum_1d' },
      { reason: 'amount', entities: [{ type: 'device', id: 'd1' }] },
      { entities: [{ type: 'card', id: 'c3' }] },
      { entities: [{ type: 'ip', id: '10.0.0.3' }], status: 'pending' as const, to: T0 + 9000 },
      ...[
        { type: 'email', id: 'x@M2.co' },
        { type: 'card', id: 'c1' },
      ].map((entity, index, both) => ({ entities: [entity, both[1 - index]] })),
    ] as TransactionFilter[]) {
      // The first ones in many pages.
      const limit = filter.entities || filter.label || filter.event ? 60 : 7;
      const ids: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await transactions.list(filter, { limit, cursor });
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
      const { count, more } = await transactions.count({ ...filter, to: filter.to ?? T0 + 1e9 });
      assert.deepEqual([count, more], [expected.length, false], JSON.stringify(filter));
    }
    // What a release before wrote has its type, channel and events in the view alone.
    await onServer(bench.url, (client) =>
      client.query(`UPDATE ${bench.schema}.transactions SET type = NULL, channel = NULL, events = NULL`),
    );
    for (const filter of [{ channel: 'app' }, { type: 'payment' }, { event: 'refunded' }, { maxAmount: 300 }])
      assert.equal(
        (await transactions.count({ ...filter, to: T0 + 1e9 })).count,
        views.filter(naiveFilter(filter)).length,
        JSON.stringify(filter),
      );
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
    const seen = { firstAt: new Date(T0).toISOString(), lastAt: new Date(T0).toISOString() };
    assert.deepEqual(device.linked, [
      { type: 'card', id: 'c1', transactions: 2, ...seen },
      { type: 'email', id: 'x.co', transactions: 1, ...seen },
      { type: 'terminal', id: 't1', transactions: 1, ...seen },
      { type: 'terminal', id: 't2', transactions: 1, ...seen },
      { type: 'user', id: 'u1', transactions: 1, ...seen },
      { type: 'user', id: 'u2', transactions: 1, ...seen },
      { type: 'user', id: 'u3', transactions: 1, ...seen },
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
    ]) {
      const { topEntities, ...stats } = await transactions.stats(from, to);
      assert.deepEqual(await countedStats(bench.store, from, to), naiveStats(views, from, to));
      assert.equal(topEntities.length > 0, stats.decisions.review + stats.decisions.decline > 0);
    }
    assert.equal((await transactions.stats(0, Number.MAX_SAFE_INTEGER)).count, views.length);
  });

  check('the entities with the most alerts are those that were named when it was decided', async (bench) => {
    const { transactions } = bench.store;
    const alert = (id: string, names: Partial<Payment>) =>
      decision({ id, at: T0, decision: 'review', score: 40, userId: `u_${id}`, ...names });
    await apply(bench, [
      alert('a', { deviceId: 'd1', cardId: 'c1' }),
      alert('b', { deviceId: 'd1', cardId: 'c2', at: T0 + 1 }),
      alert('c', { deviceId: 'd1', cardId: 'c1', at: T0 + 2 }),
      alert('e', { deviceId: 'd2', at: T0 + 3 }),
      alert('f', { deviceId: 'd2', at: T0 + 60_000 }),
      alert('g', { cardId: 'c1', at: T0 + 4, decision: 'approve', score: 1 }),
      command('amend', { transactionId: 'c', changes: { cardId: 'c2' } }),
      command('delete', { transactionId: 'b' }),
    ]);
    const { topEntities } = await transactions.stats(T0, T0 + 1_000);
    assert.deepEqual(topEntities, [
      { type: 'device', id: 'd1', alerts: 2 },
      { type: 'card', id: 'c1', alerts: 2 },
      { type: 'device', id: 'd2', alerts: 1 },
      ...['a', 'c', 'e'].map((id) => ({ type: 'user', id: `u_${id}`, alerts: 1 })),
    ]);
    assert.deepEqual((await transactions.stats(T0 + 1e9, T0 + 2e9)).topEntities, []);
  });

  check('scores are counted by model, interval and bin', async (bench) => {
    const { transactions } = bench.store;
    const history = randomHistory(7, 400);
    await apply(bench, history);
    const version = (history.find(({ type }) => type === 'decision')!.data as unknown as DecisionData).decision.model!
      .version;
    const views = await everything(bench.store);
    for (const [from, to] of [
      [T0, T0 + 60_000],
      [T0 - 86_400_000, T0 + 86_400_000],
    ]) {
      const { series } = await transactions.scores(version, from, to);
      assert.ok(series.length > 0);
      assert.deepEqual(series, naiveScores(views, version, from, to));
    }
    assert.deepEqual((await transactions.scores('0000000000000000', T0, T0 + 1e9)).series, []);
  });

  tallyContract(url, runs);
  retentionContract(url, Math.ceil(runs / 2));
  commandContract(url);
  caseContract(url, runs);
  countContract(url, runs === 1 ? 160 : 400);
  webhookContract(url);
}
