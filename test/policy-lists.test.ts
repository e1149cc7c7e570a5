import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Answer, call, startApp, type TestApp } from './support/app.ts';

const DAY_MS = 86_400_000;

describe('lists', () => {
  let app: TestApp;
  let made = 0;
  before(async () => {
    app = await startApp();
  });
  after(() => app.stop());

  const ask = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
    call(app.url, method, path, body, headers);
  const pay = async (more: object): Promise<Answer['body']> =>
    (await ask('POST', '/api/transactions', { userId: `u${++made}`, amount: 12, ...more })).body;
  const list = async (name: string, type: string, values: string[] = [], more: object = {}) => {
    assert.equal((await ask('POST', '/api/lists', { name, type, ...more })).status, 201);
    if (values.length === 0) return;
    const answer = await ask('POST', `/api/lists/${name}/entries`, { entries: values.map((value) => ({ value })) });
    assert.deepEqual([answer.status, answer.body.added, answer.body.refused], [200, values.length, []]);
  };
  const hits = async (more: object) => (await pay(more)).rules.map(({ id }: { id: string }) => id);

  /** A type, a value as somebody writes it, and payments that are in and out. */
  const TYPES: [type: string, field: string, value: string, inside: object, outside: object][] = [
    ['user', 'tx.userId', 'auth0|1', { userId: 'auth0|1' }, { userId: 'auth0|2' }],
    ['card', 'tx.cardId', 'c_1', { cardId: 'c_1' }, { cardId: 'C_1' }],
    ['device', 'tx.deviceId', 'd_1', { deviceId: 'd_1' }, {}],
    ['ip', 'tx.ip', '203.0.113.0/24', { ip: '203.0.113.77' }, { ip: '203.0.114.1' }],
    ['network', 'tx.ip', '198.51.100.7', { ip: '198.51.100.200' }, { ip: '198.51.101.1' }],
    ['email', 'tx.email', 'Ann@Example.COM', { email: 'ann@example.com' }, { email: 'bob@example.com' }],
    ['emailDomain', 'tx.email', 'BAD.example', { email: 'x@bad.example' }, { email: 'x@good.example' }],
    ['merchant', 'tx.merchantId', 'm_1', { merchantId: 'm_1' }, { merchantId: 'm_2' }],
    ['country', 'tx.country', 'de', { country: 'DE' }, { country: 'FR' }],
    ['bin', 'tx.cardBin', '411111-411119', { cardBin: '411115' }, { cardBin: '411120' }],
    ['text', 'tx.channel', 'kiosk', { channel: 'kiosk' }, { channel: 'web' }],
  ];
  for (const [type, field, value, inside, outside] of TYPES)
    test(`a rule finds a ${type} in its list, in whatever spelling, from the next request on`, async () => {
      const name = `of-${type}`;
      await list(name, type);
      const rule = { id: name, name, when: `inList("${name}", ${field})`, outcome: 'review', mode: 'live' };
      assert.equal((await ask('POST', '/api/rules', rule)).status, 201);
      assert.ok(!(await hits(inside)).includes(name));
      const answer = await ask('POST', `/api/lists/${name}/entries`, { entries: [{ value, note: 'seen' }] });
      const { warnings: _, ...taken } = answer.body;
      assert.deepEqual(taken, { added: 1, updated: 0, refused: [] });
      assert.ok((await hits(inside)).includes(name));
      assert.ok(!(await hits(outside)).includes(name));
      const { body } = await ask('GET', `/api/lists/${name}/entries`);
      assert.equal(body.data.length, 1);
      const gone = await ask('DELETE', `/api/lists/${name}/entries/${encodeURIComponent(value)}`);
      assert.equal(gone.status, 204, JSON.stringify(gone.body));
      assert.ok(!(await hits(inside)).includes(name));
      assert.equal((await ask('DELETE', `/api/lists/${name}/entries/${encodeURIComponent(value)}`)).status, 404);
      const refused = await ask('DELETE', `/api/lists/${name}`);
      assert.equal(refused.status, 409);
      assert.match(refused.body.detail, new RegExp(`rule ${name}`));
    });

  test('what cannot be a value is told, and the rest is taken', async () => {
    await list('mixed', 'ip');
    const entries = [
      { value: '10.0.0.1' },
      { value: 'nowhere' },
      { value: '10.0.0.1' },
      { value: '10.0.0.0/8', expiresAt: 'soon' },
      { value: '' },
      { value: '10.0.0.2', expiresAt: '2020-01-01T00:00:00Z' },
    ];
    const { status, body } = await ask('POST', '/api/lists/mixed/entries', { entries });
    assert.deepEqual([status, body.added, body.updated], [200, 2, 1]);
    assert.deepEqual(body.warnings, ['1 of them have ended already, by their expiresAt: they are in no list.']);
    assert.deepEqual(
      body.refused.map(({ value }: { value: string }) => value),
      ['nowhere', '10.0.0.0/8', ''],
    );
    for (const [body, path] of [
      [{ entries: [] }, '/entries'],
      [{ entries: [{ value: 'x', expires: '2027-01-01T00:00:00Z' }] }, '/entries/0/expires'],
    ] as const) {
      const answer = await ask('POST', '/api/lists/mixed/entries', body);
      assert.equal(answer.status, 422);
      assert.ok(answer.body.errors[0].path.startsWith(path), JSON.stringify(answer.body.errors));
    }
    assert.equal((await ask('POST', '/api/lists/nowhere/entries', { entries })).status, 404);
    assert.equal((await ask('POST', '/api/lists', { name: 'mixed', type: 'ip' })).status, 409);
    assert.equal((await ask('POST', '/api/lists', { name: 'odd', type: 'planet' })).status, 422);
  });

  test('a value that is listed as more than was written is told, or as nothing that a payment can hold refused', async () => {
    const table: [type: string, value: string, told: RegExp | undefined][] = [
      ['emailDomain', 'someone@gmail.com', /someone@gmail.com is listed as gmail.com/],
      ['emailDomain', 'GMAIL.com.', undefined],
      ['network', '203.0.113.9', /is listed as 203.0.113.0.24/],
      ['network', '203.0.113.0/24', undefined],
      ['ip', '203.0.113.9/24', /203.0.113.9.24 is listed as 203.0.113.0.24/],
      ['ip', '2001:DB8:0::/32', undefined],
      ['ip', '2001:db8::1/32', /is listed as 2001:db8::.32/],
      ['country', 'uk', /read as GB/],
      ['country', 'XX', /XX is not a code/],
      ['country', 'de', undefined],
      ['user', 'a\nb', /control characters/],
    ];
    await list('unzoned', 'user');
    const late = await ask('POST', '/api/lists/unzoned/entries', {
      entries: [{ value: 'u', expiresAt: '2099-01-01' }],
    });
    assert.deepEqual(late.body.warnings, ['expiresAt of 1 of them has no offset and is read as UTC.']);
    for (const [i, [type, value, told]] of table.entries()) {
      await list(`wide${i}`, type);
      const { status, body } = await ask('POST', `/api/lists/wide${i}/entries`, { entries: [{ value }] });
      const said = [...(body.warnings ?? []), ...body.refused.map(({ message }: { message: string }) => message)];
      assert.equal(status, 200);
      assert.equal(said.length, told ? 1 : 0, `${value}: ${said}`);
      if (told) assert.match(said[0], told);
    }
  });

  test('CSV goes in and comes out; rows that cannot be read are told with their line', async () => {
    await list('csv', 'text');
    const csv = 'value,expiresAt,note\r\n"a,b",2099-01-01T00:00:00Z,"said ""no"""\r\nplain,,\r\nshort\r\n';
    const headers = { 'content-type': 'text/csv' };
    const { status, body } = await ask('POST', '/api/lists/csv/entries', csv, headers);
    assert.deepEqual(
      [status, body.added, body.refused.length, body.refused[0].line],
      [200, 2, 1, 4],
      JSON.stringify(body),
    );
    const out = await ask('GET', '/api/lists/csv/entries', undefined, { accept: 'text/csv' });
    assert.match(out.headers.get('content-type')!, /^text\/csv/);
    assert.match(out.body, /"a,b",2099-01-01T00:00:00\.000Z,"said ""no"""|"a,b","said ""no"""/);
    const back = await ask('POST', '/api/lists/csv/entries', out.body, headers);
    assert.deepEqual(back.body, { added: 0, updated: 2, refused: [] });
    const formula = await ask('POST', '/api/lists/csv/entries', { entries: [{ value: '=1+2' }] });
    assert.equal(formula.body.added, 1);
    const { body: shown } = await ask('GET', '/api/lists/csv/entries', undefined, { accept: 'text/csv' });
    assert.deepEqual((await ask('POST', '/api/lists/csv/entries', shown, headers)).body.added, 0);
    for (const [text, detail] of [
      ['wrong\r\nx\r\n', 'The first line must be a header that names the column value.'],
      ['value,note\r\nshort\r\n', 'No row can be read. Line 2: It has 1 cells, and the header 2.'],
    ]) {
      const refused = await ask('POST', '/api/lists/csv/entries', text, headers);
      assert.deepEqual([refused.status, refused.body.detail], [422, detail]);
    }
    assert.equal((await ask('POST', '/api/rules', csv, headers)).status, 415);
  });

  const CARD = '4111 1111 1111 1111';
  for (const [type, entry, path] of [
    ['card', { value: CARD }, '/entries/0/value'],
    ['text', { value: `card ${CARD}` }, '/entries/0/value'],
    ['ip', { value: '1.2.3.4', note: `of ${CARD}` }, '/entries/0/note'],
  ] as const)
    test(`a card number is taken into no list: ${type}, ${path}`, async () => {
      await list(`cards-${type}`, type);
      const { status, body } = await ask('POST', `/api/lists/cards-${type}/entries`, { entries: [entry] });
      assert.deepEqual([status, body.code, body.errors[0].path], [422, 'card_number', path]);
      assert.equal((await ask('GET', `/api/lists/cards-${type}`)).body.entries, 0);
    });

  test('nor into a rule: its expression, its reason', async () => {
    for (const [name, body] of [
      ['when', { when: `tx.cardId == "${CARD}"` }],
      ['reason', { when: 'true', reason: CARD }],
    ] as const) {
      const { status, body: said } = await ask('POST', '/api/rules', { name: 'x', outcome: 'review', ...body });
      assert.deepEqual([status, said.code, said.errors[0].path], [422, 'card_number', `/${name}`]);
    }
  });

  test('a block of addresses is taken out by its name, encoded or not', async () => {
    await list('blocks', 'ip', ['10.0.0.0/8', '2001:db8::/32']);
    for (const value of ['10.0.0.0/8', encodeURIComponent('2001:DB8:0::/32')])
      assert.equal((await ask('DELETE', `/api/lists/blocks/entries/${value}`)).status, 204, value);
    assert.equal((await ask('DELETE', '/api/lists/blocks/entries/10.0.0.0/8')).status, 404);
    assert.equal((await ask('GET', '/api/lists/blocks')).body.entries, 0);
  });

  test('rules and lists come all at once, or in pages, newest first', async () => {
    for (const i of [1, 2, 3]) await list(`paged-${i}`, 'user');
    const all = (await ask('GET', '/api/lists')).body;
    assert.deepEqual([all.hasMore, all.nextCursor, all.data[0].name], [false, null, 'paged-3']);
    const first = (await ask('GET', '/api/lists?limit=2')).body;
    assert.deepEqual(
      [first.data.map(({ name }: { name: string }) => name), first.hasMore],
      [['paged-3', 'paged-2'], true],
    );
    const second = (await ask('GET', `/api/lists?limit=2&cursor=${first.nextCursor}`)).body;
    assert.equal(second.data[0].name, 'paged-1');
    for (const path of ['/api/lists?cursor=none', '/api/rules?cursor=none', '/api/rules?limit=0', '/api/rules?limti=1'])
      assert.equal((await ask('GET', path)).status, 422, path);
    for (const id of ['page-a', 'page-b'])
      await ask('POST', '/api/rules', { id, name: id, when: 'false', outcome: 'review' });
    const page = (await ask('GET', '/api/rules?limit=1')).body;
    assert.deepEqual([page.data[0].id, page.hasMore], ['page-b', true]);
    await ask('DELETE', '/api/rules/page-b');
    assert.equal((await ask('GET', `/api/rules?limit=1&cursor=${page.nextCursor}`)).body.data[0].id, 'page-a');
  });

  test('entries are paged newest first, and found by a part of their value or note', async () => {
    await list(
      'pages',
      'user',
      Array.from({ length: 120 }, (_, i) => `user-${i}`),
    );
    const first = (await ask('GET', '/api/lists/pages/entries?limit=100')).body;
    assert.deepEqual([first.data.length, first.data[0].value, first.hasMore], [100, 'user-119', true]);
    const second = (await ask('GET', `/api/lists/pages/entries?limit=100&cursor=${first.nextCursor}`)).body;
    assert.deepEqual([second.data.length, second.data[0].value, second.hasMore], [20, 'user-19', false]);
    const found = (await ask('GET', '/api/lists/pages/entries?q=R-11')).body;
    assert.equal(found.data.length, 11);
    assert.equal((await ask('GET', '/api/lists/pages/entries?cursor=x')).status, 422);
  });

  test('entries of a list that lets through end after 90 days unless told otherwise', async () => {
    await list('trusted', 'user');
    const rule = {
      name: 'Trusted',
      when: 'inList("trusted", tx.userId)',
      outcome: 'approve',
      mode: 'live',
      priority: 1,
    };
    assert.equal((await ask('POST', '/api/rules', { id: 'trusted', ...rule })).status, 201);
    const soon = new Date(Date.now() + 5_000).toISOString();
    const entries = [{ value: 'untold' }, { value: 'ever', expiresAt: null }, { value: 'soon', expiresAt: soon }];
    await ask('POST', '/api/lists/trusted/entries', { entries });
    const { body: told } = await ask('POST', '/api/lists/trusted/entries', { entries: [{ value: 'untold' }] });
    assert.match(told.warnings[0], /end in 90 days/);
    const { body } = await ask('GET', '/api/lists/trusted/entries');
    const until = Object.fromEntries(body.data.map((one: Answer['body']) => [one.value, one.expiresAt]));
    assert.deepEqual([until.ever, until.soon], [null, soon]);
    assert.ok(Math.abs(Date.parse(until.untold) - Date.now() - 90 * DAY_MS) < 60_000);
  });

  test('an Idempotency-Key of entries gets the first answer, in many parts too', async () => {
    await list('parts', 'user');
    const entries = Array.from({ length: 25_000 }, (_, i) => ({ value: `u-${i}` }));
    const headers = { 'idempotency-key': 'parts' };
    const first = await ask('POST', '/api/lists/parts/entries', { entries }, headers);
    assert.deepEqual([first.status, first.body.added], [200, 25_000]);
    const again = await ask('POST', '/api/lists/parts/entries', { entries }, headers);
    assert.deepEqual([again.body, again.headers.get('idempotent-replayed')], [first.body, 'true']);
    assert.equal((await ask('GET', '/api/lists/parts')).body.entries, 25_000);
    let largest = 0;
    for await (const { type, data } of app.services.journal.read(1))
      if (type === 'policy.entries' && data.action === 'add') largest = Math.max(largest, (data.entries as []).length);
    assert.ok(largest === 10_000);
  });
});

describe('the policy and who may change it', () => {
  const BOSS = { 'x-api-key': 'boss' };
  let app: TestApp;
  const keys: Record<string, Record<string, string>> = {};
  before(async () => {
    app = await startApp({ API_KEY: 'boss', FOUR_EYES: 'policy' });
    for (const [name, scopes] of Object.entries({
      ann: ['policy', 'read'],
      ben: ['policy', 'read'],
      eve: ['review', 'read'],
      tim: ['read'],
    })) {
      const { body } = await call(app.url, 'POST', '/api/keys', { name, scopes }, BOSS);
      keys[name] = { 'x-api-key': body.secret };
    }
  });
  after(() => app.stop());

  const ask = (who: string, method: string, path: string, body?: unknown) =>
    call(app.url, method, path, body, keys[who] ?? BOSS);
  const rule = (id: string, more: object = {}) => ({
    id,
    name: id,
    when: 'tx.amountBase > 5000.0',
    outcome: 'decline',
    ...more,
  });
  const decided = async () =>
    (await call(app.url, 'POST', '/api/transactions', { userId: 'u', amount: 6000 }, BOSS)).body.decidedBy;

  test('review may check, and write what is off or in shadow; read may read', async () => {
    assert.equal((await ask('eve', 'POST', '/api/rules/check', { when: 'true' })).status, 200);
    assert.equal((await ask('tim', 'POST', '/api/rules/check', { when: 'true' })).status, 403);
    assert.equal((await ask('eve', 'POST', '/api/rules', rule('eves', { mode: 'shadow' }))).status, 201);
    assert.equal((await ask('tim', 'POST', '/api/rules', rule('tims'))).status, 403);
    assert.equal((await ask('eve', 'POST', '/api/rules', rule('lives', { mode: 'live' }))).status, 403);
    assert.equal((await ask('eve', 'PUT', '/api/rules/eves', { version: 1, mode: 'live' })).status, 403);
    assert.equal((await ask('eve', 'PUT', '/api/rules/eves', { version: 1, mode: 'off' })).status, 200);
    for (const [method, path, body] of [
      ['PUT', '/api/policy/thresholds', { review: 0.5 }],
      ['PUT', '/api/policy/control', { share: 0 }],
      ['POST', '/api/policy/restore', { version: 0 }],
      ['POST', '/api/lists', { name: 'eves', type: 'user' }],
      ['POST', '/api/rules/eves/approve', {}],
    ] as const)
      assert.equal((await ask('eve', method, path, body)).status, 403, path);
    for (const path of [
      '/api/policy',
      '/api/policy/versions',
      '/api/rules',
      '/api/rules/eves',
      '/api/rules/eves/versions',
      '/api/lists',
    ])
      assert.equal((await ask('tim', 'GET', path)).status, 200, path);
  });

  test('entries of lists for cases are for who works cases; those of others are not', async () => {
    for (const [name, fromCases] of [
      ['blocked', true],
      ['vip', false],
    ] as const)
      assert.equal((await ask('ann', 'POST', '/api/lists', { name, type: 'user', fromCases })).status, 201);
    const entries = [{ value: 'x' }];
    assert.equal((await ask('eve', 'POST', '/api/lists/blocked/entries', { entries })).status, 200);
    assert.equal((await ask('eve', 'DELETE', '/api/lists/blocked/entries/x')).status, 204);
    assert.equal((await ask('eve', 'POST', '/api/lists/vip/entries', { entries })).status, 403);
    assert.equal((await ask('ann', 'POST', '/api/lists/vip/entries', { entries })).status, 200);
  });

  test('with four eyes what is to be live waits for another key; stopping does not', async () => {
    const made = await ask('ann', 'POST', '/api/rules', rule('two', { mode: 'live' }));
    assert.deepEqual([made.status, made.body.status, made.body.version], [201, 'proposed', 1]);
    assert.equal(await decided(), 'model');
    assert.equal((await ask('ann', 'POST', '/api/rules/two/approve')).status, 403);
    const agreed = await ask('ben', 'POST', '/api/rules/two/approve');
    assert.deepEqual([agreed.status, agreed.body.status], [200, 'active']);
    assert.ok(agreed.body.createdBy !== agreed.body.approvedBy);
    assert.equal(await decided(), 'rule:two');
    assert.equal((await ask('ben', 'POST', '/api/rules/two/approve')).status, 409);

    const changed = await ask('ben', 'PUT', '/api/rules/two', { version: 1, when: 'tx.amountBase > 9000.0' });
    assert.deepEqual(
      [changed.body.version, changed.body.when, changed.body.proposed.version],
      [1, 'tx.amountBase > 5000.0', 2],
    );
    assert.equal(await decided(), 'rule:two');
    assert.equal((await ask('ann', 'PUT', '/api/rules/two', { version: 1, mode: 'off' })).status, 409);
    assert.equal((await ask('ann', 'PUT', '/api/rules/two', { version: 2, mode: 'off' })).status, 200);
    assert.equal(await decided(), 'model');
    const back = await ask('ann', 'POST', '/api/rules/two/restore', { version: 1 });
    assert.equal(back.body.proposed.version, 4);
    assert.equal(await decided(), 'model');
    assert.equal((await ask('ben', 'POST', '/api/rules/two/approve')).status, 200);
    assert.equal(await decided(), 'rule:two');
    assert.equal((await ask('ann', 'DELETE', '/api/rules/two')).status, 204);
    assert.equal(await decided(), 'model');
  });

  test('the audit says who proposed, who agreed, and what was refused', async () => {
    const { body } = await call(app.url, 'GET', '/api/audit?limit=200', undefined, BOSS);
    const told = body.data.filter(({ target }: Answer['body']) => target === 'two').reverse();
    assert.deepEqual(
      told.map(({ byName, status, detail }: Answer['body']) => `${byName} ${detail.action} ${status}`),
      [
        ...['ann create 200', 'ann approve 403', 'ben approve 200', 'ben approve 409', 'ben put 200', 'ann put 409'],
        ...['ann put 200', 'ann restore 200', 'ben approve 200', 'ann delete 200'],
      ],
    );
  });
});
