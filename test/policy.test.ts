import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Answer, call, startApp, type TestApp } from './support/app.ts';

/** The policy over HTTP: rules are in force on the next request, every decision names them, and all of it can be undone. */
describe('rules', () => {
  let app: TestApp;
  let made = 0;
  before(async () => {
    // What became of a command is asked across the threads.
    app = await startApp({ ASSAY_THREADS: '2' });
  });
  after(() => app.stop());

  const ask = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
    call(app.url, method, path, body, headers);
  const pay = async (more: object = {}): Promise<Answer['body']> => {
    const answer = await ask('POST', '/api/transactions', { userId: `u${++made}`, amount: 12, ...more });
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
    return answer.body;
  };
  const rule = (id: string, when: string, more: object = {}) => ({
    ...{ id, name: `Rule ${id}`, when, outcome: 'decline', mode: 'live', reason: `because of ${id}` },
    ...more,
  });
  const put = async (body: { id: string }) => {
    const answer = await ask('POST', '/api/rules', body);
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
    return answer.body;
  };
  const version = async () => (await ask('GET', '/api/policy')).body.version as number;

  test('before there is a policy it is at version 0, and the model decides', async () => {
    const { body } = await ask('GET', '/api/policy');
    assert.deepEqual([body.version, body.thresholds, body.rules], [0, { review: null, decline: null }, []]);
    const decided = await pay();
    assert.deepEqual([decided.policyVersion, decided.decidedBy, decided.rules], [0, 'model', []]);
  });

  test('a rule is live on the next request after its 201, and the decision names it, its version and its words', async () => {
    const created = await put(rule('big', 'tx.amountBase > 400.0', { reason: 'a large payment' }));
    assert.deepEqual([created.version, created.mode, created.priority, created.status], [1, 'live', 0, 'active']);
    const decided = await pay({ amount: 500 });
    assert.equal(decided.decision, 'decline');
    assert.equal(decided.isFraudulent, true);
    assert.equal(decided.decidedBy, 'rule:big');
    assert.equal(decided.policyVersion, await version());
    assert.deepEqual(decided.rules, [{ id: 'big', version: 1, outcome: 'decline', mode: 'live', priority: 0 }]);
    assert.match(decided.fraudExplanation, /^Declined by rule big: a large payment\./);
    assert.deepEqual((await pay({ amount: 300 })).rules, []);
    const read = await ask('GET', `/api/transactions/${decided.id}`);
    assert.deepEqual([read.body.rules, read.body.decidedBy], [decided.rules, 'rule:big']);
  });

  test('velocity in a rule counts the payment itself, and is explained clause by clause from what was kept', async () => {
    await put(
      rule('often', 'count("device", "1h") >= 3.0 && tx.amountBase < 50.0', { outcome: 'review', priority: 3 }),
    );
    const deviceId = 'd-often';
    await pay({ deviceId });
    const second = await pay({ deviceId });
    const third = await pay({ deviceId });
    assert.equal(second.rules.length, 0);
    assert.deepEqual([third.decision, third.decidedBy], ['review', 'rule:often']);
    await pay({ deviceId });
    const clauses = async (id: string) => {
      const { body } = await ask('GET', `/api/transactions/${id}/explanation`);
      const told = body.rules.find((one: { id: string }) => one.id === 'often');
      return [told.hit, ...told.clauses.map(({ value }: { value: unknown }) => value)];
    };
    assert.deepEqual(await clauses(second.id), [false, false, true]);
    assert.deepEqual(await clauses(third.id), [true, true, true]);
    const without = await pay({ amount: 60 });
    assert.deepEqual(await clauses(without.id), [false, null, false]);
  });

  test('a wrong rule is refused with line, column and the nearest name, and nothing changes', async () => {
    const before = await version();
    const answer = await ask('POST', '/api/rules', rule('wrong', 'tx.amount > 3.0 &&\n  tx.devicId == "x"'));
    assert.deepEqual([answer.status, answer.body.code], [422, 'rule_invalid']);
    const [error] = answer.body.errors;
    assert.deepEqual([error.path, error.line, error.column, error.suggestion], ['/when', 2, 6, 'deviceId']);
    assert.match(error.message, /Did you mean tx\.deviceId/);
    for (const when of ['tx.amount', 'count("card", "90d") > 1.0', 'nope(1)', '', '1 +'])
      assert.equal((await ask('POST', '/api/rules', rule('wrong', when))).status, 422, when);
    assert.equal(await version(), before);
    assert.equal((await ask('GET', '/api/rules/wrong')).status, 404);
    const checked = await ask('POST', '/api/rules/check', { when: 'tx.amount > 3 && inList("none", tx.userId)' });
    assert.equal(checked.status, 200);
    assert.deepEqual([checked.body.ok, checked.body.type], [false, null]);
    const fine = await ask('POST', '/api/rules/check', { when: 'sum("card", "7d") > 100.0' });
    assert.deepEqual([fine.body.ok, fine.body.type, fine.body.errors], [true, 'bool', []]);
    assert.ok(fine.body.cost > 0 && fine.body.uses.length === 1);
  });

  for (const [what, body] of Object.entries({
    'an unknown field': { wehn: 'true' },
    'an unknown mode': { mode: 'on' },
    'an entity that is not profiled': { rollout: { percent: 10, by: 'planet' } },
    'a hard rule that approves': { hard: true, outcome: 'approve' },
    'an end before its beginning': { validFrom: '2026-02-01T00:00:00Z', validTo: '2026-01-01T00:00:00Z' },
    'a time that is none': { validFrom: 'tomorrow' },
    'a percentage beyond 100': { rollout: { percent: 101, by: 'user' } },
    'an id of an address': { id: 'check' },
    'a priority that is no whole number': { priority: 0.5 },
  }))
    test(`422 for ${what}`, async () => {
      const answer = await ask('POST', '/api/rules', { ...rule('strange', 'true'), ...body });
      assert.deepEqual([answer.status, answer.body.code], [422, 'invalid_request'], JSON.stringify(answer.body));
      assert.ok(answer.body.errors.length > 0);
    });

  test('PUT carries the version that it changes: of two at once one is refused', async () => {
    const created = await put(rule('put', 'tx.amountBase > 1000000.0', { mode: 'off' }));
    const change = (body: object) => ask('PUT', '/api/rules/put', body);
    assert.equal((await change({ mode: 'shadow' })).status, 409);
    assert.equal((await change({ ...created, name: 'As it was read' })).status, 200);
    assert.equal((await change({ version: 1, mode: 'shadow' })).status, 409);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => change({ version: 2, name: `Name ${i}`, mode: 'shadow' })),
    );
    assert.deepEqual(answers.map(({ status }) => status).toSorted(), [200, ...Array(19).fill(409)]);
    const { body } = await ask('GET', '/api/rules/put');
    assert.deepEqual([body.version, body.mode, body.when], [3, 'shadow', created.when]);
    assert.equal((await ask('PUT', '/api/rules/nowhere', { version: 1, mode: 'off' })).status, 404);
    assert.equal((await ask('POST', '/api/rules', rule('put', 'true'))).status, 409);
  });

  test('shadow is recorded and not applied; off is nothing', async () => {
    await put(rule('quiet', 'tx.merchantId == "m-quiet"', { mode: 'shadow', hard: true }));
    await put(rule('none', 'tx.merchantId == "m-quiet"', { mode: 'off' }));
    const decided = await pay({ merchantId: 'm-quiet' });
    assert.equal(decided.decidedBy, 'model');
    assert.deepEqual(
      decided.rules.map(({ id, mode }: { id: string; mode: string }) => [id, mode]),
      [['quiet', 'shadow']],
    );
  });

  test('actions of all live hits are united whatever wins', async () => {
    const when = 'tx.merchantId == "m-actions"';
    await put(rule('three', when, { outcome: 'review', actions: ['request_3ds', 'call'] }));
    await put(rule('allow', when, { outcome: 'approve', priority: 5, actions: ['request_3ds', 'note'] }));
    const decided = await pay({ merchantId: 'm-actions' });
    assert.deepEqual([decided.decision, decided.decidedBy], ['approve', 'rule:allow']);
    assert.deepEqual(decided.actions, ['call', 'note', 'request_3ds']);
  });

  test('thresholds of the policy override the model’s, and null gives them back', async () => {
    const before = await pay();
    assert.equal(before.decision, 'approve');
    const set = await ask('PUT', '/api/policy/thresholds', { review: 0, decline: 1 });
    assert.equal(set.status, 200, JSON.stringify(set.body));
    assert.deepEqual(set.body.thresholds, { review: 0, decline: 1 });
    assert.deepEqual([(await pay()).decision, (await pay()).decidedBy], ['review', 'model']);
    assert.equal((await ask('PUT', '/api/policy/thresholds', { review: 0.9, decline: 0.1 })).status, 422);
    assert.equal((await ask('PUT', '/api/policy/thresholds', { reviews: 0.9 })).status, 422);
    const empty = await ask('PUT', '/api/policy/thresholds');
    assert.deepEqual([empty.status, empty.body.code], [400, 'malformed_json'], 'null says something, nothing does not');
    const back = await ask('PUT', '/api/policy/thresholds', { review: null, decline: null });
    assert.deepEqual(back.body.thresholds, { review: null, decline: null });
    assert.equal((await pay()).decision, 'approve');
  });

  test('restoring is a new version with the old content, bit for bit', async () => {
    const { body: old } = await ask('GET', '/api/policy');
    const { body: big } = await ask('GET', '/api/rules/big');
    await ask('PUT', '/api/rules/big', { version: big.version, when: 'tx.amountBase > 1.0', reason: 'wrong' });
    await ask('DELETE', '/api/rules/often');
    await put(rule('wrong-one', 'true', { hard: true }));
    assert.equal((await pay()).decidedBy, 'rule:wrong-one');
    const restored = await ask('POST', '/api/policy/restore', { version: old.version });
    assert.equal(restored.status, 200, JSON.stringify(restored.body));
    const content = ({ thresholds, control, rules }: Answer['body']) => JSON.stringify({ thresholds, control, rules });
    assert.equal(content(restored.body), content(old));
    assert.equal(restored.body.version, await version());
    assert.ok(restored.body.version > old.version);
    assert.equal((await pay()).decidedBy, 'model');
    assert.equal((await ask('POST', '/api/policy/restore', { version: 10_000 })).status, 404);
    const { body: versions } = await ask('GET', '/api/policy/versions?limit=2');
    assert.deepEqual(versions.data[0].change, { kind: 'restore', restores: old.version });
    assert.deepEqual([versions.data.length, versions.hasMore], [2, true]);
    const next = await ask('GET', `/api/policy/versions?limit=2&cursor=${versions.nextCursor}`);
    assert.equal(next.body.data[0].version, restored.body.version - 2);
    const then = await ask('GET', `/api/policy/versions/${old.version}`);
    assert.equal(content(then.body), content(old));
  });

  test('one rule is restored as a new version, a deleted one too', async () => {
    await put(rule('back', 'tx.merchantId == "m-back"'));
    await ask('PUT', '/api/rules/back', { version: 1, when: 'tx.merchantId == "other"' });
    assert.equal((await ask('DELETE', '/api/rules/back')).status, 204);
    assert.equal((await ask('GET', '/api/rules/back')).status, 404);
    assert.equal((await pay({ merchantId: 'm-back' })).decidedBy, 'model');
    const restored = await ask('POST', '/api/rules/back/restore', { version: 1 });
    assert.deepEqual([restored.status, restored.body.version], [200, 3]);
    assert.equal((await pay({ merchantId: 'm-back' })).decidedBy, 'rule:back');
    const { body } = await ask('GET', '/api/rules/back/versions');
    assert.deepEqual(
      body.data.map((one: { version: number; when: string }) => [one.version, one.when]),
      [
        [3, 'tx.merchantId == "m-back"'],
        [2, 'tx.merchantId == "other"'],
        [1, 'tx.merchantId == "m-back"'],
      ],
    );
    assert.equal((await ask('POST', '/api/rules/back/restore', { version: 9 })).status, 404);
  });

  test('a list that was made anew of another type is not taken for the one that old rules asked', async () => {
    assert.equal((await ask('POST', '/api/lists', { name: 'anew', type: 'user' })).status, 201);
    await put(rule('asks-anew', 'inList("anew", tx.userId)'));
    const before = await version();
    assert.equal((await ask('DELETE', '/api/rules/asks-anew')).status, 204);
    assert.equal((await ask('DELETE', '/api/lists/anew')).status, 204);
    assert.equal((await ask('POST', '/api/lists', { name: 'anew', type: 'ip' })).status, 201);
    const refused = await ask('POST', '/api/policy/restore', { version: before });
    assert.deepEqual([refused.status, refused.body.code], [409, 'conflict']);
    assert.match(refused.body.detail, /list anew of type user/);
    const restored = await ask('POST', '/api/rules/asks-anew/restore', { version: 1 });
    assert.match(restored.body.warnings.join(), /"anew" is of type ip/, JSON.stringify(restored.body));
    assert.equal((await ask('DELETE', '/api/rules/asks-anew')).status, 204);
  });

  test('each rule of the pack is taken as it is shown, off, with the lists that it asks', async () => {
    const { status, body } = await ask('GET', '/api/rules/pack');
    assert.equal(status, 200);
    assert.ok(body.data.length >= 10);
    for (const { name, type, description, values } of body.lists) {
      assert.equal((await ask('POST', '/api/lists', { name, type, description })).status, 201, name);
      const entries = values.map((value: string) => ({ value }));
      if (entries.length === 0) continue;
      const taken = await ask('POST', `/api/lists/${name}/entries`, { entries });
      assert.deepEqual([taken.body.added, taken.body.refused], [entries.length, []], name);
    }
    for (const { rule: shown, words, source } of body.data) {
      assert.ok(words.length > 0 && source.length > 0, shown.id);
      const made = await put(shown);
      assert.deepEqual({ ...made, ...shown }, made, 'nothing of it is changed');
      assert.deepEqual([made.mode, made.warnings], ['off', undefined], shown.id);
      assert.equal((await ask('DELETE', `/api/rules/${shown.id}`)).status, 204);
    }
    assert.equal((await ask('POST', '/api/rules', rule('pack', 'score > 1'))).status, 422, 'an address of its own');
  });

  test('each change is in the audit with who', async () => {
    const { body } = await ask('GET', '/api/audit?limit=200');
    const told = body.data.filter(({ type }: { type: string }) => type.startsWith('policy.'));
    const { version: newest } = (await ask('GET', '/api/policy')).body;
    const applied = told.filter(({ status }: { status: number }) => status < 400);
    assert.ok(applied.length >= newest, `${applied.length} of ${newest}`);
    const deleted = told.find(
      ({ type, target, detail }: Answer['body']) =>
        type === 'policy.rule' && target === 'back' && detail.action === 'delete',
    );
    assert.ok(deleted, JSON.stringify(told.slice(0, 5)));
    assert.ok(told.some(({ type, detail }: Answer['body']) => type === 'policy.restore' && detail.restores > 0));
  });

  test('an Idempotency-Key gets the first answer, and another body 409', async () => {
    const headers = { 'idempotency-key': 'rule-once' };
    const body = rule('once', 'tx.amountBase > 99999.0', { mode: 'off' });
    const first = await ask('POST', '/api/rules', body, headers);
    const again = await ask('POST', '/api/rules', body, headers);
    assert.deepEqual([first.status, again.status], [201, 201]);
    assert.deepEqual(again.body, first.body);
    assert.equal(again.headers.get('idempotent-replayed'), 'true');
    assert.equal(first.headers.get('idempotent-replayed'), null);
    const other = await ask('POST', '/api/rules', { ...body, name: 'Other' }, headers);
    assert.deepEqual([other.status, other.body.code], [409, 'idempotency_conflict']);
    const list = { name: 'once', type: 'user' };
    const made = await ask('POST', '/api/lists', list, headers);
    assert.equal(made.status, 201);
  });
});
