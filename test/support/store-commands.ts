import assert from 'node:assert/strict';
import { command, decision, intake, label, T0 } from './records.ts';
import { answerTo, apply, type Bench, checkOn, dump } from './store-bench.ts';

/** The rules that commands are held to when they are applied, in log order. */
export function commandContract(url: () => string): void {
  const check = (name: string, body: (bench: Bench) => Promise<void>) => checkOn(url, name, body);

  check('the first record of an id wins', async (bench) => {
    await apply(bench, [decision({ id: 'a', amount: 1 }), decision({ id: 'a', amount: 2 }, 't:again')]);
    await apply(bench, [
      decision({ id: 'a', amount: 3 }),
      intake({ id: 'a' }),
      decision({ id: 'a', amount: 4 }, 'd:a'),
    ]);
    assert.equal((await bench.store.transactions.get('a'))?.amount, 1);
    assert.equal((await bench.store.transactions.list({}, { limit: 9 })).data.length, 1);
  });

  check('an intake is processing until it is decided, or failed, or decided after all', async (bench) => {
    const { transactions } = bench.store;
    await apply(bench, [intake({ id: 'a' }), intake({ id: 'b' })]);
    assert.equal((await transactions.get('a'))?.status, 'processing');
    assert.equal(
      (await answerTo(bench, command('finalize', { transactionId: 'a', override: false }))).error?.code,
      'processing',
    );
    await apply(bench, [{ ...command('failed', { transactionId: 'a', error: 'no model' }), key: 'x:1' }]);
    const failed = await transactions.get('a');
    assert.deepEqual([failed?.status, failed?.error], ['failed', 'no model']);
    const refused = await answerTo(bench, command('finalize', { transactionId: 'a', override: true }));
    assert.deepEqual([refused.status, refused.error?.code], [409, 'conflict']);
    await apply(bench, [decision({ id: 'a', at: T0 + 5000 }, 'd:a'), decision({ id: 'b', at: T0 + 1 }, 'd:b')]);
    const decided = await transactions.get('a');
    assert.deepEqual([decided?.status, decided?.error, decided?.decision], ['pending', undefined, 'approve']);
    assert.equal(decided?.createdAt, new Date(T0 + 5000).toISOString());
    const { data } = await transactions.list({}, { limit: 9 });
    assert.deepEqual(
      data.map(({ id }) => id),
      ['a', 'b'],
    );
    assert.deepEqual(data[0], decided);
  });

  check('finalize: once, again, unknown, declined, overridden', async (bench) => {
    await apply(bench, [decision({ id: 'a' }), decision({ id: 'd', decision: 'decline', score: 99 })]);
    const finalize = (transactionId: string, override = false, at = T0 + 1000) =>
      answerTo(bench, command('finalize', { transactionId, override }, { at }));
    const first = await finalize('a');
    const view = await bench.store.transactions.get('a');
    // Answered as it stood then: the days until it is presumed legitimate had just begun.
    assert.deepEqual(first, { status: 200, body: { transactionId: 'a', ...view, labelState: 'immature' } });
    assert.deepEqual([view?.status, view?.finalizedAt], ['finalized', new Date(T0 + 1000).toISOString()]);
    assert.deepEqual(await finalize('a', false, T0 + 9000), first);
    assert.equal((await finalize('x')).status, 404);
    const declined = await finalize('d');
    assert.deepEqual([declined.status, declined.error?.code], [409, 'declined']);
    assert.equal((await finalize('d', true)).status, 200);
    assert.equal((await finalize('d')).status, 200);
  });

  check('labels from before they had a rank: the latest in log order stands, all are kept', async (bench) => {
    await apply(bench, [decision({ id: 'a', decision: 'review' })]);
    const entry = command(
      'label',
      { labelId: 'l1', transactionId: 'a', label: 'fraud', source: 'chargeback', note: 'n', occurredAt: T0 - 5 },
      { at: T0 + 1 },
    );
    const answer = await answerTo(bench, entry);
    assert.deepEqual(answer, {
      status: 201,
      body: {
        ...{ id: 'l1', transactionId: 'a', label: 'fraud', source: 'chargeback', note: 'n' },
        ...{ occurredAt: new Date(T0 - 5).toISOString(), recordedAt: new Date(T0 + 1).toISOString(), sequence: 2 },
        effective: { label: 'fraud', source: 'chargeback', at: new Date(T0 - 5).toISOString() },
        labelState: 'fraud',
      },
    });
    await apply(bench, [label('a', 'legitimate', T0 - 100)]);
    const view = await bench.store.transactions.get('a');
    assert.equal(view!.label, 'legitimate');
    assert.deepEqual(
      (view!.labels as { label: string }[]).map((each) => each.label),
      ['fraud', 'legitimate'],
    );
    assert.equal((await answerTo(bench, label('x', 'fraud'))).status, 404);
  });

  check('amend and delete change what is read; a deleted id stays taken', async (bench) => {
    const { transactions } = bench.store;
    await apply(bench, [
      decision({ id: 'a', userId: 'u1', cardId: 'c1', email: 'x@one.co', amount: 5 }),
      label('a', 'fraud'),
    ]);
    const changes = { userId: 'u2', cardId: null, amount: 7.5, decision: 'decline', status: 'finalized', id: 'z' };
    const amended = await answerTo(
      bench,
      command('amend', { transactionId: 'a', changes }, { personal: { email: 'x@two.co', ip: null } }),
    );
    const view = await transactions.get('a');
    assert.deepEqual([amended.status, amended.body], [200, view]);
    assert.deepEqual(
      [view?.userId, view?.cardId, view?.amount, view?.email, view?.decision, view?.status, view?.id],
      ['u2', undefined, 7.5, 'x@two.co', 'approve', 'pending', 'a'],
    );
    assert.equal((await transactions.list({ userId: 'u1' }, { limit: 5 })).data.length, 0);
    assert.equal((await transactions.list({ userId: 'u2' }, { limit: 5 })).data.length, 1);
    assert.equal((await transactions.entity('email', 'two.co', 5)).transactions.length, 1);
    assert.equal((await transactions.entity('email', 'one.co', 5)).transactions.length, 0);
    assert.equal((await transactions.stats(0, T0 * 2)).amounts.USD.total, 7.5);

    const remove = () => answerTo(bench, command('delete', { transactionId: 'a' }));
    assert.deepEqual(await remove(), { status: 204 });
    assert.equal((await remove()).status, 404);
    assert.equal(await transactions.get('a'), undefined);
    assert.equal((await transactions.list({}, { limit: 5 })).data.length, 0);
    assert.equal((await transactions.stats(0, T0 * 2)).count, 0);
    assert.equal((await transactions.entity('email', 'two.co', 5)).transactions.length, 0);
    for (const entry of [
      command('finalize', { transactionId: 'a', override: true }),
      command('amend', { transactionId: 'a', changes: {} }),
      label('a', 'fraud'),
    ])
      assert.equal((await answerTo(bench, entry)).status, 404);
    await apply(bench, [decision({ id: 'a' })]);
    assert.equal(await transactions.get('a'), undefined);
    const { ids, transactions: rows, views, transaction_entities: entities, tallies } = await dump(bench);
    assert.deepEqual([ids.length, rows, views, entities, tallies], [1, [], [], [], []]);
  });

  check('users: one per e-mail address whatever its case', async (bench) => {
    const { users } = bench.store;
    const create = (userId: string, email: string, name = 'Ann') =>
      answerTo(bench, command('user.create', { userId }, { personal: { name, email } }));
    const update = (userId: string, personal: Record<string, unknown>) =>
      answerTo(bench, command('user.update', { userId }, { personal, at: T0 + 50 }));
    assert.deepEqual(await create('auth0|1', 'A@b.co'), { status: 201, body: { userId: 'auth0|1' } });
    assert.deepEqual(await create('auth0|1', 'a@B.co'), { status: 200, body: { userId: 'auth0|1' } });
    assert.deepEqual(await create('u2', 'a@b.CO'), { status: 200, body: { userId: 'auth0|1' } });
    assert.equal((await create('auth0|1', 'other@b.co')).error?.code, 'conflict');
    assert.equal((await create('u2', 'b@b.co', 'Bob 100%')).status, 201);
    assert.equal((await update('u2', { email: 'A@B.CO' })).status, 409);
    assert.equal((await update('nobody', { name: 'x' })).status, 404);
    const renamed = await update('u2', { name: 'Bo_b' });
    assert.deepEqual([renamed.status, renamed.body], [200, await users.get('u2')]);
    assert.equal((await users.get('u2'))?.updatedAt, new Date(T0 + 50).toISOString());
    const found = async (q: string) => (await users.list({ q }, { limit: 9 })).data.map(({ id }) => id);
    assert.deepEqual(
      [await found('BO_'), await found('%'), await found('a@b'), await found('auth0|')],
      [['u2'], [], ['auth0|1'], ['auth0|1']],
    );
    assert.deepEqual(await found(''), ['u2', 'auth0|1']);
    assert.deepEqual(
      [await found('@'), await found('|'), await found('2'), await found('bb'), await found('_b'), await found('b_')],
      [['u2', 'auth0|1'], ['auth0|1'], ['u2'], [], ['u2'], []],
    );
    // One batch: the address changes hands.
    await apply(bench, [
      command('user.update', { userId: 'auth0|1' }, { personal: { email: 'new@b.co' } }),
      command('user.create', { userId: 'u3' }, { personal: { name: 'C', email: 'a@b.co' } }),
      command('user.delete', { userId: 'u2' }),
      command('user.create', { userId: 'u2' }, { personal: { name: 'D', email: 'b@b.co' } }),
    ]);
    assert.deepEqual(
      (await Promise.all(['auth0|1', 'u2', 'u3'].map((id) => users.get(id)))).map((user) => user?.email),
      ['new@b.co', 'b@b.co', 'a@b.co'],
    );
    // Of an address what is before its @ is looked for, and the whole of it is meant.
    assert.deepEqual(
      [await found('NEW@b.'), await found('new@c'), await found('ne_@b'), await found('new@'), await found('u3@')],
      [['auth0|1'], [], [], ['auth0|1'], []],
    );
    const newest = async (q: string) => (await users.list({ q, newest: 1 }, { limit: 9 })).data.map(({ id }) => id);
    assert.deepEqual(
      [await newest('@b'), (await found('@b')).length, await newest('new')],
      [(await found('')).slice(0, 1), 3, ['auth0|1']],
    );
    assert.deepEqual(await answerTo(bench, command('user.delete', { userId: 'u3' })), { status: 204 });
    assert.equal((await answerTo(bench, command('user.delete', { userId: 'u3' }))).status, 404);
    assert.equal(await users.get('u3'), undefined);
  });

  check('answers are kept for a day of the log', async (bench) => {
    const create = (id: string, at: number) =>
      command('user.create', { userId: id }, { at, personal: { name: id, email: `${id}@x.co` } });
    await apply(bench, [create('a', T0)]);
    await apply(bench, [create('b', T0 + 23 * 3_600_000)]);
    assert.equal((await bench.store.answer(1))?.status, 201);
    await apply(bench, [create('c', T0 + 25 * 3_600_000)]);
    assert.equal(await bench.store.answer(1), undefined);
    assert.equal((await bench.store.answer(2))?.status, 201);
  });
}
