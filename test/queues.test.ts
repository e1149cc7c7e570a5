import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createCaseDealing } from '../src/projections/case-dealing.ts';
import { call, startApp, type TestApp } from './support/app.ts';
import { byAmount } from './support/serving.ts';

describe('queues, reasons and notes', () => {
  let app: TestApp;
  const keys: Record<string, string> = { admin: 'bootstrap' };
  const as =
    (name: string) =>
    (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
      call(app.url, method, path, body, { 'x-api-key': keys[name], ...headers });
  const [admin, ann, bob, reader] = ['admin', 'ann', 'bob', 'reader'].map(as);

  before(async () => {
    app = await startApp(
      { API_KEY: keys.admin, CASE_REASONS: 'fraud:stolen_card, fraud:mule, other' },
      { serving: byAmount },
    );
    for (const name of ['ann', 'bob', 'reader']) {
      const scopes = name === 'reader' ? ['read'] : ['read', 'review'];
      keys[name] = (await admin('POST', '/api/keys', { name, scopes })).body.secret;
    }
    const rule = { id: 'big', name: 'big', when: 'tx.amount > 5000.0', outcome: 'review', mode: 'live' };
    assert.equal((await admin('POST', '/api/rules', rule)).status, 201);
  });
  after(() => app.stop());

  /** The case of one held payment. */
  const held = async (name: string, amount = 700): Promise<{ id: string; version: number }> => {
    const paid = await admin('POST', '/api/transactions', { id: name, userId: `u_${name}`, amount, deviceId: name });
    assert.equal(paid.status, 201, JSON.stringify(paid.body));
    return (await ann('GET', `/api/cases?entity=device:${name}`)).body.data[0];
  };
  const make = async (body: object) => {
    const made = await ann('POST', '/api/queues', { members: ['ann'], mode: 'pull', ...body });
    assert.equal(made.status, 201, JSON.stringify(made.body));
    return made.body as { id: string; version: number };
  };
  const casesOf = async (queue: string) => {
    const { status, body } = await ann('GET', `/api/cases?status=open&sort=newest&queue=${queue}`);
    assert.equal(status, 200, JSON.stringify(body));
    return body.data.map(({ id }: { id: string }) => id);
  };

  test('a queue has the cases that it asks for, by rule and by amount, and says so', async () => {
    const small = await held('small');
    const big = await held('large', 6000);
    const queue = await make({ name: 'Large', minAmount: 1000 });
    assert.deepEqual(await casesOf('Large'), [big.id]);
    const below = await make({ name: 'Below', maxAmount: 1000 });
    assert.deepEqual(await casesOf(below.id), [small.id]);
    await make({ name: 'By rule', rules: ['big', 'nothing'] });
    assert.deepEqual(await casesOf('By%20rule'), [big.id]);
    await make({ name: 'By both', rules: ['big'], maxAmount: 1000 });
    assert.deepEqual(await casesOf('By%20both'), []);
    const { data } = (await reader('GET', '/api/queues')).body;
    assert.deepEqual(
      data.map((one: { name: string; load: object; byName: string }) => [one.name, one.load, one.byName]),
      [
        ['Large', { open: 1, unassigned: 1, overdue: 0 }, 'ann'],
        ['Below', { open: 1, unassigned: 1, overdue: 0 }, 'ann'],
        ['By rule', { open: 1, unassigned: 1, overdue: 0 }, 'ann'],
        ['By both', { open: 0, unassigned: 0, overdue: 0 }, 'ann'],
      ],
    );
    const { version, id } = queue;
    const change = { name: 'Large', members: ['ann', 'bob'], mode: 'pull', minAmount: 1000 };
    assert.equal((await bob('PUT', `/api/queues/${id}`, { ...change, version })).status, 200);
    const table: [who: typeof ann, method: string, path: string, body: object | undefined, status: number][] = [
      [bob, 'PUT', `/api/queues/${id}`, { ...change, version }, 409],
      [bob, 'PUT', '/api/queues/queue_x', { ...change, version }, 404],
      [bob, 'POST', '/api/queues', { ...change }, 409],
      [bob, 'POST', '/api/queues', { ...change, name: 'x', maxAmount: 10 }, 422],
      [bob, 'POST', '/api/queues', { ...change, name: 'x', members: [] }, 422],
      [bob, 'POST', '/api/queues', { ...change, name: 'x', mode: 'push' }, 422],
      [bob, 'POST', '/api/queues', { ...change, name: 'x', team: 'a' }, 422],
      [reader, 'POST', '/api/queues', { ...change, name: 'x' }, 403],
      [bob, 'GET', '/api/cases?queue=nowhere', undefined, 422],
      [bob, 'POST', '/api/queues/next', { queue: 'nowhere' }, 422],
    ];
    for (const [who, method, path, body, status] of table)
      assert.equal((await who(method, path, body)).status, status, `${method} ${path} ${JSON.stringify(body)}`);
    for (const { id } of data) assert.equal((await ann('DELETE', `/api/queues/${id}`)).status, 204);
  });

  test('next gives the most urgent of one’s queues that nobody has, each to one of those who ask', async () => {
    const open = ['n1', 'n2', 'n3'];
    for (const [i, name] of open.entries()) await held(name, 710 + i);
    const queue = await make({ name: 'Ours', members: ['ann', 'bob'], minAmount: 705, maxAmount: 800 });
    const once = { 'idempotency-key': 'next-1' };
    const [first, second] = await Promise.all([
      ann('POST', '/api/queues/next', {}, once),
      bob('POST', '/api/queues/next', {}),
    ]);
    const names = [first, second].map(({ body }) => body.case.entity.id).sort();
    assert.deepEqual(names, ['n2', 'n3'], 'those with most at risk, one each');
    assert.deepEqual(first.body.queue, { id: queue.id, name: 'Ours' });
    assert.deepEqual([first.body.case.assignee, second.body.case.assignee], ['ann', 'bob']);
    const again = await ann('POST', '/api/queues/next', {}, once);
    assert.equal(again.body.case.id, first.body.case.id, 'asked again it is the same case');
    const { history } = (await bob('GET', `/api/cases/${first.body.case.id}`)).body;
    assert.deepEqual([history.at(-1).type, history.at(-1).detail.queue], ['assigned', 'Ours']);
    // A customer who is awaited is nobody's turn.
    const [last] = (await ann('GET', '/api/cases?queue=Ours&assigned=no')).body.data;
    await bob('POST', `/api/cases/${last.id}/comments`, { text: 'asked', awaits: true });
    assert.deepEqual((await bob('POST', '/api/queues/next', { queue: 'Ours' })).body, { case: null, queue: null });
    assert.equal((await ann('DELETE', `/api/queues/${queue.id}`)).status, 204);
  });

  test('round-robin gives each new case in turn; who is away or has enough is passed over; the audit tells', async () => {
    const { commands, projector, store, clock, log } = app.services;
    const dealing = createCaseDealing({ commands, projector, store, clock, log });
    const queue = await make({
      name: 'Turns',
      members: ['ann', 'bob', 'cy'],
      mode: 'round-robin',
      minAmount: 2000,
      maxAmount: 3000,
      capacity: 3,
    });
    const deal = async (name: string) => {
      const { id } = await held(name, 2100);
      await dealing.pass();
      return (await ann('GET', `/api/cases/${id}`)).body.assignee;
    };
    assert.deepEqual([await deal('r1'), await deal('r2')], ['ann', 'bob']);
    const until = new Date(Date.now() + 3_600_000).toISOString();
    assert.equal((await bob('PUT', '/api/queues/absences/cy', { until })).status, 201);
    assert.equal((await bob('PUT', '/api/queues/absences/cy', { until: '2020-01-01T00:00:00Z' })).status, 422);
    assert.equal(await deal('r3'), 'ann', 'cy is away');
    assert.deepEqual(
      (await ann('GET', '/api/queues')).body.absences.map(({ name }: { name: string }) => name),
      ['cy'],
    );
    assert.equal((await bob('DELETE', '/api/queues/absences/cy')).status, 204);
    assert.deepEqual([await deal('r4'), await deal('r5')], ['bob', 'cy']);
    // ann has the one that she took before, and two of these.
    assert.equal(await deal('r6'), 'cy');
    const rows = (await admin('GET', '/api/audit?type=case.assign')).body.data;
    assert.deepEqual([rows[0].detail.queue, rows[0].detail.dealt, rows[0].by], ['Turns', true, null]);
    await dealing.close();
    assert.equal((await ann('DELETE', `/api/queues/${queue.id}`)).status, 204);
    assert.equal((await admin('GET', '/api/audit?type=desk')).body.data.length >= 8, true);
  });

  test('a resolution has a reason of a set, which is counted by reason and analyst, and goes when it is taken back', async () => {
    const { id, version } = await held('why', 720);
    const resolve = (who: typeof ann, seen: number, more: object) =>
      who('POST', `/api/cases/${id}/resolve`, { resolution: 'fraud', version: seen, ...more });
    const refused = await resolve(ann, version, { reason: 'stolen-card' });
    assert.equal(refused.status, 422);
    assert.match(refused.body.detail, /did you mean stolen_card/);
    assert.equal((await resolve(ann, version, { reason: 'mule', resolution: 'legitimate' })).status, 422);
    const done = await resolve(ann, version, { reason: 'stolen_card' });
    assert.deepEqual([done.status, done.body.reason], [200, 'stolen_card']);
    const counted = async () =>
      (await reader('GET', '/api/cases/outcomes?window=1h')).body.data.map(
        (one: { resolution: string; reason: string; byName: string; cases: number; amount: number }) => [
          ...[one.resolution, one.reason, one.byName, one.cases, one.amount],
        ],
      );
    assert.deepEqual(await counted(), [['fraud', 'stolen_card', 'ann', 1, 720]]);
    const back = await bob('POST', `/api/cases/${id}/reopen`);
    assert.equal(back.body.reason, null);
    assert.deepEqual(await counted(), []);
    const bulk = { ids: [id], action: 'resolve', resolution: 'unsure' };
    assert.equal((await bob('POST', '/api/cases/bulk', { ...bulk, reason: 'mule' })).status, 422);
    assert.equal((await bob('POST', '/api/cases/bulk', { ...bulk, reason: 'other' })).body.done, 1);
    assert.deepEqual(await counted(), [['unsure', 'other', 'bob', 1, 720]]);
    assert.deepEqual(
      (await reader('GET', '/api/cases/reasons')).body.data.map(({ word }: { word: string }) => word),
      ['stolen_card', 'mule', 'other'],
    );
    // A reason is no note: nobody finds it as words that somebody wrote.
    assert.deepEqual((await reader('GET', '/api/search?q=stolen_card')).body.data, []);
  });

  test('templates of notes are for all, and no change is lost', async () => {
    const made = await ann('POST', '/api/templates', { name: 'Called', text: 'Called the customer: ' });
    assert.equal(made.status, 201, JSON.stringify(made.body));
    const { id, version } = made.body;
    const change = { name: 'Called', text: 'Rang the customer: ', version };
    assert.equal((await bob('PUT', `/api/templates/${id}`, change)).status, 200);
    assert.equal((await ann('PUT', `/api/templates/${id}`, change)).status, 409);
    const card = await bob('POST', '/api/templates', { name: 'Card', text: 'Card 4242 4242 4242 4242' });
    assert.equal(card.body.code, 'card_number');
    assert.deepEqual(
      (await reader('GET', '/api/templates')).body.data.map(({ text }: { text: string }) => text),
      ['Rang the customer: '],
    );
    assert.equal((await ann('DELETE', `/api/templates/${id}`)).status, 204);
  });

  test('notes and labels of an entity, whatever its spelling, are found by their words', async () => {
    const at = '/api/entities/ip/2001:DB8::0001/notes';
    const note = await ann('POST', at, { kind: 'note', text: 'Belongs to the hotel' });
    assert.deepEqual(
      [note.status, note.body.text, note.body.byName, note.body.mine],
      [201, 'Belongs to the hotel', 'ann', true],
    );
    const label = await ann('POST', at, { kind: 'label', text: 'hotel wifi' });
    assert.equal(label.status, 201);
    const seen = async (who: typeof ann) =>
      (await who('GET', '/api/entities/ip/2001:db8::1/notes')).body.data.map(
        (one: { kind: string; text: string; byName: string; mine: boolean }) => [
          one.kind,
          one.text,
          one.byName,
          one.mine,
        ],
      );
    assert.deepEqual(await seen(bob), [
      ['label', 'hotel wifi', 'ann', false],
      ['note', 'Belongs to the hotel', 'ann', false],
    ]);
    const hit = (await bob('GET', '/api/search?q=hotel')).body.data.find(
      ({ type }: { type: string }) => type === 'note',
    );
    assert.deepEqual(hit.entity, { type: 'ip', id: '2001:db8::1' });
    const table: [who: typeof ann, method: string, path: string, body: object | undefined, status: number][] = [
      [bob, 'POST', at, { kind: 'label', text: 'hotel wifi' }, 409],
      [bob, 'POST', at, { kind: 'label', text: 'x'.repeat(41) }, 422],
      [bob, 'POST', at, { kind: 'note', text: '  ' }, 422],
      [bob, 'POST', at, { kind: 'note', text: 'card 4242424242424242' }, 422],
      [bob, 'POST', '/api/entities/planet/x/notes', { kind: 'note', text: 'x' }, 404],
      [reader, 'POST', at, { kind: 'note', text: 'x' }, 403],
      [bob, 'DELETE', `${at}/${note.body.id}`, undefined, 403],
      [bob, 'DELETE', `/api/entities/ip/10.0.0.1/notes/${note.body.id}`, undefined, 404],
      [bob, 'DELETE', `${at}/${label.body.id}`, undefined, 204],
      [ann, 'DELETE', `${at}/${note.body.id}`, undefined, 204],
      [ann, 'DELETE', `${at}/${note.body.id}`, undefined, 404],
    ];
    for (const [who, method, path, body, status] of table)
      assert.equal((await who(method, path, body)).status, status, `${method} ${path} ${JSON.stringify(body)}`);
    assert.deepEqual(await seen(ann), []);
    const { data } = (await admin('GET', '/api/audit?type=entity')).body;
    assert.ok(!JSON.stringify(data).includes('hotel'), 'what was written stands with the note alone');
  });
});
