import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import pg from 'pg';
import { type EmbeddedPostgres, startEmbedded } from '../src/adapters/embedded/postgres.ts';
import { layoutSchema, migrate } from '../src/adapters/postgres/migrate.ts';
import { createPartitions } from '../src/adapters/postgres/partitions.ts';
import { openStore, type StoreOptions } from '../src/adapters/postgres/store.ts';
import { silentLog } from '../src/projections/log.ts';
import { copyToLayout1, makeLayout1, serveAsLayout1 } from './support/layout1.ts';
import { countedStats, naiveStats } from './support/naive-queries.ts';
import { randomHistory } from './support/random-history.ts';
import { decision, ENTITY_FIELDS, ENTITY_TYPES, sequenced, T0 } from './support/records.ts';
import { apply, type Bench, dump, onServer, openBench } from './support/store-bench.ts';
import { everything } from './support/store-tallies.ts';

const run = promisify(execFile);
const dataDir = mkdtempSync(join(tmpdir(), 'assay-migrations-'));
let server: EmbeddedPostgres;
before(async () => {
  server = await startEmbedded({ dataDir, log: silentLog });
});
after(async () => {
  await server.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

const open = (namespace: string, more: Partial<StoreOptions> = {}) =>
  openStore({
    ...{ url: server.url, namespace, clock: Date.now, entityTypes: ENTITY_TYPES, entityFields: ENTITY_FIELDS },
    ...{ log: silentLog, ...more },
  });

test('processes that start at once migrate once, and all go on', async () => {
  const child = join(import.meta.dirname, 'support/migrate-child.ts');
  const ended = await Promise.all(
    Array.from({ length: 3 }, () => run(process.execPath, [child, server.url, 'crowd'], { timeout: 60_000 })),
  );
  for (const { stdout } of ended) assert.deepEqual(JSON.parse(stdout), { count: 40 });
  await Promise.all(Array.from({ length: 8 }, () => migrate(server.url, 'crowd2', silentLog)));
  await onServer(server.url, async (client) => {
    for (const schema of ['crowd', 'crowd2'].map(layoutSchema)) {
      const { rows } = await client.query(`SELECT name FROM ${schema}.migrations ORDER BY 1`);
      assert.deepEqual(
        rows.map(({ name }) => name),
        readdirSync(join(import.meta.dirname, '../src/adapters/postgres/migrations')).sort(),
      );
    }
  });
});

test('a migration runs while the version before reads and writes, which then goes on, restarted or not', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'assay-migration-'));
  const own = join(import.meta.dirname, '../src/adapters/postgres/migrations');
  for (const name of readdirSync(own)) copyFileSync(join(own, name), join(folder, name));
  // What CONTRIBUTING.md allows: something new beside what is there.
  writeFileSync(
    join(folder, '9999_sample.sql'),
    `ALTER TABLE {schema}.transactions ADD COLUMN shade text;
     CREATE TABLE {schema}.sample (id text PRIMARY KEY);
     ALTER TABLE {schema}.users ADD COLUMN phone text NOT NULL DEFAULT '';`,
  );
  const bench = await openBench(server.url);
  const namespace = bench.schema.replace(layoutSchema(''), '');
  let migrated = false;
  let rounds = 0;
  const serving = (async () => {
    for (let after = 0; after < 10; rounds++) {
      await apply(
        bench,
        randomHistory(rounds, 20).map((entry) => ({ ...entry, key: `${entry.key}.${rounds}` })),
      );
      await bench.store.transactions.list({}, { limit: 50 });
      await bench.store.transactions.stats(0, 4e12);
      if (migrated) after++;
    }
  })();
  await Promise.all(Array.from({ length: 3 }, () => migrate(server.url, namespace, silentLog, { folder })));
  migrated = true;
  await serving;
  const restarted = await open(namespace);
  assert.equal(await restarted.applied(), rounds * 20);
  const views = await everything(restarted);
  assert.deepEqual(await countedStats(restarted, 0, 4e12), naiveStats(views, 0, 4e12));
  await restarted.close();
  await bench.close();
  rmSync(folder, { recursive: true, force: true });
});

test('the key of payments takes in what pages add up, of the partitions that are there and of those that come', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'assay-migration-'));
  const own = join(import.meta.dirname, '../src/adapters/postgres/migrations');
  for (const name of readdirSync(own)) if (name < '0018') copyFileSync(join(own, name), join(folder, name));
  await migrate(server.url, 'placed', silentLog, { folder });
  const schema = layoutSchema('placed');
  const partitions = createPartitions(schema, 28);
  await onServer(server.url, async (client) => {
    await partitions.hold(client, [T0, T0 + 60 * 86_400_000]);
    const write = (id: string) =>
      client.query(
        `INSERT INTO ${schema}.transactions (id, sequence, created_at, user_id, status, decision, currency, amount_minor, minor_digits, entities)
         VALUES ($1, 1, $2, 'u', 'pending', 'approve', 'USD', 100, 2, '{}')`,
        [id, new Date(T0)],
      );
    await write('a');
    await migrate(server.url, 'placed', silentLog);
    await partitions.hold(client, [T0 + 200 * 86_400_000]);
    await assert.rejects(write('b'), { code: '23505' });
    const { rows } = await client.query(
      `SELECT pg_get_constraintdef(k.oid) AS made, i.indisvalid AS valid, count(*)::int AS tables FROM pg_constraint k
       JOIN pg_index i ON i.indexrelid = k.conindid WHERE k.contype = 'p' AND k.conrelid IN
         (SELECT '${schema}.transactions'::regclass UNION SELECT inhrelid FROM pg_inherits WHERE inhparent = '${schema}.transactions'::regclass)
       GROUP BY 1, 2`,
    );
    const made = 'PRIMARY KEY (created_at, sequence) INCLUDE (decision, label, base_minor)';
    assert.deepEqual(rows, [{ made, valid: true, tables: 4 }]);
  });
  rmSync(folder, { recursive: true, force: true });
});

/** All but what came after 0.1.0, which rows that were taken over leave to their views. */
function known(tables: Record<string, unknown[]>): Record<string, unknown[]> {
  const without = (rows: unknown[], names: string[]) =>
    rows.map((row) => Object.fromEntries(Object.entries(row as object).filter(([name]) => !names.includes(name))));
  return {
    ...tables,
    cases: without(tables.cases, ['disputes', 'reopened', 'reopened_by', 'withdrawals_due', 'merged_into']),
    case_alerts: without(tables.case_alerts, ['disputes', 'due', 'worked']),
    transactions: without(tables.transactions, [
      'review',
      'truth',
      'since',
      'base_minor',
      'type',
      'channel',
      'events',
      'entity_types',
    ]),
    tallies: (tables.tallies as { tally: { cells: Record<string, unknown[]> } }[]).map((row) => ({
      ...row,
      tally: {
        ...row.tally,
        cells: Object.entries(row.tally.cells).map(([key, [count, minor]]) => [key, count, minor]),
      },
    })),
  };
}

test('the layout of 0.1.0 is taken over row for row', async () => {
  const bench = await openBench(server.url);
  const records = sequenced(randomHistory(21, 500).map((entry) => ({ ...entry, at: T0 + (entry.at - T0) * 20_000 })));
  await bench.store.apply(records.slice(0, 400));
  await onServer(server.url, async (client) => {
    await makeLayout1(client, 'was');
    await copyToLayout1(client, bench.schema, 'was');
  });
  const store = await open('was');
  assert.equal(await store.applied(), 400);
  const taken: Bench = { ...bench, store, schema: layoutSchema('was') };
  assert.deepEqual(known(await dump(taken)), known(await dump(bench)));
  for (const each of [bench, taken]) await each.store.apply(records);
  assert.deepEqual(known(await dump(taken)), known(await dump(bench)));
  await store.close();
  // Taken over once: a start later finds what it left.
  const again = await open('was');
  assert.equal(await again.applied(), 500);
  await again.close();
  // Nobody else uses an embedded database: what is behind goes, and the journal fills the new tables.
  await onServer(server.url, (client) => makeLayout1(client, 'alone'));
  const alone = await open('alone', { isAlone: true });
  assert.equal(await alone.applied(), 0);
  await alone.close();
  await onServer(server.url, async (client) => {
    const { rows } = await client.query(`SELECT to_regnamespace('alone') AS before, to_regnamespace('was') AS kept`);
    assert.deepEqual(rows, [{ before: null, kept: 'was' }]);
  });
  await bench.close();
});

test('0.1.0 goes on serving while its tables are taken over by several processes, and after it', async () => {
  const clients = await Promise.all(
    [0, 1].map(async () => {
      const client = new pg.Client({ connectionString: server.url, statement_timeout: 5_000 });
      await client.connect();
      return client;
    }),
  );
  const [client] = clients;
  await makeLayout1(client, 'serving');
  for (let round = 0; round < 300; round++) await serveAsLayout1(client, 'serving');
  let taken = false;
  const slowestMs = { during: 0 };
  const serving = (async () => {
    let rounds = 0;
    for (let after = 0; after < 20; rounds++) {
      const began = performance.now();
      await serveAsLayout1(client, 'serving');
      slowestMs.during = Math.max(slowestMs.during, performance.now() - began);
      if (taken) after++;
    }
    return rounds;
  })();
  const stores = await Promise.all([0, 1, 2].map(() => open('serving')));
  taken = true;
  const rounds = await serving;
  assert.ok(rounds > 20);
  const { sequence, key } = await stores[0].position();
  assert.ok(sequence >= 300 && sequence <= 300 + rounds);
  assert.equal(key, `t:old${sequence}`);
  for (const store of stores) {
    const stats = await store.transactions.stats(0, 4e12);
    assert.deepEqual([stats.count, stats.labels.fraud, await store.applied()], [sequence, sequence, sequence]);
    assert.equal((await store.transactions.get(`old${sequence}`))?.id, `old${sequence}`);
  }
  await stores[1].apply(sequenced([decision({ id: 'next' })], sequence + 1));
  assert.equal((await stores[2].transactions.stats(0, 4e12)).count, sequence + 1);
  await Promise.all([...stores.map((store) => store.close()), ...clients.map((each) => each.end())]);
});
