import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type EmbeddedPostgres, startEmbedded } from '../src/adapters/embedded/postgres.ts';
import { layoutSchema } from '../src/adapters/postgres/migrate.ts';
import { silentLog } from '../src/projections/log.ts';
import { call, startApp, type TestApp } from './support/app.ts';
import { withReadyCluster } from './support/ready-cluster.ts';
import { byAmount } from './support/serving.ts';
import { onServer } from './support/store-bench.ts';

interface Hit {
  type: string;
  id: string;
  title: string;
  at: string;
  [name: string]: unknown;
}

describe('search', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'assay-search-'));
  let database: EmbeddedPostgres;
  let app: TestApp;
  before(async () => {
    await withReadyCluster(dataDir);
    database = await startEmbedded({ dataDir, log: silentLog });
    app = await startApp({ DATABASE_URL: database.url }, { serving: byAmount });
    for (const [id, amount, more] of [
      [
        'ord_9001',
        100.5,
        { cardId: 'Card-7f3a9b', deviceId: 'dev-44', ip: '203.0.113.9', email: 'Ann.Lee@shop.example' },
      ],
      ['ord_9002', 800, { cardId: 'Card-7f3a9b', deviceId: 'dev-45', merchantId: 'Böhm & Söhne', currency: 'EUR' }],
      ['ord_9003', 12, { deviceId: 'dev-46', ip: '2001:db8::1', payeeId: 'p_1', cardBin: '411111' }],
      ['x%_y', 13, { userId: 'auth0|55' }],
    ] as const) {
      const body = { id, amount, userId: `u-${id}`, ...more };
      const { status, body: said } = await call(app.url, 'POST', '/api/transactions', body);
      assert.equal(status, 201, JSON.stringify(said));
    }
    await call(app.url, 'POST', '/api/users', { id: 'auth0|55', name: 'Zoë Quint', email: 'zoe@quint.example' });
  });
  after(async () => {
    await app?.stop();
    await database?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  const search = async (q: string, more = '') => {
    const { status, body } = await call(app.url, 'GET', `/api/search?q=${encodeURIComponent(q)}${more}`);
    assert.equal(status, 200, JSON.stringify(body));
    const at = body.data.map((hit: Hit) => hit.at);
    assert.deepEqual(at, at.toSorted().reverse(), 'newest first');
    return body.data as Hit[];
  };
  const names = (hits: Hit[]) => hits.map(({ type, id }) => `${type} ${id}`).sort();

  test('payments are filtered by each of their fields, counted and exported alike', async () => {
    const { body: first } = await call(app.url, 'GET', '/api/transactions/ord_9002');
    const { body: cases } = await call(app.url, 'GET', '/api/cases?entity=card:Card-7f3a9b');
    for (const [query, ids] of [
      ['merchantId=B%C3%B6hm%20%26%20S%C3%B6hne', ['ord_9002']],
      ['cardId=Card-7f3a9b', ['ord_9002', 'ord_9001']],
      ['cardId=card-7f3a9b', []],
      ['cardId=Card-7f3a9b&deviceId=dev-44', ['ord_9001']],
      ['payeeId=p_1', ['ord_9003']],
      ['ip=2001:0db8:0::1', ['ord_9003']],
      ['ip=203.0.113.0/24', ['ord_9001']],
      ['email=ANN.LEE@shop.example', ['ord_9001']],
      ['email=Shop.example', ['ord_9001']],
      ['currency=EUR', ['ord_9002']],
      ['minAmount=100.5&maxAmount=100.5', ['ord_9001']],
      ['minAmount=500', ['ord_9002']],
      ['maxAmount=13&userId=auth0%7C55', ['x%_y']],
      ['type=login', []],
      [`model=${first.model.version}&minAmount=500`, ['ord_9002']],
      [`caseId=${cases.data[0].id}`, ['ord_9002']],
      [`caseId=${cases.data[0].id}&decision=approve`, []],
      ['label=fraud', []],
      ['label=none&deviceId=dev-46', ['ord_9003']],
      ['labelState=immature&deviceId=dev-46', ['ord_9003']],
      ['labelState=blocked', ['ord_9002']],
      ['event=refunded', []],
    ] as const) {
      const { status, body } = await call(app.url, 'GET', `/api/transactions?total=true&${query}`);
      assert.equal(status, 200, query);
      assert.deepEqual(
        [body.data.map(({ id }: Hit) => id), body.total],
        [ids, { count: ids.length, more: false }],
        `${query}: ${JSON.stringify(first.decision)}`,
      );
      const csv = await fetch(`${app.url}/api/transactions?${query}`, { headers: { accept: 'text/csv' } });
      assert.equal((await csv.text()).trim().split('\r\n').length, 1 + ids.length, query);
    }
    for (const [query, said] of [
      ['ip=nowhere', 'an address'],
      ['ip=10.0.0.0/8', '/24'],
      ['merchant=x', 'merchantId'],
      ['currency=XYZ', 'currency'],
      ['minAmount=-1', '>= 0'],
    ]) {
      const { status, body } = await call(app.url, 'GET', `/api/transactions?${query}`);
      assert.equal(status, 422, query);
      assert.ok(JSON.stringify(body.errors).includes(said), JSON.stringify(body));
    }
  });

  test('finds everything by its beginning, whatever the case of letters', async () => {
    for (const [q, expected] of [
      ['card-7f', ['card Card-7f3a9b']],
      ['CARD-7F3A9B', ['card Card-7f3a9b']],
      ['dev-4', ['device dev-44', 'device dev-45', 'device dev-46']],
      // An address and the network that it lies in.
      ['203.0.113.9', ['ip 203.0.113.9', 'network 203.0.113.0/24']],
      ['203.0', ['ip 203.0.113.9', 'network 203.0.113.0/24']],
      ['2001:0db8:0::1', ['ip 2001:db8::1', 'network 2001:db8::/64']],
      ['shop.ex', ['email shop.example']],
      ['ann.lee@SHOP.example', ['email shop.example', 'mailbox ann.lee@shop.example']],
      ['böhm', ['merchant Böhm & Söhne']],
      ['411111', ['bin 411111']],
      ['ord_900', ['transaction ord_9001', 'transaction ord_9002', 'transaction ord_9003']],
      ['ord_9001', ['transaction ord_9001']],
      ['x%', ['transaction x%_y']],
      ['u-ord_9001', ['user u-ord_9001']],
      ['auth0|', ['user auth0|55']],
      ['zoë', ['user auth0|55']],
      ['quint.example', ['user auth0|55']],
      ['100.5', ['transaction ord_9001']],
      ['$100.50', ['transaction ord_9001']],
      ['800 eur', ['transaction ord_9002']],
      ['800 USD', []],
      ['nothing like it', []],
      ['\\', []],
      ["'; DROP TABLE users; --", []],
    ] as const)
      assert.deepEqual(names(await search(q)), [...expected].sort(), q);
    const [user] = await search('auth0|55');
    assert.deepEqual([user.title, user.email], ['Zoë Quint', 'zoe@quint.example']);
    const [paid] = await search('ord_9001');
    assert.deepEqual([paid.title, paid.decision], ['100.5 USD by u-ord_9001', 'approve']);
  });

  test('cases by their id and by what they are about, notes by their words', async () => {
    const [made] = (await call(app.url, 'GET', '/api/cases')).body.data;
    assert.ok(names(await search('dev-45')).includes(`case ${made.id}`));
    assert.deepEqual(names(await search(made.id)), [`case ${made.id}`]);
    await call(app.url, 'POST', `/api/cases/${made.id}/comments`, { text: 'They drive a white VAN.' });
    const note = { label: 'legitimate', source: 'customer', note: 'She rang about the van' };
    await call(app.url, 'POST', '/api/transactions/ord_9003/labels', note);
    const hits = await search('van');
    assert.deepEqual(
      hits.map(({ type, title, caseId, transactionId }) => [type, title, caseId, transactionId]),
      [
        ['note', 'She rang about the van', undefined, 'ord_9003'],
        ['note', 'They drive a white VAN.', made.id, undefined],
      ],
    );
    assert.equal((await search('white va')).length, 1);
  });

  test('a limit keeps the newest, and what is named exactly so', async () => {
    for (let index = 0; index < 30; index++)
      await call(app.url, 'POST', '/api/transactions', {
        id: `many${index}`,
        userId: `kit${index}`,
        amount: 1,
        deviceId: `kit-${index}`,
      });
    await call(app.url, 'POST', '/api/transactions', { id: 'first', userId: 'z', amount: 1, deviceId: 'kit' });
    await call(app.url, 'POST', '/api/transactions', { id: 'last', userId: 'z', amount: 1, deviceId: 'kit-last' });
    const hits = await search('kit', '&limit=5');
    assert.equal(hits.length, 5);
    assert.deepEqual(
      hits.slice(0, 2).map(({ id }) => id),
      ['kit-last', 'kit'],
    );
    for (let index = 0; index < 9; index++)
      await call(app.url, 'POST', '/api/transactions', {
        id: `more${index}`,
        userId: 'z',
        amount: 1,
        deviceId: `kitty${index}`,
      });
    const again = await search('kit', '&limit=5');
    assert.deepEqual([again[0].id, again[4].id], ['kitty8', 'kit']);
  });

  test('what is deleted or amended away is not found, and its name is kept nowhere', async () => {
    const body = { id: 'gone', userId: 'ghost', amount: 77.25, deviceId: 'dev-gone', ip: '198.51.100.77' };
    await call(app.url, 'POST', '/api/transactions', body);
    await call(app.url, 'POST', '/api/transactions', {
      id: 'moved',
      userId: 'mover',
      amount: 5,
      deviceId: 'dev-moved',
    });
    await call(app.url, 'POST', '/api/transactions/gone/labels', {
      label: 'fraud',
      source: 'analyst',
      note: 'spectral',
    });
    assert.deepEqual(names(await search('ghost')), ['user ghost']);
    await call(app.url, 'DELETE', '/api/transactions/gone');
    await call(app.url, 'PUT', '/api/transactions/moved', { deviceId: 'dev-there' });
    for (const q of ['ghost', 'dev-gone', '198.51.100.77', '198.51', '77.25', 'spectral', 'gone', 'dev-moved'])
      assert.deepEqual(await search(q), [], q);
    assert.deepEqual(names(await search('dev-there')), ['device dev-there']);
    const rows = await onServer(database.url, async (client) => {
      const wanted = `SELECT value FROM ${layoutSchema('assay')}.names WHERE value = ANY($1)`;
      return (await client.query(wanted, [['ghost', 'dev-gone', '198.51.100.77', 'dev-moved']])).rows;
    });
    assert.deepEqual(rows, []);
    // It comes again, and is found again.
    await call(app.url, 'POST', '/api/transactions', { ...body, id: 'back' });
    assert.deepEqual(names(await search('dev-g')), ['device dev-gone']);
  });

  test('asks for something, and for no more than it knows', async () => {
    for (const query of ['', '?q=', '?q=%20', `?q=${'a'.repeat(256)}`, '?q=a&limit=0', '?q=a&kind=card'])
      assert.equal((await call(app.url, 'GET', `/api/search${query}`)).status, 422, query);
  });
});
