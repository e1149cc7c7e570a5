import assert from 'node:assert/strict';
import fc from 'fast-check';
import { FORMER_WINDOW_MS } from '../../src/domain/case.ts';
import { AssayError } from '../../src/domain/errors.ts';
import { randomHistory } from './random-history.ts';
import { command, decision, label, type Payment, T0 } from './records.ts';
import { answerTo, apply, type Bench, checkOn, dump, openBench } from './store-bench.ts';

const HOUR = 3_600_000;

/** Cases, what people do to them, and the audit: folds of the log like all else. */
export function caseContract(url: () => string, runs: number): void {
  const check = (name: string, body: (bench: Bench) => Promise<void>) => checkOn(url, name, body);
  const alert = (payment: Payment) => decision({ decision: 'review', score: 50, ...payment });
  const act = (action: string, caseId: string, more: Record<string, unknown>, at = T0 + HOUR) =>
    command('case', { action, caseId, by: 'key_ann', ...more }, { at });
  const newest = async ({ store }: Bench) => (await store.cases.list({}, 'newest', { limit: 50 })).data;
  const within = async ({ store }: Bench, id: string) =>
    (await store.cases.transactions(id, { limit: 50 })).data.map((view) => view.id).reverse();

  check('one attack is one case, whatever its alerts share', async (bench) => {
    await apply(bench, [
      alert({ id: 'a', userId: 'u1', deviceId: 'd1', cardId: 'c1', ip: '10.0.0.1', amount: 100 }),
      decision({ id: 'fine', userId: 'u1', deviceId: 'd1' }),
      // The device, then the card, then the address, then the user lead back to it.
      alert({ id: 'b', userId: 'u2', deviceId: 'd1', cardId: 'c2', decision: 'decline', score: 90, amount: 10 }),
      alert({ id: 'c', userId: 'u3', deviceId: 'd2', cardId: 'c2' }),
      alert({ id: 'd', userId: 'u4', ip: '10.0.0.1' }),
      alert({ id: 'e', userId: 'u3' }),
      // It shares nothing but the merchant and the e-mail's domain.
      alert({ id: 'other', userId: 'u9', deviceId: 'd9', merchantId: 'm', email: 'a@x.co' }),
      alert({ id: 'another', userId: 'u8', merchantId: 'm', email: 'b@x.co' }),
    ]);
    const cases = await newest(bench);
    assert.deepEqual(
      cases.map(({ id }) => id),
      ['case_8', 'case_7', 'case_1'],
    );
    assert.deepEqual(await within(bench, 'case_1'), ['a', 'b', 'c', 'd', 'e']);
    const [, , attack] = cases;
    assert.deepEqual(
      [attack.entity, attack.score, attack.amount, attack.amountAtRisk, attack.reviews, attack.declines],
      [{ type: 'device', id: 'd1' }, 90, 140, 100 * 0.5 + 10 * 0.9 + 5 + 5 + 5, 4, 1],
    );
    assert.deepEqual([attack.status, attack.version, attack.assignee], ['open', 1, null]);
    const detail = await bench.store.cases.get('case_1');
    assert.deepEqual(detail?.entities.slice(0, 4), [
      { type: 'device', id: 'd1', transactions: 2 },
      { type: 'card', id: 'c2', transactions: 2 },
      { type: 'ip', id: '10.0.0.1', transactions: 2 },
      { type: 'user', id: 'u3', transactions: 2 },
    ]);
    assert.equal(await bench.store.cases.get('case_2'), undefined);
    assert.equal((await bench.store.cases.ofTransaction('b'))?.caseId, 'case_1');
    assert.equal(await bench.store.cases.ofTransaction('fine'), undefined);
  });

  check('the strongest entity wins: an alert between two cases joins that of its device', async (bench) => {
    await apply(bench, [
      alert({ id: 'a', userId: 'u1', deviceId: 'd1' }),
      alert({ id: 'b', userId: 'u2', cardId: 'c2' }),
      alert({ id: 'c', userId: 'u2', cardId: 'c2', deviceId: 'd1' }),
    ]);
    assert.deepEqual([await within(bench, 'case_1'), await within(bench, 'case_2')], [['a', 'c'], ['b']]);
  });

  const TODAY = { joining: { windowMs: 21 * 24 * HOUR } };

  check('strangers share an address, and what its record calls a hub: neither joins', async (bench) => {
    const ip = '10.0.0.1';
    await apply(bench, [
      alert({ id: 'a', userId: 'u1', ip, deviceId: 'kiosk', email: 'a.b@gmail.com', ...TODAY }),
      alert({ id: 'b', userId: 'u2', ip, ...TODAY }),
      alert({ id: 'c', userId: 'u3', deviceId: 'kiosk', joining: { ...TODAY.joining, hubs: ['device'] } }),
      // The same mailbox in another spelling, three weeks later.
      alert({ id: 'd', userId: 'u4', email: 'AB+x@gmail.com', at: T0 + TODAY.joining.windowMs, ...TODAY }),
      alert({ id: 'e', userId: 'u4', at: T0 + 2 * TODAY.joining.windowMs + 1, ...TODAY }),
    ]);
    const found = await Promise.all(['case_1', 'case_2', 'case_3', 'case_5'].map((id) => within(bench, id)));
    assert.deepEqual(found, [['a', 'd'], ['b'], ['c'], ['e']]);
    const { entities } = (await bench.store.cases.get('case_1'))!;
    assert.deepEqual(entities[0], { type: 'mailbox', id: 'ab@gmail.com', transactions: 2 });
    const { data } = await bench.store.cases.list({ entity: { type: 'mailbox', id: 'a.b@gmail.com' } }, 'newest', {
      limit: 9,
    });
    assert.deepEqual(data.map(({ id }) => id), ['case_1']); // biome-ignore format: one line
  });

  check('an alert that bridges cases makes one of those that nobody works on; else it proposes', async (bench) => {
    const { cases } = bench.store;
    await apply(bench, [
      alert({ id: 'a', userId: 'u1', deviceId: 'd1', amount: 7, ...TODAY }),
      alert({ id: 'b', userId: 'u2', cardId: 'k', ip: '10.0.0.1', ...TODAY }),
      alert({ id: 'c', userId: 'u3', deviceId: 'd3', ...TODAY }),
      { ...act('comment', 'case_2', {}), personal: { text: 'odd' } },
    ]);
    // Read from the database: the batch knows the rows of neither.
    await apply(bench, [alert({ id: 'd', userId: 'u4', deviceId: 'd1', cardId: 'k', amount: 2, ...TODAY })]);
    assert.deepEqual(await within(bench, 'case_1'), ['a', 'b', 'd']);
    const { case: one, actions, proposed } = (await cases.get('case_1'))!;
    assert.deepEqual([one.amount, one.version, one.firstActionAt, proposed], [19, 1, null, []]);
    assert.deepEqual(
      actions.map(({ type, by, detail }) => [type, by, detail]),
      [
        ['case.comment', 'key_ann', { text: 'odd' }],
        ['case.merge', null, { from: ['case_2'], alert: 'd' }],
      ],
    );
    const gone = (await cases.get('case_2'))!.case;
    assert.deepEqual([gone.status, gone.mergedInto], ['merged', 'case_1']);
    await apply(bench, [
      act('assign', 'case_1', { version: 1, assignee: 'ann' }),
      alert({ id: 'e', userId: 'u5', deviceId: 'd3', cardId: 'k', ...TODAY }),
    ]);
    // To the case of its device, the strongest; the other is told.
    assert.deepEqual(
      [await within(bench, 'case_1'), await within(bench, 'case_3')],
      [
        ['a', 'b', 'd'],
        ['c', 'e'],
      ],
    );
    const told = async (id: string) =>
      (await cases.get(id))!.proposed.map((other) => [other.id, other.shared.map(({ type, id }) => `${type} ${id}`)]);
    assert.deepEqual(
      [await told('case_1'), await told('case_3')],
      [[['case_3', ['card k']]], [['case_1', ['card k']]]],
    );
    await apply(bench, [act('resolve', 'case_1', { version: 2, resolution: 'fraud' })]);
    assert.deepEqual(await told('case_3'), []);
  });

  check(
    'a case is due when the earliest of its alerts is that nobody worked, and waits with the customer',
    async (bench) => {
      const { cases } = bench.store;
      const due = (id: string, hours: number | undefined, more: object = {}) =>
        alert({
          ...{ id, deviceId: 'd', ...more },
          joining: { ...TODAY.joining, ...(hours === undefined ? {} : { due: T0 + hours * HOUR }) },
        });
      const dueAt = async (id: string) => {
        const at = (await cases.get(id))?.case.dueAt;
        return at ? (Date.parse(at) - T0) / HOUR : at;
      };
      await apply(bench, [due('a', 4), due('b', 2), due('c', undefined), due('x', 3, { userId: 'u2', deviceId: 'e' })]);
      assert.deepEqual([await dueAt('case_1'), await dueAt('case_4')], [2, 3]);
      const list = async (limit: number, cursor?: string) => cases.list({}, 'due', { limit, cursor });
      const first = await list(1);
      const second = await list(1, first.nextCursor!);
      assert.deepEqual([...first.data, ...second.data].map(({ id }) => id), ['case_1', 'case_4']); // biome-ignore format: one line
      assert.equal(second.nextCursor, null);
      // Reviewed, labelled: worked, each by itself.
      await apply(bench, [
        command('review', { transactionId: 'b', action: 'release' }, { personal: { reason: 'known' } }),
      ]);
      assert.equal(await dueAt('case_1'), 4);
      await apply(bench, [label('x', 'legitimate')]);
      assert.equal(await dueAt('case_4'), null);
      await apply(bench, [label('x', 'none')]);
      // Merged, it is the earliest of both.
      await apply(bench, [act('merge', 'case_1', { into: 'case_4' })]);
      assert.equal(await dueAt('case_4'), 3);
      assert.deepEqual(await cases.overdue(T0 + 3 * HOUR - 1, 9), []);
      assert.deepEqual(await cases.overdue(T0 + 3 * HOUR, 9), [{ id: 'case_4', due: T0 + 3 * HOUR }]);
      const comment = (awaits: boolean, at: number) => ({
        ...act('comment', 'case_4', { awaits }, at),
        personal: { text: 'x' },
      });
      await apply(bench, [comment(true, T0 + HOUR)]);
      assert.equal((await cases.get('case_4'))?.case.awaitingSince, new Date(T0 + HOUR).toISOString());
      assert.deepEqual(await cases.overdue(T0 + 9 * HOUR, 9), []);
      await apply(bench, [comment(false, T0 + 11 * HOUR)]);
      assert.deepEqual([await dueAt('case_4'), (await cases.get('case_4'))?.case.awaitingSince], [13, null]);
      const escalate = (hours: number) =>
        answerTo(bench, act('escalate', 'case_4', { due: T0 + hours * HOUR, by: undefined }));
      assert.equal((await escalate(3)).status, 409);
      const told = await escalate(13);
      assert.deepEqual([told.status, told.body?.version, (await escalate(13)).status], [200, 4, 409]);
      assert.deepEqual(await cases.overdue(T0 + 99 * HOUR, 9), []);
      await apply(bench, [act('resolve', 'case_4', { resolution: 'fraud' })]);
      assert.equal(await dueAt('case_4'), null);
      await apply(bench, [act('reopen', 'case_4', {})]);
      assert.equal(await dueAt('case_4'), 13);
    },
  );

  check('a day without alerts ends an attack; a late event finds the case of its own time', async (bench) => {
    const end = T0 + FORMER_WINDOW_MS;
    await apply(bench, [
      alert({ id: 'a', deviceId: 'd', at: T0 }),
      alert({ id: 'b', deviceId: 'd', at: end }),
      alert({ id: 'c', deviceId: 'd', at: end + FORMER_WINDOW_MS + 1 }),
      alert({ id: 'd', deviceId: 'd', at: T0 - FORMER_WINDOW_MS }),
      alert({ id: 'e', deviceId: 'd', at: T0 - 3 * FORMER_WINDOW_MS }),
    ]);
    assert.deepEqual(
      [await within(bench, 'case_1'), await within(bench, 'case_3'), await within(bench, 'case_5')],
      [['d', 'a', 'b'], ['c'], ['e']],
    );
  });

  check('assign, comment, resolve: each moves the version, and whoever saw an older one is refused', async (bench) => {
    await apply(bench, [alert({ id: 'a', deviceId: 'd' }), alert({ id: 'b', deviceId: 'd' })]);
    const assigned = await answerTo(bench, act('assign', 'case_1', { version: 1, assignee: 'ann' }));
    assert.deepEqual(assigned.body, (await newest(bench))[0]);
    assert.deepEqual([assigned.status, assigned.body?.version, assigned.body?.assignee], [200, 2, 'ann']);
    const stale = await answerTo(bench, act('assign', 'case_1', { version: 1, assignee: 'bob' }));
    assert.deepEqual([stale.status, stale.error?.code], [409, 'conflict']);
    const comment = act('comment', 'case_1', {}, T0 + 2 * HOUR);
    assert.equal((await answerTo(bench, { ...comment, personal: { text: 'He rang.' } })).status, 201);
    const resolve = (more: object) =>
      answerTo(bench, {
        ...act('resolve', 'case_1', { resolution: 'fraud', ...more }, T0 + 3 * HOUR),
        personal: { note: 'a ring' },
      });
    assert.equal((await resolve({ version: 2 })).status, 409);
    assert.equal((await resolve({ version: 3, transactions: 1 })).status, 409);
    assert.equal((await newest(bench))[0].status, 'open');
    assert.equal((await resolve({ version: 3, transactions: 2 })).status, 200);
    const [resolved] = await newest(bench);
    assert.deepEqual(
      [resolved.status, resolved.version, resolved.resolution, resolved.resolvedBy, resolved.note],
      ['resolved', 4, 'fraud', 'key_ann', 'a ring'],
    );
    assert.deepEqual(
      [resolved.firstActionAt, resolved.resolvedAt],
      [new Date(T0 + HOUR).toISOString(), new Date(T0 + 3 * HOUR).toISOString()],
    );
    assert.equal((await resolve({ version: 4 })).error?.code, 'conflict');
    assert.equal((await answerTo(bench, act('comment', 'case_1', {}, T0 + 4 * HOUR))).status, 201);
    assert.equal((await answerTo(bench, act('assign', 'case_9', { version: 1, assignee: null }))).status, 404);
    const { actions } = (await bench.store.cases.get('case_1'))!;
    assert.deepEqual(
      actions.map(({ type, by }) => `${type} ${by}`),
      ['case.assign key_ann', 'case.comment key_ann', 'case.resolve key_ann', 'case.comment key_ann'],
    );
    assert.equal(actions[1].detail?.text, 'He rang.');
    const all = await bench.store.audit.list({ caseId: 'case_1' }, { limit: 50 });
    assert.deepEqual(
      all.data.map(({ type, status }) => `${type} ${status}`),
      [
        ...['case.comment 201', 'case.resolve 409', 'case.resolve 200', 'case.resolve 409', 'case.resolve 409'],
        ...['case.comment 201', 'case.assign 409', 'case.assign 200'],
      ],
    );
  });

  check('a resolution owes labels until they are recorded; what comes later opens a new case', async (bench) => {
    const { cases } = bench.store;
    await apply(bench, [
      ...['a', 'b', 'c'].map((id) => alert({ id, deviceId: 'd', cardId: 'k' })),
      act('resolve', 'case_1', { version: 1, resolution: 'legitimate' }),
    ]);
    assert.deepEqual(await cases.owing(9), ['case_1']);
    assert.deepEqual(await cases.owed('case_1'), {
      resolution: 'legitimate',
      ...{ by: 'key_ann', round: 0 },
      transactions: ['a', 'b', 'c'].map((id, index) => ({ id, sequence: index + 1 })),
    });
    const paid = (id: string) => {
      const entry = label(id, 'legitimate');
      return { ...entry, data: { ...entry.data, caseId: 'case_1' } };
    };
    await apply(bench, [paid('a'), command('delete', { transactionId: 'b' }), label('c', 'fraud')]);
    assert.deepEqual(
      (await cases.owed('case_1'))?.transactions.map(({ id }) => id),
      ['c'],
    );
    await apply(bench, [paid('c')]);
    assert.deepEqual([await cases.owing(9), await cases.owed('case_1')], [[], undefined]);
    assert.equal((await bench.store.transactions.get('c'))?.label, 'legitimate');
    await apply(bench, [alert({ id: 'late', deviceId: 'd' })]);
    const late = (await newest(bench)).find(({ id }) => id !== 'case_1')!;
    assert.deepEqual(await within(bench, late.id), ['late']);
    const { similar } = (await cases.get(late.id))!;
    assert.deepEqual(
      similar.map(({ id, resolution, shared }) => ({ id, resolution, shared })),
      [
        {
          id: 'case_1',
          resolution: 'legitimate',
          shared: [
            { type: 'device', id: 'd' },
            { type: 'user', id: 'u1' },
          ],
        },
      ],
    );
    assert.deepEqual((await cases.get('case_1'))?.similar, []);
    await apply(bench, [act('resolve', late.id, { version: 1, resolution: 'unsure' })]);
    assert.deepEqual(await cases.owing(9), []);
  });

  check('a resolution is taken back: what stood before stands, and its labels are owed a withdrawal', async (bench) => {
    const { cases } = bench.store;
    const of = (id: string, more: object) => {
      const entry = label(id, 'fraud');
      return { ...entry, data: { ...entry.data, caseId: 'case_1', rank: 2, ...more } };
    };
    await apply(bench, [
      ...['a', 'b', 'c'].map((id) => alert({ id, deviceId: 'd' })),
      act('assign', 'case_1', { version: 1, assignee: 'ann' }),
    ]);
    const [before] = await newest(bench);
    assert.equal((await answerTo(bench, act('reopen', 'case_1', {}))).error?.code, 'conflict', 'it is open');
    await apply(bench, [
      { ...act('resolve', 'case_1', { resolution: 'fraud' }), personal: { note: 'a ring' } },
      of('a', { labelId: 'la' }),
    ]);
    assert.equal((await answerTo(bench, act('reopen', 'case_1', { version: 2 }))).status, 409, 'it has changed');
    const { status, body } = await answerTo(bench, act('reopen', 'case_1', { version: 3 }));
    assert.deepEqual([status, body], [200, { ...before, version: 4 }]);
    // One label was recorded, one was on its way, one is not owed any more.
    await apply(bench, [of('b', { labelId: 'lb' })]);
    assert.deepEqual(await cases.owing(9), ['case_1']);
    const owed = await cases.owed('case_1');
    assert.deepEqual(
      { ...owed, transactions: owed?.transactions.map(({ id }) => id) },
      { resolution: null, by: 'key_ann', round: 1, transactions: ['a', 'b'] },
    );
    await apply(bench, [of('a', { label: 'none', undoes: 'la' })]);
    assert.deepEqual((await cases.owed('case_1'))?.transactions.length, 1);
    // Resolved again, it owes new labels, whatever comes late of the first time.
    await apply(bench, [
      act('resolve', 'case_1', { resolution: 'legitimate' }),
      of('b', { undoes: 'lb' }),
      of('c', {}),
    ]);
    const again = await cases.owed('case_1');
    assert.deepEqual([again?.resolution, again?.round, again?.transactions.length], ['legitimate', 1, 3]);
    await apply(
      bench,
      ['a', 'b', 'c'].map((id) => of(id, { label: 'legitimate', round: 1 })),
    );
    assert.deepEqual(await cases.owing(9), []);
    const { actions } = (await cases.get('case_1'))!;
    assert.deepEqual(
      actions.map(({ type }) => type),
      ['case.assign', 'case.resolve', 'case.reopen', 'case.resolve'],
    );
  });

  check('resolved except some: those are an open case of their own', async (bench) => {
    await apply(bench, [
      ...['a', 'b'].map((id) => alert({ id, userId: 'u', deviceId: 'd', amount: 10, score: 80 })),
      alert({ id: 'c', userId: 'v', deviceId: 'd', cardId: 'k', amount: 3, decision: 'decline', score: 90 }),
    ]);
    const resolve = (more: object) => answerTo(bench, act('resolve', 'case_1', { resolution: 'fraud', ...more }));
    for (const [except, says] of [
      [['c', 'x'], /not in case case_1: x/],
      [['a', 'b', 'c'], /nothing of the case is left/],
    ] as const) {
      const refused = await resolve({ except });
      assert.deepEqual([refused.status, refused.error?.code], [422, 'invalid_request']);
      assert.match(refused.error!.detail, says);
    }
    const { body } = await resolve({ except: ['c'], transactions: 3 });
    assert.deepEqual([body?.transactionCount, body?.exceptCaseId, body?.score], [2, 'case_6', 80]);
    assert.deepEqual([await within(bench, 'case_1'), await within(bench, 'case_6')], [['a', 'b'], ['c']]);
    const apart = (await bench.store.cases.get('case_6'))!;
    assert.deepEqual(
      [apart.case.status, apart.case.version, apart.case.amountAtRisk, apart.case.declines, apart.case.entity],
      ['open', 1, 3 * 0.9, 1, { type: 'device', id: 'd' }],
    );
    assert.deepEqual(
      apart.entities.map(({ type, id }) => `${type} ${id}`),
      ['device d', 'card k', 'user v'],
    );
    assert.equal((await bench.store.cases.owed('case_1'))?.transactions.length, 2);
    // What shares its device later joins it.
    await apply(bench, [alert({ id: 'e', deviceId: 'd' })]);
    assert.deepEqual(await within(bench, 'case_6'), ['c', 'e']);
  });

  check('merged: one case has the transactions and the history of all, and alerts join it', async (bench) => {
    const { cases } = bench.store;
    await apply(bench, [
      alert({ id: 'a', userId: 'u1', deviceId: 'd1', amount: 10 }),
      alert({ id: 'b', userId: 'u2', deviceId: 'd2', amount: 5 }),
      alert({ id: 'c', userId: 'u2', deviceId: 'd3', cardId: 'k', amount: 1 }),
      alert({ id: 'd', userId: 'u9', deviceId: 'd9' }),
      { ...act('comment', 'case_2', {}), personal: { text: 'the same van' } },
    ]);
    const merge = (id: string, into: string, more: object = {}) => answerTo(bench, act('merge', id, { into, ...more }));
    assert.equal((await merge('case_2', 'case_2')).status, 422);
    assert.equal((await merge('case_2', 'case_99')).status, 404);
    assert.equal((await merge('case_2', 'case_1', { version: 1 })).status, 409);
    const { status, body } = await merge('case_2', 'case_1', { version: 2 });
    assert.deepEqual(
      [status, body?.id, body?.transactionCount, body?.amount, body?.version, body?.entity],
      [200, 'case_1', 3, 16, 2, { type: 'user', id: 'u2' }],
    );
    assert.deepEqual(await within(bench, 'case_1'), ['a', 'b', 'c']);
    const gone = (await cases.get('case_2'))!.case;
    assert.deepEqual([gone.status, gone.mergedInto, gone.transactionCount], ['merged', 'case_1', 0]);
    for (const action of ['comment', 'resolve', 'merge', 'reopen']) {
      const refused = await answerTo(bench, act(action, 'case_2', { into: 'case_4', resolution: 'fraud' }));
      assert.deepEqual([refused.status, refused.error?.detail], [409, 'Case case_2 was merged into case_1.'], action);
    }
    assert.deepEqual((await newest(bench)).map(({ id }) => id), ['case_4', 'case_1']); // biome-ignore format: one line
    // By an entity that it had of the other.
    await apply(bench, [alert({ id: 'e', userId: 'u7', cardId: 'k' })]);
    assert.deepEqual((await cases.ofTransaction('e'))?.caseId, 'case_1');
    await merge('case_1', 'case_4');
    const { actions } = (await cases.get('case_4'))!;
    assert.deepEqual(
      actions.map(({ type, caseId }) => `${type} ${caseId}`),
      ['case.comment case_2', 'case.merge case_2', 'case.merge case_1'],
    );
    await apply(bench, [act('resolve', 'case_4', { resolution: 'unsure' })]);
    assert.equal((await merge('case_4', 'case_1')).status, 409);
    const stats = await cases.stats(0, T0 * 2);
    assert.deepEqual([stats.opened, stats.open, stats.resolved], [1, 0, 1]);
  });

  check('a deleted transaction leaves its case, and the last one takes it along', async (bench) => {
    await apply(bench, [
      alert({ id: 'a', deviceId: 'd1', userId: 'u1', amount: 7, score: 80 }),
      alert({ id: 'b', cardId: 'c1', userId: 'u1', amount: 5 }),
      alert({ id: 'c', cardId: 'c1', userId: 'u1', amount: 3 }),
      command('amend', { transactionId: 'a', changes: { amount: 1 } }, { personal: { email: 'x@y.co' } }),
    ]);
    assert.deepEqual((await newest(bench))[0].entity, { type: 'user', id: 'u1' });
    await apply(bench, [command('delete', { transactionId: 'a' })]);
    const [left] = await newest(bench);
    assert.deepEqual(
      [left.entity, left.transactionCount, left.score, left.amount, left.amountAtRisk],
      [{ type: 'card', id: 'c1' }, 2, 50, 8, 4],
    );
    const { data } = await bench.store.audit.list({ transactionId: 'a' }, { limit: 9 });
    assert.deepEqual(
      data.map(({ type, detail }) => [type, detail]),
      [
        ['delete', null],
        ['amend', null],
      ],
    );
    await apply(bench, [command('delete', { transactionId: 'b' }), command('delete', { transactionId: 'c' })]);
    assert.deepEqual([await newest(bench), await bench.store.cases.get('case_1')], [[], undefined]);
    assert.equal((await answerTo(bench, act('comment', 'case_1', {}))).status, 404);
    const { case_links: links } = (await dump(bench)) as { case_links: unknown[] };
    assert.deepEqual(links, []);
    await apply(bench, [alert({ id: 'd', deviceId: 'd1' })]);
    assert.equal((await newest(bench)).length, 1);
  });

  check('an asynchronous decision opens a case when it is made', async (bench) => {
    await apply(bench, [{ ...alert({ id: 'a' }), type: 'intake' }]);
    assert.deepEqual(await newest(bench), []);
    await apply(bench, [alert({ id: 'a' }), decision({ id: 'a', decision: 'decline', score: 99 }, 'd:a')]);
    const [opened] = await newest(bench);
    assert.deepEqual([opened.id, opened.transactionCount, opened.declines], ['case_3', 1, 1]);
  });

  check('lists filter and sort, and pages join up', async (bench) => {
    await apply(bench, randomHistory(21, 500));
    const { cases } = bench.store;
    const walk = async (filter: object, sort: 'risk' | 'newest', limit: number) => {
      const rows: Awaited<ReturnType<typeof newest>> = [];
      let cursor: string | undefined;
      do {
        const page = await cases.list(filter, sort, { limit, cursor });
        assert.equal(page.hasMore, page.nextCursor !== null);
        rows.push(...page.data);
        cursor = page.nextCursor ?? undefined;
      } while (cursor);
      return rows;
    };
    const all = await walk({}, 'newest', 7);
    assert.ok(all.length > 20, String(all.length));
    const place = ({ openedAt, id }: (typeof all)[0]) => `${openedAt} ${id.slice(5).padStart(9, '0')}`;
    assert.deepEqual(all.map(place), all.map(place).sort().reverse());
    const byRisk = await walk({}, 'risk', 3);
    assert.deepEqual(byRisk.map(({ amountAtRisk }) => amountAtRisk), all.map((row) => row.amountAtRisk).sort((a, b) => b - a)); // biome-ignore format: one line
    const naive: [object, (row: (typeof all)[0]) => boolean][] = [
      [{ status: 'open' }, ({ status }) => status === 'open'],
      [{ status: 'resolved', minScore: 80 }, ({ status, score }) => status === 'resolved' && score >= 80],
      [{ assignee: 'ann' }, ({ assignee }) => assignee === 'ann'],
      [{ assigned: false }, ({ assignee }) => assignee === null],
      [{ assigned: true }, ({ assignee }) => assignee !== null],
    ];
    for (const [filter, test] of naive)
      assert.deepEqual(await walk(filter, 'newest', 5), all.filter(test), JSON.stringify(filter));
    const ofUser = await walk({ entity: { type: 'user', id: 'u1' } }, 'newest', 5);
    const named = [];
    for (const row of all) {
      const { data } = await cases.transactions(row.id, { limit: 200 });
      assert.equal(data.length, row.transactionCount);
      if (data.some(({ userId }) => userId === 'u1')) named.push(row.id);
    }
    assert.ok(named.length > 0);
    for (const id of named) assert.ok(ofUser.some((row) => row.id === id));
    const { nextCursor } = await cases.list({}, 'newest', { limit: 1 });
    // A page goes on in the order of the one before.
    const [, second] = await walk({}, 'newest', 1);
    assert.deepEqual((await cases.list({}, 'risk', { limit: 1, cursor: nextCursor! })).data, [second]);
    for (const cursor of ['', 'x'])
      await assert.rejects(
        cases.list({}, 'risk', { limit: 5, cursor }),
        (error: unknown) => error instanceof AssayError && error.code === 'invalid_request',
      );
    const stats = await cases.stats(0, T0 * 2);
    assert.equal(stats.opened, all.length);
    assert.equal(stats.open, all.filter(({ status }) => status === 'open').length);
    const served = all
      .flatMap((row) => (row.resolvedAt ? [Date.parse(row.resolvedAt) - Date.parse(row.openedAt)] : []))
      .sort((a, b) => a - b);
    assert.ok(served.length > 0);
    assert.equal(stats.resolvedMs.p50, served[Math.ceil(served.length / 2) - 1]);
    assert.equal(stats.resolutions.fraud, all.filter(({ resolution }) => resolution === 'fraud').length);
  });

  check('a case is full at a bound, and its batches do not matter', async (bench) => {
    const entries = Array.from({ length: 1_001 }, (_, index) => alert({ id: `p${index}`, deviceId: 'd' }));
    await apply(bench, entries);
    assert.deepEqual(
      (await newest(bench)).map(({ id, transactionCount }) => [id, transactionCount]),
      [
        ['case_1001', 1],
        ['case_1', 1_000],
      ],
    );
    const other = await openBench(bench.url);
    for (let from = 0; from < entries.length; from += 300) await apply(other, entries.slice(from, from + 300));
    assert.deepEqual(await dump(other), await dump(bench));
    await other.close();
  });

  check('who joins a case and is labelled in one batch leaves it due by the others', async (bench) => {
    const joining = (due: number) => ({ joining: { windowMs: 40 * HOUR, due: T0 + due * HOUR } });
    const former = alert({ id: 'former', at: T0, deviceId: 'd', ...joining(9) });
    const later = alert({ id: 'later', at: T0 + HOUR, deviceId: 'd', ...joining(5) });
    await apply(bench, [former]);
    await apply(bench, [later, label('later', 'fraud', T0 + 2 * HOUR)]);
    const [{ dueAt, transactionCount }] = await newest(bench);
    assert.deepEqual([dueAt, transactionCount], [new Date(T0 + 9 * HOUR).toISOString(), 2]);
  });

  check('however attacks are cut into batches, the cases are the same', async (bench) => {
    const step = fc.record({
      hours: fc.integer({ min: 0, max: 90 }),
      user: fc.integer({ min: 0, max: 12 }),
      device: fc.integer({ min: 0, max: 8 }),
      card: fc.integer({ min: 0, max: 8 }),
      ip: fc.integer({ min: 0, max: 8 }),
      act: fc.constantFrom(
        ...['pay', 'pay', 'pay', 'pay', 'pay', 'pay', 'delete', 'resolve', 'comment', 'label'],
        ...['reopen', 'merge', 'except', 'undo', 'assign', 'await', 'finalize'],
      ),
      joins: fc.constantFrom('former', 'today', 'today', 'hub'),
      which: fc.nat(),
    });
    const cuts = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 30, maxLength: 70 }), cuts, async (steps, sizes) => {
        const name = (type: string, n: number) => (n === 0 ? undefined : `${type}${n}`);
        const made = steps.map(({ hours, user, device, card, ip, act: what, which, joins }, index) => {
          const at = T0 + hours * HOUR;
          const caseId = `case_${1 + (which % (index + 1))}`;
          const transactionId = `t${which % (index + 1)}`;
          if (what === 'delete') return command('delete', { transactionId }, { at });
          if (what === 'resolve') return act('resolve', caseId, { version: 1, resolution: 'fraud' }, at);
          if (what === 'comment') return act('comment', caseId, {}, at);
          const paid = label(transactionId, 'fraud', at);
          if (what === 'label') return { ...paid, data: { ...paid.data, caseId } };
          if (what === 'undo') return { ...paid, data: { ...paid.data, caseId, undoes: 'l' } };
          if (what === 'finalize')
            return command('finalize', { transactionId, override: true, reason: 'known' }, { at });
          if (what === 'await') return act('comment', caseId, { awaits: which % 2 === 0 }, at);
          if (what === 'assign') return act('assign', caseId, { version: 1, assignee: which % 3 ? 'ann' : null }, at);
          if (what === 'reopen') return act('reopen', caseId, {}, at);
          if (what === 'merge') return act('merge', caseId, { into: `case_${1 + (hours % (index + 1))}` }, at);
          if (what === 'except')
            return act('resolve', caseId, { resolution: 'fraud', except: [`t${hours % (index + 1)}`] }, at);
          return alert({
            ...{ id: `t${index}`, at, userId: `u${user}`, amount: index, decision: which % 2 ? 'review' : 'decline' },
            ...{ deviceId: name('d', device), cardId: name('c', card), ip: name('10.0.0.', ip) },
            ...(joins === 'former' ? {} : { email: `m${which % 9}@x.co` }),
            ...(joins === 'today' ? { joining: { windowMs: 40 * HOUR, due: at + (which % 5) * HOUR } } : {}),
            ...(joins === 'hub' ? { joining: { windowMs: 40 * HOUR, hubs: ['device', 'user'] as const } } : {}),
          });
        });
        // Late events among them, in the order in which they were told.
        const entries = made.map((entry, index) => ({ ...entry, at: T0 + index }));
        const [whole, cut] = [await openBench(bench.url), await openBench(bench.url)];
        try {
          await apply(whole, entries);
          for (let from = 0, turn = 0; from < entries.length; turn++) {
            const to = from + sizes[turn % sizes.length];
            await apply(cut, entries.slice(from, to));
            from = to;
          }
          assert.deepEqual(await dump(cut), await dump(whole));
        } finally {
          await Promise.all([whole.close(), cut.close()]);
        }
      }),
      { numRuns: runs, endOnFailure: true },
    );
  });

  check('the audit pages, newest first, and filters', async (bench) => {
    await apply(bench, randomHistory(9, 300));
    const walk = async (filter: object) => {
      const rows = [];
      let cursor: string | undefined;
      do {
        const page = await bench.store.audit.list(filter, { limit: 9, cursor });
        rows.push(...page.data);
        cursor = page.nextCursor ?? undefined;
      } while (cursor);
      return rows;
    };
    const all = await walk({});
    assert.ok(all.length > 80);
    const at = all.map((row) => row.at);
    assert.deepEqual(at, [...at].sort().reverse());
    assert.ok(all.every(({ type }) => type !== 'decision' && type !== 'intake'));
    assert.deepEqual(
      await walk({ type: 'finalize' }),
      all.filter(({ type }) => type === 'finalize'),
    );
    assert.deepEqual(
      await walk({ by: 'key_1' }),
      all.filter(({ by }) => by === 'key_1'),
    );
    const text = JSON.stringify(all);
    assert.ok(!text.includes('z@new.co') && !text.includes('@x.co'), 'personal fields are not told');
  });
}
