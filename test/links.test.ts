import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { type EmbeddedPostgres, startEmbedded } from '../src/adapters/embedded/postgres.ts';
import { entityKey, formerKeys } from '../src/domain/entity.ts';
import type { Links } from '../src/projections/links.ts';
import { silentLog } from '../src/projections/log.ts';
import { call, startApp, type TestApp } from './support/app.ts';
import { withReadyCluster } from './support/ready-cluster.ts';
import { command, decision, label, T0 } from './support/records.ts';
import { byAmount } from './support/serving.ts';
import { apply, onServer, openBench } from './support/store-bench.ts';

interface Paid {
  user: number;
  device: number;
  card: number;
  ip: number;
  isFraud: boolean;
}
const paid = fc.record({
  ...{ user: fc.nat(14), device: fc.nat(12), card: fc.nat(12), ip: fc.nat(4) },
  isFraud: fc.integer({ max: 4 }).map((draw) => draw < 1),
});

/** What a payment names; 0 is nothing, but for users. */
function named({ user, device, card, ip }: Paid): string[] {
  return [
    `user u${user}`,
    ...(device ? [`device d${device}`] : []),
    ...(card ? [`card c${card}`] : []),
    ...(ip ? [`ip 10.0.0.${ip}`] : []),
  ];
}

/** Breadth first over all payments, as simple as can be. */
function naive(payments: Paid[], start: string, depth: number, hub: number) {
  const othersOf = (one: string) =>
    new Set(
      payments.filter((each) => named(each).includes(one)).flatMap((each) => named(each).filter((x) => x !== one)),
    );
  const steps = new Map([[start, 0]]);
  let frontier = [start];
  for (let step = 1; step <= depth; step++) {
    const next = new Set(frontier.filter((one) => othersOf(one).size <= hub).flatMap((one) => [...othersOf(one)]));
    frontier = [...next].filter((one) => !steps.has(one));
    for (const one of frontier) steps.set(one, step);
  }
  const told = ([one, step]: [string, number]) => {
    const own = payments.filter((each) => named(each).includes(one));
    return `${one}: ${step} steps, ${own.length} payments, ${own.filter(({ isFraud }) => isFraud).length} fraud`;
  };
  const isHub = ([one]: [string, number]) => othersOf(one).size > hub;
  const edges = new Map<string, number>();
  for (const each of payments) {
    const ends = named(each).filter((one) => steps.has(one));
    for (const from of ends)
      for (const to of ends) if (from < to) edges.set(`${from} ${to}`, (edges.get(`${from} ${to}`) ?? 0) + 1);
  }
  return {
    nodes: [...steps].filter((one) => !isHub(one) || one[0] === start).map(told),
    hubs: [...steps].filter(isHub).map(told),
    edges: [...edges].map(([ends, count]) => `${ends} ${count}`),
  };
}

function shown({ nodes, hubs, edges }: Links) {
  const told = ({ type, id, steps, payments, fraud }: Links['nodes'][0]) =>
    `${type} ${id}: ${steps} steps, ${payments} payments, ${fraud} fraud`;
  const ends = ({ from, to, payments }: Links['edges'][0]) =>
    `${[`${from.type} ${from.id}`, `${to.type} ${to.id}`].sort().join(' ')} ${payments}`;
  return { nodes: nodes.map(told).sort(), hubs: hubs.map(told).sort(), edges: edges.map(ends).sort() };
}
const sorted = (of: ReturnType<typeof naive>) => ({
  ...{ nodes: of.nodes.sort(), hubs: of.hubs.sort(), edges: of.edges.sort() },
});

describe('links', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'assay-links-'));
  let database: EmbeddedPostgres;
  let app: TestApp;
  before(async () => {
    await withReadyCluster(dataDir);
    database = await startEmbedded({ dataDir, log: silentLog });
    app = await startApp({ DATABASE_URL: database.url, LINK_HUB: '8' }, { serving: byAmount });
  });
  after(async () => {
    await app?.stop();
    await database?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  test('are those of a naive search over all payments, now and then, with and without names that are written', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(paid, { minLength: 20, maxLength: 60 }),
        fc.constantFrom(1, 2, 3, 4),
        fc.constantFrom(4, 8, 50),
        async (payments, depth, hub) => {
          const bench = await openBench(database.url);
          try {
            const half = payments.length >> 1;
            // A third of the names is not written, as those of payments from before they were.
            await apply(
              bench,
              payments.flatMap(({ user, device, card, ip, isFraud }, index) => {
                const at = T0 + index * 1_000;
                const made = decision({
                  ...{ id: `t${index}`, at, userId: `u${user}` },
                  ...(device ? { deviceId: `d${device}` } : {}),
                  ...(card ? { cardId: `c${card}` } : {}),
                  ...(ip ? { ip: `10.0.0.${ip}` } : {}),
                });
                return isFraud ? [made, label(`t${index}`, 'fraud', at + 1)] : [made];
              }),
            );
            // The version before wrote a quarter.
            await onServer(bench.url, (client) =>
              client.query(`DELETE FROM ${bench.schema}.names WHERE key % 3 = 0;
                UPDATE ${bench.schema}.transactions SET entity_types = NULL WHERE sequence % 4 = 0`),
            );
            // Said later, and so not then.
            await apply(
              bench,
              payments
                .slice(0, half)
                .flatMap(({ isFraud }, index) => (isFraud ? [] : [label(`t${index}`, 'legitimate', T0 + 1e6)])),
            );
            for (const [type, id] of [
              ['user', 'u1'],
              ['device', 'd2'],
              ['ip', '10.0.0.1'],
              ['card', 'none'],
            ] as const) {
              const query = { type, id, depth, hub };
              const links = await bench.store.links(query);
              assert.equal(links.truncated, false);
              assert.deepEqual(shown(links), sorted(naive(payments, `${type} ${id}`, depth, hub)));
              const then = await bench.store.links({ ...query, at: T0 + half * 1_000 - 500 });
              assert.deepEqual(shown(then), sorted(naive(payments.slice(0, half), `${type} ${id}`, depth, hub)));
            }
          } finally {
            await bench.close();
          }
        },
      ),
      { numRuns: 8 },
    );
  });

  test('labels are as they were then, and payments that were deleted join nobody', async () => {
    const bench = await openBench(database.url);
    await apply(bench, [
      decision({ id: 'a', at: T0, userId: 'u1', deviceId: 'd' }),
      decision({ id: 'b', at: T0 + 1, userId: 'u2', deviceId: 'd' }),
      label('a', 'fraud', T0 + 10),
      label('a', 'legitimate', T0 + 20),
    ]);
    const fraud = async (at?: number) => {
      const { nodes } = await bench.store.links({ type: 'device', id: 'd', depth: 1, hub: 50, ...(at ? { at } : {}) });
      return nodes.map((node) => `${node.id} ${node.fraud}`).sort();
    };
    assert.deepEqual(await fraud(T0 + 5), ['d 0', 'u1 0', 'u2 0']);
    assert.deepEqual(await fraud(T0 + 15), ['d 1', 'u1 1', 'u2 0']);
    assert.deepEqual(await fraud(), ['d 0', 'u1 0', 'u2 0']);
    await apply(bench, [command('delete', { transactionId: 'a' })]);
    assert.deepEqual(await fraud(), ['d 0', 'u2 0']);
    await bench.close();
  });

  test('what was erased joins nobody, though its keys stay', async () => {
    const bench = await openBench(database.url);
    await apply(bench, [
      decision({ id: 'a', at: T0, userId: 'u1', deviceId: 'd', ip: '10.0.0.1', email: 'ann@shop.example' }),
      decision({ id: 'b', at: T0 + 1, userId: 'u2', deviceId: 'd', ip: '10.0.0.2', email: 'bob@mail.example' }),
    ]);
    const linked = async () => {
      const { nodes, hubs } = await bench.store.links({ type: 'device', id: 'd', depth: 1, hub: 5 });
      return { nodes: nodes.map(({ id }) => id).sort(), others: hubs.map(({ others }) => others) };
    };
    assert.deepEqual(await linked(), { nodes: ['d'], others: [6] });
    await bench.store.erasing.erase({ users: ['u1'], keys: [], payments: ['a'], cases: [] });
    assert.deepEqual(await linked(), { nodes: ['10.0.0.2', 'd', 'mail.example', 'u1', 'u2'], others: [] });
    await bench.close();
  });

  test('over HTTP: a ring is walked, a shared proxy is named and not walked', async () => {
    const pay = async (body: object) =>
      assert.equal((await call(app.url, 'POST', '/api/transactions', { amount: 5, ...body })).status, 201);
    for (let index = 0; index < 12; index++) await pay({ userId: `bystander${index}`, ip: '203.0.113.7' });
    await pay({ userId: 'mule1', deviceId: 'phone', ip: '203.0.113.7' });
    await pay({ userId: 'mule2', deviceId: 'phone', cardId: 'plastic', amount: 700 });
    await pay({ userId: 'mule3', cardId: 'plastic', id: 'bad' });
    await call(app.url, 'POST', '/api/transactions/bad/labels', { label: 'fraud', source: 'analyst' });
    const ask = (query: string) => call(app.url, 'GET', `/api/entities/user/mule1/links${query}`);
    const { status, body } = await ask('?depth=4&types=user,device,card,ip');
    assert.equal(status, 200, JSON.stringify(body));
    const told = (list: { id: string; steps: number; fraud: number }[]) =>
      list.map(({ id, steps, fraud }) => [id, steps, fraud]);
    assert.deepEqual(
      told(body.nodes).sort((a, b) => Number(a[1]) - Number(b[1]) || (String(a[0]) < String(b[0]) ? -1 : 1)),
      [
        ...[['mule1', 0, 0], ['phone', 1, 0], ['mule2', 2, 0], ['plastic', 2, 1], ['mule3', 3, 1]],
      ], // biome-ignore format: one line
    );
    assert.deepEqual(
      body.hubs.map(({ id, others, payments }: { id: string; others: number; payments: number }) => [
        id,
        others,
        payments,
      ]),
      [['203.0.113.7', 14, 13]],
    );
    assert.equal(body.truncated, false);
    assert.ok(body.edges.some(({ to, from }: Links['edges'][0]) => `${from.id} ${to.id}`.includes('203.0.113.7')));
    // By default every type joins: the network of the proxy too.
    const all = (await ask('')).body;
    assert.deepEqual(all.hubs.map(({ type }: { type: string }) => type).sort(), ['ip', 'network']);
    for (const [path, expected] of [
      ['/api/entities/user/nobody/links', 200],
      ['/api/entities/user/nobody/links/', 200],
      ['/api/entities/network/203.0.113.0/24/links?depth=1', 200],
      ['/api/entities/network/203.0.113.0%2F24/links?depth=1', 200],
      ['/api/entities/device/links', 200],
      ['/api/entities/planet/mars/links', 404],
      ['/api/entities/user/mule1/links?depth=5', 422],
      ['/api/entities/user/mule1/links?depth=0', 422],
      ['/api/entities/user/mule1/links?at=yesterday', 422],
      ['/api/entities/user/mule1/links?types=planet', 422],
      ['/api/entities/user/mule1/links?hub=5', 422],
    ] as const)
      assert.equal((await call(app.url, 'GET', path)).status, expected, path);
    const before = (await ask('?at=2020-01-01T00:00:00Z')).body;
    assert.deepEqual([before.nodes.length, before.nodes[0].payments, before.edges], [1, 0, []]);
  });

  test('bounds are kept and told', async () => {
    const bench = await openBench(database.url);
    await apply(
      bench,
      Array.from({ length: 700 }, (_, index) =>
        decision({ id: `t${index}`, userId: `u${index >> 1}`, deviceId: `d${(index + 1) >> 1}` }),
      ),
    );
    const chain = await bench.store.links({ type: 'user', id: 'u9', depth: 4, hub: 50 });
    assert.deepEqual([chain.nodes.length, chain.truncated], [9, false]);
    await apply(
      bench,
      Array.from({ length: 250 }, (_, index) => decision({ id: `s${index}`, userId: 'busy', deviceId: 'one' })),
    );
    const busy = await bench.store.links({ type: 'user', id: 'busy', depth: 1, hub: 50 });
    assert.deepEqual([busy.nodes.map(({ payments }) => payments), busy.truncated], [[250, 250], true]);
    await apply(
      bench,
      Array.from({ length: 20 * 20 }, (_, index) =>
        decision({ id: `w${index}`, userId: `w${index % 20}`, deviceId: `w${index}` }),
      ),
    );
    await apply(
      bench,
      Array.from({ length: 20 }, (_, index) => decision({ id: `x${index}`, userId: `w${index}`, deviceId: 'root' })),
    );
    const wide = await bench.store.links({ type: 'device', id: 'root', depth: 2, hub: 50 });
    assert.deepEqual([wide.nodes.length, wide.truncated], [300, true]);
    // Ten who have 140 payments beside the one they share: of seven of them no more than a thousand are looked up.
    await apply(
      bench,
      Array.from({ length: 10 * 141 }, (_, index) =>
        decision({ id: `f${index}`, userId: `f${index % 10}`, ...(index < 10 ? { deviceId: 'full' } : {}) }),
      ),
    );
    const full = await bench.store.links({ type: 'device', id: 'full', depth: 2, hub: 50, types: ['user', 'device'] });
    assert.deepEqual(
      full.nodes.map(({ id, payments }) => `${id} ${payments}`),
      ['full 10', ...Array.from({ length: 7 }, (_, index) => `f${index} 141`)],
    );
    assert.deepEqual([full.edges.length, full.truncated], [7, true]);
    await bench.close();
  });

  test('an entity that was keyed in several ways is read as one: its life and its list are those of all its payments', async () => {
    const bench = await openBench(database.url);
    const payments = Array.from({ length: 1_200 }, (_, index) => ({
      ...{ id: `t${index}`, at: T0 + 1_000 * Math.floor(index / 3), userId: `u${index}`, email: 'ann@shop.example' },
      ...{ amount: 1 + (index % 7), decision: (['approve', 'review', 'decline'] as const)[index % 3] },
    }));
    const frauds = payments.filter((_, index) => index % 5 === 0);
    await apply(bench, [
      ...payments.map((payment) => decision(payment)),
      ...frauds.map(({ id, at }) => label(id, 'fraud', at + 1)),
    ]);
    const [former] = formerKeys('email', 'shop.example');
    await onServer(bench.url, (client) =>
      client.query(
        `UPDATE ${bench.schema}.transaction_entities SET key = $1 WHERE key = $2 AND sequence % 3 = 0 AND sequence < 900`,
        [former, entityKey('email', 'shop.example')],
      ),
    );
    const { life, transactions } = await bench.store.transactions.entity('email', 'shop.example', 100);
    const newest = payments.toReversed();
    const counted = newest.slice(0, 1_000);
    const sum = (of: typeof payments) => of.reduce((total, { amount }) => total + amount, 0);
    const decided = (name: string) => counted.filter(({ decision }) => decision === name);
    const iso = (at: number) => new Date(at).toISOString();
    const isFraud = new Set(frauds.map(({ id }) => id));
    const fraud = counted.filter(({ id }) => isFraud.has(id));
    assert.deepEqual(life, {
      ...{ payments: 1_000, truncated: true, firstAt: iso(payments[0].at), lastAt: iso(newest[0].at) },
      decisions: Object.fromEntries(
        ['approve', 'review', 'decline'].map((decision) => [decision, decided(decision).length]),
      ),
      labels: { fraud: fraud.length, legitimate: 0 },
      amountBase: { total: sum(counted), declined: sum(decided('decline')), fraud: sum(fraud), unconverted: 0 },
    });
    const ids = (of: { id: string }[]) => of.map(({ id }) => id);
    assert.deepEqual(ids(transactions), ids(newest.slice(0, 100)));
    const entities = [{ type: 'email', id: 'shop.example' }];
    for (const filter of [{ entities }, { entities, label: 'fraud' as const }]) {
      const found: string[] = [];
      for (let cursor: string | undefined, more = true; more; ) {
        const page = await bench.store.transactions.list(filter, { limit: 170, ...(cursor ? { cursor } : {}) });
        found.push(...ids(page.data));
        [cursor, more] = [page.nextCursor ?? undefined, page.hasMore];
      }
      assert.deepEqual(found, ids('label' in filter ? newest.filter(({ id }) => isFraud.has(id)) : newest));
    }
    const few = (await bench.store.transactions.entity('user', 'u7', 100)).life;
    assert.deepEqual([few.payments, few.truncated, few.firstAt], [1, false, iso(payments[7].at)]);
    await bench.close();
  });
});
