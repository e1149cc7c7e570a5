import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { entityKey } from '../src/domain/entity.ts';
import { call, startApp, type TestApp } from './support/app.ts';
import { byAmount } from './support/serving.ts';

describe('cases are reopened, split, merged and worked in bulk', () => {
  let app: TestApp;
  const keys: Record<string, string> = { admin: 'bootstrap' };
  const as =
    (name: string) =>
    (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
      call(app.url, method, path, body, { 'x-api-key': keys[name], ...headers });
  const [admin, ann, bob, reader] = ['admin', 'ann', 'bob', 'reader'].map(as);

  before(async () => {
    app = await startApp({ API_KEY: keys.admin, FOUR_EYES: 'cases>=5000' }, { serving: byAmount });
    for (const name of ['ann', 'bob', 'reader']) {
      const scopes = name === 'reader' ? ['read'] : ['read', 'review'];
      keys[name] = (await admin('POST', '/api/keys', { name, scopes })).body.secret;
    }
  });
  after(() => app.stop());

  /** Held payments that share a device, and their case. */
  const attack = async (name: string, count = 2) => {
    const ids = Array.from({ length: count }, (_, index) => `${name}${index}`);
    for (const id of ids) {
      const { status } = await admin('POST', '/api/transactions', {
        ...{ id, userId: `u of ${id}`, amount: 700, deviceId: name },
      });
      assert.equal(status, 201);
    }
    const { body } = await ann('GET', `/api/cases?entity=device:${name}`);
    return { ids, id: body.data[0].id as string, version: body.data[0].version as number };
  };
  const label = (id: string, word: string, more: object = {}) =>
    ann('POST', `/api/transactions/${id}/labels`, { label: word, source: 'analyst', ...more });
  const labelOf = async (id: string) => (await ann('GET', `/api/transactions/${id}`)).body.label;
  const resolve = (id: string, resolution: string, version: number, more: object = {}) =>
    ann('POST', `/api/cases/${id}/resolve`, { resolution, version, ...more });

  test('a resolution is taken back with its labels; what was said before and since stands', async () => {
    const { id, ids, version } = await attack('undo', 4);
    await label('undo1', 'legitimate');
    await label('undo2', 'legitimate', { pinned: true });
    assert.equal((await resolve(id, 'fraud', version, { note: 'a ring' })).status, 200);
    assert.deepEqual(await Promise.all(ids.map(labelOf)), ['fraud', 'fraud', 'legitimate', 'fraud']);
    await label('undo3', 'legitimate', { source: 'chargeback' });
    const stale = await bob('POST', `/api/cases/${id}/reopen`, { version });
    assert.deepEqual([stale.status, stale.body.code], [409, 'conflict']);
    assert.equal((await reader('POST', `/api/cases/${id}/reopen`)).status, 403);
    const back = await bob('POST', `/api/cases/${id}/reopen`, undefined, { 'idempotency-key': 'back' });
    assert.equal(back.status, 200, JSON.stringify(back.body));
    const { status, resolution, resolvedAt, note, version: now } = back.body;
    assert.deepEqual([status, resolution, resolvedAt, note, now], ['open', null, null, null, version + 2]);
    assert.deepEqual(await Promise.all(ids.map(labelOf)), [undefined, 'legitimate', 'legitimate', 'legitimate']);
    const { profiles } = app.state;
    const device = () => profiles.get(profiles.entityTypes.indexOf('device'), entityKey('device', 'undo'));
    assert.deepEqual([device()?.count, device()?.frauds], [4, 0]);
    const { last } = app.services.journal;
    const again = await bob('POST', `/api/cases/${id}/reopen`, undefined, { 'idempotency-key': 'back' });
    assert.deepEqual([again.status, again.headers.get('idempotent-replayed')], [200, 'true']);
    assert.equal(app.services.journal.last, last, 'nothing is taken back twice');
    assert.equal((await bob('POST', `/api/cases/${id}/reopen`)).status, 409, 'it is open');
    assert.equal((await bob('POST', '/api/cases/case_0/reopen', {})).status, 404);
    const { history } = (await ann('GET', `/api/cases/${id}`)).body;
    assert.deepEqual(
      history.map(({ type, byName }: { type: string; byName: string | null }) => [type, byName]),
      [
        ['opened', null],
        ['resolved', 'ann'],
        ['reopened', 'bob'],
      ],
    );
    // Resolved again, and labelled again.
    assert.equal((await resolve(id, 'fraud', version + 2)).status, 200);
    assert.deepEqual(await Promise.all(ids.map(labelOf)), ['fraud', 'fraud', 'legitimate', 'legitimate']);
    assert.equal((await bob('POST', `/api/cases/${id}/reopen`, { version: version + 3 })).status, 200);
    assert.deepEqual(await Promise.all(ids.map(labelOf)), [undefined, 'legitimate', 'legitimate', 'legitimate']);
    const audit = (await admin('GET', `/api/audit?caseId=${id}&type=case.reopen`)).body.data;
    assert.deepEqual(
      audit.map(({ status: code }: { status: number }) => code),
      [200, 409, 200, 409],
    );
  });

  test('a resolution and its undoing at once leave no label of it', async () => {
    const { id, ids, version } = await attack('race', 6);
    const [resolved, reopened] = await Promise.all([
      resolve(id, 'fraud', version),
      bob('POST', `/api/cases/${id}/reopen`),
    ]);
    assert.equal(resolved.status, 200);
    if (reopened.status === 409) assert.equal((await bob('POST', `/api/cases/${id}/reopen`)).status, 200);
    assert.deepEqual(await Promise.all(ids.map(labelOf)), ids.map(() => undefined)); // biome-ignore format: one line
    assert.deepEqual(await app.services.store.cases.owing(9), []);
  });

  test('resolved except some, which are worked on', async () => {
    const { id, ids, version } = await attack('split', 3);
    const none = await resolve(id, 'fraud', version, { except: ['nobody'] });
    assert.deepEqual([none.status, none.body.code], [422, 'invalid_request']);
    assert.equal((await resolve(id, 'fraud', version, { except: 'split1' })).status, 422);
    const { status, body } = await resolve(id, 'fraud', version, { except: ['split1'] });
    assert.deepEqual([status, body.status, body.transactionCount], [200, 'resolved', 2]);
    assert.deepEqual(await Promise.all(ids.map(labelOf)), ['fraud', undefined, 'fraud']);
    const rest = (await ann('GET', `/api/cases/${body.exceptCaseId}`)).body;
    assert.deepEqual([rest.status, rest.transactions.map((one: { id: string }) => one.id)], ['open', ['split1']]);
    assert.equal(rest.similar[0].id, id);
  });

  test('cases are merged, and read together', async () => {
    const [one, two] = [await attack('left'), await attack('right')];
    await bob('POST', `/api/cases/${two.id}/comments`, { text: 'The same van.' });
    assert.equal((await ann('POST', `/api/cases/${two.id}/merge`, {})).status, 422);
    const merged = await ann('POST', `/api/cases/${two.id}/merge`, { into: one.id });
    assert.deepEqual(
      [merged.status, merged.body.id, merged.body.transactionCount],
      [200, one.id, 4],
      JSON.stringify(merged.body),
    );
    const whole = (await ann('GET', `/api/cases/${one.id}`)).body;
    assert.deepEqual(whole.comments[0].text, 'The same van.');
    const gone = (await ann('GET', `/api/cases/${two.id}`)).body;
    assert.deepEqual([gone.status, gone.mergedInto], ['merged', one.id]);
    const open = (await ann('GET', '/api/cases?status=open&limit=200')).body.data;
    assert.ok(!open.some(({ id }: { id: string }) => id === two.id));
  });

  test('in bulk: each on its own, and what is refused is told', async () => {
    const made = [await attack('b1'), await attack('b2'), await attack('b3')];
    const ids = made.map(({ id }) => id);
    const bulk = (body: object, headers = {}) => ann('POST', '/api/cases/bulk', body, headers);
    for (const body of [
      { ids: [], action: 'assign', assignee: 'ann' },
      { ids, action: 'assign' },
      { ids, action: 'resolve', resolution: 'perhaps' },
      { ids, action: 'burn' },
      { ids: [ids[0], ids[0]], action: 'reopen' },
      { ids, action: 'comment', text: '\ud800' },
    ])
      assert.equal((await bulk(body)).status, 422, JSON.stringify(body));
    const assigned = await bulk({ ids: [...ids, 'case_0'], action: 'assign', assignee: 'bob' });
    assert.equal(assigned.status, 200, JSON.stringify(assigned.body));
    assert.deepEqual([assigned.body.done, assigned.body.refused], [3, 1]);
    assert.deepEqual(
      assigned.body.data.map((row: { id: string; status: number; case?: { assignee: string } }) => [
        ...[row.id, row.status, row.case?.assignee],
      ]),
      [...ids.map((id) => [id, 200, 'bob']), ['case_0', 404, undefined]],
    );
    assert.equal(assigned.body.warnings, undefined);
    const idle = await bulk({ ids: ids.slice(0, 1), action: 'assign', assignee: 'bob', text: 'a ring', note: null });
    assert.deepEqual(idle.body.warnings, ['text is of other actions than assign, and was left out.']);
    const once = { 'idempotency-key': 'bulk' };
    const resolved = await bulk({ ids: ids.slice(0, 2), action: 'resolve', resolution: 'fraud' }, once);
    assert.equal(resolved.body.done, 2);
    const { last } = app.services.journal;
    assert.deepEqual((await bulk({ ids: ids.slice(0, 2), action: 'resolve', resolution: 'fraud' }, once)).body, resolved.body); // biome-ignore format: one line
    assert.equal(app.services.journal.last, last);
    assert.equal((await bulk({ ids: ids.slice(0, 1), action: 'reopen' }, once)).status, 409);
    assert.deepEqual([await labelOf('b10'), await labelOf('b21')], ['fraud', 'fraud']);
    assert.equal((await bulk({ ids, action: 'reopen' })).body.refused, 1, 'the third is open');
    assert.equal(await labelOf('b10'), undefined);
    const merged = (await bulk({ ids, action: 'merge' })).body;
    assert.deepEqual([merged.done, merged.data[1].case.id, merged.data[1].case.transactionCount], [2, ids[0], 6]);
    assert.equal((await reader('POST', '/api/cases/bulk', { ids, action: 'reopen' })).status, 403);
  });

  test('what is at risk above a limit takes a second person, and nothing happens before', async () => {
    // 616 at risk each.
    const { id, ids, version } = await attack('eyes', 9);
    const acts = { ann, bob, reader };
    const ask = (who: keyof typeof acts, seen: number, more: object = {}) =>
      acts[who]('POST', `/api/cases/${id}/resolve`, { resolution: 'fraud', version: seen, ...more });
    const reopen = (seen: number) => bob('POST', `/api/cases/${id}/reopen`, { version: seen });
    const asked = await ask('ann', version, { except: ['eyes8'], note: 'one ring' });
    assert.deepEqual([asked.status, asked.body.status, asked.body.version], [200, 'open', version + 1]);
    const { by, byName, at, ...what } = asked.body.asked;
    assert.deepEqual([byName, what], ['ann', { resolution: 'fraud', reason: null, except: ['eyes8'] }]);
    assert.ok(by.startsWith('key_') && Date.parse(at) > 0);
    assert.deepEqual(await Promise.all(ids.map(labelOf)), Array(9).fill(undefined));
    const own = await ask('ann', version + 1, { except: ['eyes8'] });
    assert.deepEqual([own.status, own.body.code], [403, 'forbidden']);
    assert.equal((await ask('reader', version + 1, { except: ['eyes8'] })).status, 403);
    const other = await attack('eyes of another', 1);
    for (const [from, into] of [
      [id, other.id],
      [other.id, id],
    ])
      assert.equal((await bob('POST', `/api/cases/${from}/merge`, { into })).status, 409, 'it waits');
    // Taken back, there is nothing to confirm: the next one asks anew.
    const back = await reopen(version + 1);
    assert.deepEqual([back.status, back.body.asked, back.body.note], [200, null, null]);
    assert.equal((await reopen(version + 2)).status, 409, 'it is open, and nothing waits');
    assert.equal((await ask('bob', version + 2, { except: ['eyes8'] })).body.status, 'open');
    // Whoever would have it otherwise asks for that instead.
    const instead = await ask('ann', version + 3, { note: 'all of it' });
    assert.deepEqual([instead.body.status, instead.body.asked.byName], ['open', 'ann']);
    const confirmed = await ask('bob', version + 4);
    const { status, note, resolvedByName } = confirmed.body;
    assert.deepEqual(
      [confirmed.status, status, note, resolvedByName, confirmed.body.asked.byName],
      [200, 'resolved', 'all of it', 'bob', 'ann'],
    );
    assert.deepEqual(await Promise.all(ids.map(labelOf)), Array(9).fill('fraud'));
    const { history } = (await ann('GET', `/api/cases/${id}`)).body;
    assert.deepEqual(
      history.map((one: { type: string; byName: string | null }) => `${one.type} ${one.byName}`),
      ['opened null', 'asked ann', 'withdrawn bob', 'asked bob', 'asked ann', 'resolved bob'],
    );
    const audit = (await admin('GET', `/api/audit?caseId=${id}&type=case.resolve`)).body.data;
    assert.deepEqual(
      audit.map(({ status: was, detail }: { status: number; detail: { waits?: true } }) => [was, detail.waits]),
      [[200, undefined], ...Array(2).fill([200, true]), [403, undefined], [200, true]],
    );
    assert.equal((await reopen(version + 5)).status, 200);
    assert.deepEqual(await Promise.all(ids.map(labelOf)), Array(9).fill(undefined));
    const many = await bob('POST', '/api/cases/bulk', { ids: [id, other.id], action: 'resolve', resolution: 'fraud' });
    assert.deepEqual(
      many.body.data.map((one: { case: { status: string } }) => one.case.status),
      ['open', 'resolved'],
    );
  });
});
