import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import pg from 'pg';
import { type EmbeddedPostgres, startEmbedded } from '../src/adapters/embedded/postgres.ts';
import { layoutSchema, migrate } from '../src/adapters/postgres/migrate.ts';
import { createPartitions } from '../src/adapters/postgres/partitions.ts';
import { openStore } from '../src/adapters/postgres/store.ts';
import { CORE_ENTITIES } from '../src/domain/entity.ts';
import { silentLog } from '../src/projections/log.ts';
import type { QueryStore } from '../src/projections/store.ts';
import { call, startApp } from './support/app.ts';
import { type CountedStats, countedStats, naiveStats } from './support/naive-queries.ts';
import { command, sequenced } from './support/records.ts';
import { everything } from './support/store-tallies.ts';

/**
 * What the build before voices left (4630fe9, 1 to 17 March 2026): its journal, its tables, and the labels that it told. Labels
 * are corrected there by other sources and with older dates, so that only the order of the log gives them.
 */
const fixture = join(import.meta.dirname, 'fixtures', 'before-life');
const expected = JSON.parse(readFileSync(join(fixture, 'expected.json'), 'utf8')) as {
  now: number;
  count: number;
  labels: { fraud: number; legitimate: number };
  transactions: Record<string, { label: string | null; decision: string; status: string }>;
};
const unpacked = (name: string) => gunzipSync(readFileSync(join(fixture, `${name}.gz`)));

const dataDir = mkdtempSync(join(tmpdir(), 'assay-before-'));
let server: EmbeddedPostgres;
before(async () => {
  server = await startEmbedded({ dataDir, log: silentLog });
});
after(async () => {
  await server.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

test('a journal from before voices gives the labels that it gave', async () => {
  const own = mkdtempSync(join(tmpdir(), 'assay-before-journal-'));
  mkdirSync(join(own, 'journal'));
  for (const name of readdirSync(fixture).filter((each) => /\.(journal|index)\.gz$/.test(each)))
    writeFileSync(join(own, 'journal', name.slice(0, -3)), unpacked(name.slice(0, -3)));
  const app = await startApp(
    { ASSAY_DATA_DIR: own, JOURNAL_SEGMENT_BYTES: '65536' },
    { clock: () => expected.now + 60_000 },
  );
  try {
    for (const [id, { label, decision, status }] of Object.entries(expected.transactions)) {
      const { body } = await call(app.url, 'GET', `/api/transactions/${id}`);
      assert.deepEqual([body.label ?? null, body.decision, body.status], [label, decision, status], id);
    }
    const { body: stats } = await call(app.url, 'GET', '/api/transactions/stats?window=366d');
    assert.deepEqual([stats.count, stats.labels], [expected.count, expected.labels]);
    // was_3 was told legitimate, fraud, legitimate by three sources: the last, a chargeback, stands against an analyst.
    const said = { label: 'fraud', source: 'analyst' };
    const { body } = await call(app.url, 'POST', '/api/transactions/was_3/labels', said);
    assert.deepEqual([body.effective.label, body.effective.source], ['legitimate', 'chargeback']);
    // was_4 was told by the customer alone.
    const above = await call(app.url, 'POST', '/api/transactions/was_4/labels', { ...said, label: 'legitimate' });
    assert.equal(above.body.effective.source, 'analyst');
  } finally {
    await app.stop();
  }
});

for (const order of ['before', 'after'] as const)
  test(`tables of the build before voices, which wrote them ${order} the migration, are read and go on`, async () => {
    const namespace = `voices_${order}`;
    const schema = layoutSchema(namespace);
    const folder = mkdtempSync(join(tmpdir(), 'assay-migrations-'));
    const all = join(import.meta.dirname, '../src/adapters/postgres/migrations');
    for (const name of readdirSync(all))
      if (order === 'after' || name < '0008') copyFileSync(join(all, name), join(folder, name));
    await migrate(server.url, namespace, silentLog, { folder });
    await fill(schema);
    const store = await openStore({
      ...{ url: server.url, namespace, entityTypes: CORE_ENTITIES, log: silentLog },
      // As many are presumed as are not.
      clock: () => Math.floor(expected.now / 60_000) * 60_000 + 85 * 86_400_000,
    });
    await agrees(store);
    const views = await everything(store);
    assert.deepEqual(
      Object.fromEntries(views.map((view) => [view.id, view.label ?? null])),
      Object.fromEntries(Object.entries(expected.transactions).map(([id, { label }]) => [id, label])),
    );
    const states = (await countedStats(store, 0, 4e12)).labelStates;
    assert.ok(
      Object.values(states).every((count) => count > 0),
      JSON.stringify(states),
    );
    // What changes in a minute that the build before counted.
    const at = expected.now + 1_000;
    const event = { id: 1, time: 0, entities: [], amount: 1 };
    await store.apply(
      sequenced(
        [
          command(
            'label',
            { labelId: 'n', transactionId: 'was_20', label: 'fraud', source: 'customer', rank: 1, event },
            { at },
          ),
          command('event', { eventId: 'e', transactionId: 'was_21', type: 'refused', at, event }, { at }),
          command('delete', { transactionId: 'was_22' }, { at }),
        ],
        (await store.applied()) + 1,
      ),
    );
    await agrees(store);
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });

/** Statistics over all, over days and over what cuts minutes are those of a naive count. */
async function agrees(store: QueryStore): Promise<void> {
  // That build took every currency as it was: its rows count as unconverted, whatever their views say.
  const views = (await everything(store)).map((view) =>
    view.currency === 'USD' ? view : { ...view, amountBase: null },
  );
  const first = Date.parse('2026-03-01T00:00:00Z');
  for (const [from, to] of [
    [0, 4e12],
    [first, first + 5 * 86_400_000],
    [first + 40_000_123, first + 10 * 86_400_000 + 7],
  ])
    assert.deepEqual(await countedStats(store, from, to), tenReasons(naiveStats(views, from, to)));
}

function tenReasons(stats: CountedStats): CountedStats {
  return { ...stats, topReasons: stats.topReasons.slice(0, 10) };
}

/** Rows as that build wrote them, by the columns that it knew. */
async function fill(schema: string): Promise<void> {
  const tables = JSON.parse(unpacked('postgres.json').toString()) as Record<string, string>;
  const client = new pg.Client(server.url);
  await client.connect();
  const times = (JSON.parse(tables.transactions) as { created_at: string }[]).map(({ created_at }) =>
    Date.parse(created_at),
  );
  await createPartitions(schema, 28).hold(client, times);
  await client.query(`DELETE FROM ${schema}.meta`);
  for (const [table, rows] of Object.entries(tables)) {
    const [first] = JSON.parse(rows) as object[];
    if (!first) continue;
    const columns = Object.keys(first).map((name) => `"${name}"`);
    await client.query(
      `INSERT INTO ${schema}.${table} (${columns}) SELECT ${columns} FROM json_populate_recordset(NULL::${schema}.${table}, $1::json)`,
      [rows],
    );
  }
  await client.end();
}
