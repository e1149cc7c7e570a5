import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { countedStats, naiveStats } from './naive-queries.ts';
import { randomHistory } from './random-history.ts';
import { command, decision, label, sequenced, T0 } from './records.ts';
import { answerTo, apply, type Bench, dump, onServer, openBench } from './store-bench.ts';
import { everything } from './store-tallies.ts';

const DAY = 86_400_000;
/** Partitions of a day each. */
const RETENTION_DAYS = 8;

async function partitionsOf({ url, schema }: Bench): Promise<number> {
  return onServer(url, async (client) => {
    const { rows } = await client.query(
      "SELECT count(*) FROM pg_class c WHERE relnamespace = $1::regnamespace AND relispartition AND relkind = 'r'",
      [schema],
    );
    return Number(rows[0].count);
  });
}

/** What is older than RETENTION_DAYS goes by whole partitions, and nothing tells of it. */
export function retentionContract(url: () => string, runs: number): void {
  const check = (name: string, body: (bench: Bench) => Promise<void>) =>
    test(name, async () => {
      const bench = await openBench(url(), { retentionDays: RETENTION_DAYS });
      try {
        await body(bench);
      } finally {
        await bench.close();
      }
    });

  check('retention drops whole partitions, with what hangs off their transactions', async (bench) => {
    const { store } = bench;
    const at = (day: number) => T0 + day * DAY + DAY / 2;
    const pay = (day: number, outcome: 'approve' | 'review' = 'approve') =>
      decision({
        id: `${outcome}${day}`,
        at: at(day),
        decision: outcome,
        score: 50,
        deviceId: `d${Math.floor((day + 1) / 2)}`,
        userId: `u${day}`,
        cardId: `c${day}`,
      });
    for (let day = 0; day < 8; day++) await apply(bench, [pay(day), pay(day, 'review')]);
    await apply(bench, [
      label('review0', 'fraud', at(7)),
      command('delete', { transactionId: 'approve1' }, { at: at(7) }),
    ]);
    assert.equal((await everything(store)).length, 15);
    const before = await partitionsOf(bench);

    await apply(bench, [pay(8), pay(9)]);
    // Half of the eighth day before is kept, and so the whole of it.
    const views = await everything(store);
    assert.equal(views.at(-1)?.createdAt, new Date(at(1)).toISOString());
    assert.equal(await partitionsOf(bench), before + 5);
    assert.equal(await store.transactions.get('approve0'), undefined);
    assert.deepEqual(await countedStats(store, 0, 4e12), naiveStats(views, 0, 4e12));
    assert.equal(
      (await store.transactions.entity('device', 'd0', 50)).transactions.length,
      views.filter((view) => view.deviceId === 'd0').length,
    );

    // A case goes with the last of its alerts; one that has newer ones keeps its sums.
    await apply(bench, [pay(12), pay(12, 'review')]);
    const kept = (await store.cases.list({}, 'newest', { limit: 50 })).data;
    assert.ok(kept.every(({ lastAlertAt }) => Date.parse(lastAlertAt) >= T0 + 4 * DAY));
    for (const { id, transactionCount } of kept) {
      const { data } = await store.cases.transactions(id, { limit: 50 });
      assert.ok(
        data.length <= transactionCount && data.every(({ createdAt }) => Date.parse(createdAt) >= T0 + 4 * DAY),
      );
    }
    assert.equal(await store.cases.ofTransaction('review0'), undefined);
    for (const entry of [
      label('approve2', 'fraud', at(12)),
      command('finalize', { transactionId: 'approve2', override: true }, { at: at(12) }),
    ])
      assert.equal((await answerTo(bench, entry)).status, 404);

    // The id of what is retired is free; one that was deleted within the retention stays taken until then.
    await apply(bench, [command('delete', { transactionId: 'approve9' }, { at: at(12) })]);
    const again = (id: string) => decision({ id, at: at(12), amount: 77 }, `t:${id}:again`);
    await apply(bench, [again('approve0'), again('approve1'), again('approve9'), again('approve8')]);
    const amounts = await Promise.all(
      ['approve0', 'approve1', 'approve9', 'approve8'].map((id) => store.transactions.get(id)),
    );
    assert.deepEqual(
      amounts.map((view) => view?.amount),
      [77, 77, undefined, 10],
    );
    // So late that it is retired when it comes.
    await apply(bench, [{ ...decision({ id: 'late', at: at(2), decision: 'review' }), at: at(2) }]);
    assert.equal(await store.transactions.get('late'), undefined);
    const { ids } = await dump(bench);
    const living = (await everything(store)).length;
    assert.equal(ids.length, living + 1);
  });

  check('a record from the future retires nothing', async (bench) => {
    await apply(bench, [decision({ id: 'now', at: Date.now() })]);
    await apply(bench, [decision({ id: 'then', at: Date.now() + 1_000 * DAY })]);
    assert.deepEqual(
      (await everything(bench.store)).map(({ id }) => id),
      ['then', 'now'],
    );
  });

  check('what is retired does not depend on batches: a rebuild comes to the same', async (bench) => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1 }), async (seed, cuts) => {
        const records = sequenced(
          randomHistory(seed, 150).map((entry) => ({ ...entry, at: T0 + (entry.at - T0) * 600_000 })),
        );
        const open = () => openBench(bench.url, { retentionDays: RETENTION_DAYS });
        const [whole, cut] = [await open(), await open()];
        await whole.store.apply(records);
        for (let from = 0, turn = 0; from < records.length; turn++) {
          const to = from + cuts[turn % cuts.length];
          await cut.store.apply(records.slice(from, to));
          from = to;
        }
        const left = async (each: Bench) => {
          const { answers: _, ids, ...tables } = await dump(each);
          // Ids of what is retired are taken out little by little.
          const horizon = Math.min(...(await everything(each.store)).map(({ createdAt }) => Date.parse(createdAt)));
          return { ...tables, ids: ids.filter((row) => (row as { created_at: Date }).created_at.getTime() >= horizon) };
        };
        assert.deepEqual(await left(cut), await left(whole));
        const views = await everything(cut.store);
        assert.ok(views.length > 0 && views.length < 75);
        assert.deepEqual(await countedStats(cut.store, 0, 4e12), naiveStats(views, 0, 4e12));
        await Promise.all([whole.close(), cut.close()]);
      }),
      { numRuns: runs },
    );
  });
}
