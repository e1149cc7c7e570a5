import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Producer } from '@platformatic/kafka';
import avsc from 'avsc';
import { Redis } from 'ioredis';
import pg from 'pg';
import { layoutSchema } from '../../src/adapters/postgres/migrate.ts';
import { hashedName } from '../../src/adapters/redis/keys.ts';
import { call } from '../support/app.ts';
import { type Fleet, startFleet, withoutFleet } from '../support/fleet.ts';
import { openLog } from '../support/fleet-log.ts';
import { ALL_FAULTS, fleetRun } from '../support/fleet-run.ts';
import { differentProfiles, foldLog } from '../support/fleet-verify.ts';
import { until } from '../support/load.ts';
import { stricterModel, upload } from '../support/models.ts';
import { type SchemaRegistry, startSchemaRegistry } from '../support/schema-registry.ts';

const COUNT = Number(process.env.ASSAY_FLEET_TRANSACTIONS ?? 900);
const skip = await withoutFleet();
let fleet: Fleet;
let schemas: SchemaRegistry;
before(async () => {
  if (skip) return;
  schemas = await startSchemaRegistry();
  fleet = await startFleet({
    ...{ servers: 2, workers: 2 },
    env: { ID_TTL_DAYS: '9', SCHEMA_REGISTRY_URL: schemas.url },
  });
});
after(async () => {
  await fleet?.stop();
  schemas?.close();
});

test('two servers and two workers, while their parts fail one after another: nothing acknowledged is lost or doubled', {
  skip,
}, async (context) => {
  const report = await fleetRun(fleet, {
    count: COUNT,
    faults: ALL_FAULTS,
    phaseSeconds: 2,
    say: (line) => context.diagnostic(line),
  });
  assert.equal(report.faults.length, ALL_FAULTS.length);
  assert.ok(report.profiles > COUNT / 2, `${report.profiles} profiles were compared`);
});

test('the same id by every way at once is decided once, and all get that answer', { skip }, async () => {
  const log = await openLog(fleet.env);
  try {
    const ids = Array.from({ length: 40 }, (_, i) => `same-${i}`);
    const bodies = ids.map((id) => ({ id, userId: `su-${id}`, amount: 12.5, merchantId: 'm-same' }));
    const answers = await Promise.all([
      ...fleet.servers.flatMap((server) => bodies.map((body) => call(server.url, 'POST', '/api/transactions', body))),
      log.sendRaw([...bodies, ...bodies].map((body) => JSON.stringify(body))),
    ]);
    const byId = new Map<string, string>();
    for (const answer of answers) {
      if (answer === undefined) continue;
      assert.equal(answer.status, 201, JSON.stringify(answer.body));
      const said = JSON.stringify([answer.body.createdAt, answer.body.probability, answer.body.latencyMs]);
      assert.equal(byId.get(answer.body.id) ?? said, said);
      byId.set(answer.body.id, said);
    }
    const other = await call(fleet.servers[0].url, 'POST', '/api/transactions', { ...bodies[0], amount: 13 });
    assert.equal(other.status, 409);
    // A read waits until all that was acknowledged is applied.
    assert.equal((await call(fleet.servers[1].url, 'GET', '/api/transactions/same-0')).status, 200);
    const [{ count }] = await query(
      `SELECT count(*)::int AS count FROM ${layoutSchema('assay')}.transactions WHERE id LIKE 'same-%'`,
    );
    assert.equal(count, ids.length);
  } finally {
    await log.close();
  }
});

test('what one server acknowledged, the other reads at once: a payment, its finalization, a label, a key', {
  skip,
}, async () => {
  const [one, two] = fleet.servers;
  for (let i = 0; i < 20; i++) {
    const id = `read-${i}`;
    const made = await call(one.url, 'POST', '/api/transactions', { id, userId: 'reader', amount: 3 });
    assert.equal(made.status, 201);
    const seen = await call(two.url, 'GET', `/api/transactions/${id}`);
    assert.equal(seen.body.createdAt, made.body.createdAt);
    const finalized = await call(two.url, 'POST', '/api/transactions/finalize', { tempId: id });
    assert.equal(finalized.status, 200, JSON.stringify(finalized.body));
    const again = await call(one.url, 'GET', `/api/transactions/${id}`);
    assert.equal(again.body.status, 'finalized');
  }
  const gone = await call(one.url, 'DELETE', '/api/transactions/read-3');
  assert.equal(gone.status, 204);
  assert.equal((await call(two.url, 'GET', '/api/transactions/read-3')).status, 404);
});

test('respond-async is taken in, decided once by a worker, and told', { skip }, async () => {
  const [one, two] = fleet.servers;
  for (let i = 0; i < 10; i++) {
    const id = `later-${i}`;
    const body = { id, userId: 'patient', amount: 8 };
    const headers = { prefer: 'respond-async', 'idempotency-key': `later-key-${i}` };
    const taken = await call(one.url, 'POST', '/api/transactions', body, headers);
    // A worker that is quick enough has decided it already, and then that is the answer.
    assert.ok(taken.status === 202 || taken.status === 201, JSON.stringify(taken.body));
    const status = async () => (await call(two.url, 'GET', `/api/transactions/${id}`)).body.status;
    await until('it is decided', async () => (await status()) === 'pending');
    const repeated = await call(two.url, 'POST', '/api/transactions', body, headers);
    assert.equal(repeated.status, taken.status);
    assert.equal(repeated.body.createdAt, taken.body.createdAt);
    const other = await call(two.url, 'POST', '/api/transactions', { ...body, amount: 9 }, headers);
    assert.equal(other.status, 409);
  }
  const [{ count }] = await query(
    `SELECT count(*)::int AS count FROM ${layoutSchema('assay')}.transactions WHERE id LIKE 'later-%'`,
  );
  assert.equal(count, 10);
});

test('what cannot be read goes to transactions.dead with the reason, and stops nothing', { skip }, async () => {
  const log = await openLog(fleet.env);
  try {
    const before = await log.dead();
    await log.sendRaw([
      '{"userId":',
      '[]',
      '{"userId":"u","amount":-1}',
      '{"id":"after-poison","userId":"u","amount":1}',
    ]);
    await until('the one after them is decided', async () => {
      const { status } = await call(fleet.servers[0].url, 'GET', '/api/transactions/after-poison');
      return status === 200;
    });
    // Those lie in other partitions, which are read for themselves.
    const news = async () => (await log.dead()).slice(before.length);
    await until('the three others are dead', async () => (await news()).length >= 3);
    const dead = await news();
    assert.equal(dead.length, 3);
    assert.deepEqual(dead.map(({ code }) => code).sort(), ['invalid_request', 'invalid_request', 'malformed_json']);
    assert.ok(dead.some(({ reason, value }) => /amount/.test(reason) && value === '{"userId":"u","amount":-1}'));
  } finally {
    await log.close();
  }
});

test('what other producers send is decided by a worker, and what asks for nothing is counted as that', {
  skip,
}, async () => {
  const fields = [
    { name: 'id', type: 'string' },
    { name: 'userId', type: 'string' },
    { name: 'amount', type: 'double' },
  ];
  const schema = { type: 'record', name: 'Payment', fields } as const;
  const { id } = schemas.register('payments', { schema: JSON.stringify(schema) });
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(id, 1);
  const avro = avsc.Type.forSchema(schema as avsc.Schema).toBuffer({ id: 'by-avro', userId: 'a', amount: 12.5 });
  const change = (op: string, after: object | null, before: object | null = null) => ({ op, before, after, ts_ms: 1 });
  const row = { id: 'by-debezium', userId: 'd', amount: 7 };
  const producer = new Producer({ clientId: 'other', bootstrapBrokers: fleet.kafka.brokers });
  const send = (value: Buffer | object | null) =>
    producer.send({
      messages: [
        {
          ...{ topic: 'transactions.raw', key: Buffer.from('one') },
          value: (value === null || Buffer.isBuffer(value) ? value : Buffer.from(JSON.stringify(value))) as Buffer,
        },
      ],
    });
  const skipped = async () => {
    const sums: Record<string, number> = {};
    for (const { url } of fleet.workers) {
      const { body } = await call(new URL(url).origin, 'GET', '/metrics');
      for (const [, kind, count] of body.matchAll(/^assay_worker_skipped_total\{kind="(\w+)"\} (\d+)/gm))
        sums[kind] = (sums[kind] ?? 0) + Number(count);
    }
    return sums;
  };
  const before = await skipped();
  try {
    await send(Buffer.concat([prefix, avro]));
    await send(change('c', row));
    const shown = (id: string) => call(fleet.servers[0].url, 'GET', `/api/transactions/${id}`);
    for (const [id, amount] of [
      ['by-avro', 12.5],
      ['by-debezium', 7],
    ] as const) {
      await until(`${id} is decided`, async () => (await shown(id)).status === 200);
      assert.equal((await shown(id)).body.amount, amount);
    }
    await send(change('u', { ...row, amount: 8 }, row));
    await send(null);
    await send(change('d', null, row));
    await send(change('r', { ...row, id: 'of-before' }));
    const after = { tombstone: 1, delete: 1, snapshot: 1, update: 1, other: 0 };
    const isCounted = (sums: Record<string, number>) =>
      Object.entries(after).every(([kind, count]) => sums[kind] - (before[kind] ?? 0) === count);
    await until('they are counted', async () => isCounted(await skipped()));
    assert.equal((await shown('by-debezium')).body.amount, 7, 'what was decided stands');
    assert.equal((await shown('of-before')).status, 404);
  } finally {
    await producer.close();
  }
});

test('without Redis decisions go on, marked degraded, and what they teach is learnt once it is back', {
  skip,
}, async () => {
  const [one, two] = fleet.servers;
  await fleet.redis.kill();
  for (let i = 0; i < 10; i++) assert.equal(await isDegraded([one, two][i % 2].url, `dark-${i}`), true);
  const health = (await call(one.url, 'GET', '/health')).body;
  assert.deepEqual([health.status, health.redis], ['degraded', 'unavailable']);
  assert.equal((await call(one.url, 'GET', '/ready')).status, 200);
  await fleet.redis.restart();
  await wholeAgain('dark');
});

test('the first decision of each server after Redis was emptied is marked, and the log gives everything back', {
  skip,
}, async () => {
  const redis = new Redis(fleet.env.REDIS_URL);
  const both = (name: string) => Promise.all(fleet.servers.map(({ url }, i) => isDegraded(url, `${name}-${i}`)));
  try {
    assert.deepEqual(await both('full'), [false, false]);
    const leftDays = (await redis.pttl(`assay:k:${hashedName('t:full-0')}`)) / 86_400_000;
    assert.ok(leftDays > 8.9 && leftDays <= 9, `an id is known for ${leftDays} days`);
    await redis.flushall();
    assert.deepEqual(await both('empty'), [true, true]);
  } finally {
    redis.disconnect();
  }
  await wholeAgain('filled');
});

async function isDegraded(url: string, id: string): Promise<boolean> {
  const body = { id, userId: 'in-the-dark', merchantId: 'm-dark', amount: 2 };
  const answer = await call(url, 'POST', '/api/transactions', body);
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  return answer.body.degraded ?? false;
}

/** Decisions are not marked any more, and profiles are those of one process that folds the same log. */
async function wholeAgain(name: string): Promise<void> {
  let next = 0;
  for (const { url } of fleet.servers)
    await until('decisions are whole again', async () => !(await isDegraded(url, `${name}-again-${next++}`)));
  const log = await openLog(fleet.env);
  try {
    const folded = await foldLog(log.journal);
    await log.caughtUp(folded);
    assert.deepEqual((await differentProfiles(folded, log.profiles)).different, []);
  } finally {
    await log.close();
  }
}

test('a model that one server was given is promoted by the other and decides in every process', { skip }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'assay-fleet-model-'));
  const version = stricterModel(folder);
  const [one, two] = fleet.servers;
  const log = await openLog(fleet.env);
  try {
    const brought = await call(one.url, 'POST', '/api/models', upload(folder));
    assert.equal(brought.status, 201, JSON.stringify(brought.body));
    const shipped = (await call(two.url, 'GET', '/api/models')).body.champion;
    const promoted = await call(two.url, 'POST', `/api/models/${version}/promote`);
    assert.deepEqual([promoted.status, promoted.body.previous], [200, shipped], JSON.stringify(promoted.body));
    // Its record reaches the others a moment later.
    const decides = async (url: string) => (await call(url, 'GET', '/health')).body.model === version;
    for (const { url } of [...fleet.servers, ...fleet.workers])
      await until(`${url} decides by it`, () => decides(new URL(url).origin));
    await log.sendRaw([JSON.stringify({ id: 'by-the-new-one', userId: 'u', amount: 5 })]);
    const decided = () => call(one.url, 'GET', '/api/transactions/by-the-new-one');
    await until('a worker decided', async () => (await decided()).status === 200);
    assert.equal((await decided()).body.model.version, version);
    await fleet.servers[0].stop();
    await fleet.restartServer(0);
    assert.ok(await decides(fleet.servers[0].url), 'one that starts later has it too');
    const explained = await call(fleet.servers[0].url, 'GET', '/api/transactions/by-the-new-one/explanation');
    assert.deepEqual([explained.status, explained.body.model?.version], [200, version]);
  } finally {
    await log.close();
    rmSync(folder, { recursive: true, force: true });
  }
});

async function query(text: string) {
  const client = new pg.Client({ connectionString: fleet.env.DATABASE_URL });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}
