import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { silentLog } from '../src/projections/log.ts';
import { createReviewExpiry } from '../src/projections/review-expiry.ts';
import { call, startApp, type TestApp } from './support/app.ts';

const DAY = 86_400_000;
const NOW = Date.parse('2026-06-01T12:00:00Z');
const iso = (ms: number) => new Date(ms).toISOString();

/** What is told of a payment after its decision, as a client tells and reads it. */
describe('the life of a payment', () => {
  let app: TestApp;
  let now = NOW;
  let ids = 0;
  before(async () => {
    app = await startApp({}, { clock: () => now });
  });
  after(() => app.stop());

  const post = (path: string, body: unknown, headers?: Record<string, string>) =>
    call(app.url, 'POST', path, body, headers);
  const get = (path: string) => call(app.url, 'GET', path);
  /** A payment that was decided as it was wished. */
  async function payment(amount = 10, more: object = {}): Promise<string> {
    const id = `p${++ids}`;
    const { status, body } = await post('/api/transactions', { id, userId: `u${ids}`, amount, ...more });
    assert.equal(status, 201, JSON.stringify(body));
    return id;
  }
  const tell = (id: string, what: string, body: object) => post(`/api/transactions/${id}/${what}`, body);
  const shown = async (id: string) => (await get(`/api/transactions/${id}`)).body;

  test('labels: each source has a voice, and the answer tells which is in force', async () => {
    const id = await payment();
    assert.equal((await shown(id)).labelState, 'immature');
    const table: [body: object, effective: string | undefined, state: string][] = [
      [{ label: 'fraud', source: 'customer' }, 'fraud customer', 'fraud'],
      [{ label: 'legitimate', source: 'analyst' }, 'legitimate analyst', 'legitimate'],
      [{ label: 'fraud', source: 'chargeback' }, 'fraud chargeback', 'fraud'],
      [{ label: 'legitimate', source: 'customer', pinned: true }, 'legitimate customer', 'legitimate'],
      [{ label: 'fraud', source: 'analyst' }, 'legitimate customer', 'legitimate'],
      [{ label: 'none', source: 'customer' }, 'fraud chargeback', 'fraud'],
      [{ label: 'none', source: 'chargeback' }, 'fraud analyst', 'fraud'],
      [{ label: 'none', source: 'analyst' }, undefined, 'immature'],
    ];
    for (const [said, effective, state] of table) {
      now += 1_000;
      const { status, body } = await tell(id, 'labels', said);
      assert.equal(status, 201, JSON.stringify(body));
      const found = body.effective && `${body.effective.label} ${body.effective.source}`;
      assert.deepEqual([found ?? undefined, body.labelState], [effective, state], JSON.stringify(said));
      const view = await shown(id);
      assert.deepEqual([view.label, view.labelState], [effective?.split(' ')[0], state]);
    }
    assert.equal((await shown(id)).labels.length, table.length, 'all are kept');
  });

  test('labels go by when it came to light; the future and the day before yesterday are refused', async () => {
    const id = await payment(10, { transactionDate: iso(now) });
    now += 10 * DAY;
    const later = { label: 'legitimate', source: 'chargeback', occurredAt: iso(now - DAY) };
    assert.equal((await tell(id, 'labels', later)).status, 201);
    const earlier = { label: 'fraud', source: 'chargeback', occurredAt: iso(now - 2 * DAY) };
    assert.equal((await tell(id, 'labels', earlier)).body.effective.label, 'legitimate');
    for (const occurredAt of [iso(now + 1), iso(now - 11 * DAY - 1), '2026-02-30', 'yesterday']) {
      const { status, body } = await tell(id, 'labels', { ...earlier, occurredAt });
      assert.deepEqual([status, body.errors[0].path], [422, '/occurredAt'], occurredAt);
    }
    const none = { label: 'fraud', source: 'analyst' };
    assert.equal((await tell('nobody', 'labels', none)).status, 404);
  });

  test('what is told of an amended payment is of its currency and day as they read now', async () => {
    const id = await payment(100);
    const transactionDate = iso(now - 5 * DAY);
    const { status } = await call(app.url, 'PUT', `/api/transactions/${id}`, {
      ...{ amount: 5000, currency: 'JPY', transactionDate },
    });
    assert.equal(status, 200);
    const at = iso(now - 4 * DAY);
    const refund = await tell(id, 'events', { type: 'refunded', at, amount: 2500.4 });
    assert.deepEqual([refund.status, refund.body.amount], [201, 2500], JSON.stringify(refund.body));
    const dispute = { id: 'am', kind: 'dispute', scheme: 'visa', reasonCode: '13.1', reportedAt: at, status: 'open' };
    const { body } = await tell(id, 'disputes', { ...dispute, amount: 5000 });
    assert.deepEqual([body.amount, body.currency], [5000, 'JPY']);
    const early = await tell(id, 'labels', { label: 'fraud', source: 'analyst', occurredAt: iso(now - 7 * DAY) });
    assert.match(early.body.detail, new RegExp(transactionDate));
  });

  test('a dispute of fraud labels until it is won; one of another reason never; updates are kept', async () => {
    const id = await payment(100);
    const dispute = { id: 'dp_1', kind: 'dispute', scheme: 'Visa', reasonCode: '10.4', reportedAt: iso(now) };
    const opened = await tell(id, 'disputes', { ...dispute, status: 'open', amount: 100 });
    assert.equal(opened.status, 201, JSON.stringify(opened.body));
    assert.deepEqual(
      [opened.body.effective.source, opened.body.effective.disputeId, opened.body.labelState, opened.body.reason],
      ['dispute', 'dp_1', 'fraud', 'other fraud, card absent'],
    );
    const won = { ...dispute, status: 'won', reportedAt: iso(now + DAY) };
    now += 2 * DAY;
    const after = await tell(id, 'disputes', won);
    assert.deepEqual(
      [after.status, after.body.effective, after.body.labelState],
      [201, null, 'immature'],
      after.body.detail,
    );
    // Told late: it was lost before it was won.
    const lost = await tell(id, 'disputes', { ...dispute, status: 'lost', reportedAt: iso(now - 1.5 * DAY) });
    assert.deepEqual([lost.body.status, lost.body.effective], ['won', null]);
    const again = await tell(id, 'disputes', won);
    const view = await shown(id);
    assert.deepEqual(again.body.history, view.disputes[0].history, 'the same again is no news');
    assert.deepEqual(
      view.disputes[0].history.map(({ status }: { status: string }) => status),
      ['open', 'won', 'lost'],
    );
    assert.equal(view.label, undefined);

    const other = await payment(100);
    const reportedAt = iso(now);
    const goods = await tell(other, 'disputes', { ...dispute, reasonCode: '13.1', reportedAt, status: 'lost' });
    assert.deepEqual([goods.status, goods.body.effective, goods.body.labelState], [201, null, 'immature']);
    const strange = await tell(other, 'disputes', {
      ...dispute,
      id: 'x',
      scheme: 'jcb',
      reasonCode: '546',
      reportedAt,
      status: 'open',
    });
    assert.match(strange.body.warnings[0], /546 of jcb is not known here/);
    const told = { ...dispute, id: 'y', reportedAt, status: 'open', amount: 12.345 };
    assert.deepEqual((await tell(other, 'disputes', told)).body.warnings, [
      'amount 12.345 is rounded to 12.35, whole minor units of USD.',
    ]);
    const refund = await tell(other, 'events', { type: 'refunded', at: reportedAt, amount: 0.005 });
    assert.match(refund.body.warnings[0], /0\.005 is rounded to 0\.01/);
    const nothing = await tell(other, 'events', { type: 'refunded', at: reportedAt, amount: 1e-9 });
    assert.match(nothing.body.warnings[0], /1e-9 is rounded to 0,/);
    assert.equal((await tell(other, 'disputes', { ...told, status: 'reversed' })).status, 201);
    const warning = { id: 'w', kind: 'early_warning', scheme: 'mastercard', reasonCode: '06', reportedAt: iso(now) };
    assert.equal((await tell(other, 'disputes', { ...warning, status: 'open' })).body.labelState, 'fraud');
    now += 400 * DAY;
    assert.equal((await shown(other)).labelState, 'fraud');
    await tell(other, 'disputes', { ...warning, status: 'reversed', reportedAt: iso(now) });
    assert.equal((await shown(other)).labelState, 'immature', 'the other two stand');
  });

  test('events in any order, in parts and repeated: the timeline, the state and what is refused', async () => {
    const id = await payment(100);
    const t = now;
    now += DAY;
    const told = [
      { type: 'refunded', at: iso(t + 3_000), amount: 30.005 },
      { type: 'authorized', at: iso(t + 1_000), code: '00', avs: 'Y', cvc: 'M', threeDS: 'Y' },
      { type: 'settled', at: iso(t + 2_000) },
      { type: 'refunded', at: iso(t + 3_000), amount: 30.005 },
    ];
    const answers = [];
    for (const event of told) answers.push(await tell(id, 'events', event));
    assert.deepEqual(
      answers.map(({ status }) => status),
      [201, 201, 201, 201],
    );
    assert.equal(answers[3].body.id, answers[0].body.id, 'the same event');
    const { events } = await shown(id);
    assert.deepEqual(
      events.map(({ type, amount }: { type: string; amount?: number }) => [type, amount]),
      [
        ['authorized', undefined],
        ['settled', undefined],
        ['refunded', 30.01],
      ],
    );
    const refused = await payment(5);
    const { body } = await tell(refused, 'events', { type: 'refused', at: iso(now), code: '05' });
    assert.equal(body.labelState, 'blocked');
    const let_through = await tell(refused, 'events', { type: 'authorized', at: iso(now + 1_000) });
    assert.equal(let_through.body.labelState, 'immature');
    now += 88 * DAY;
    assert.equal((await shown(id)).labelState, 'immature');
    now += DAY;
    assert.equal((await shown(id)).labelState, 'presumed');
    const faults = await tell(id, 'events', { type: 'refused', at: iso(now + DAY), amount: -1, code: 'x'.repeat(65) });
    assert.equal(faults.status, 422);
    for (const type of ['authorised', 'chargeback', null])
      assert.equal((await tell(id, 'events', { type, at: iso(now) })).status, 422);
    assert.equal((await tell('nobody', 'events', told[0])).status, 404);
    assert.equal((await call(app.url, 'DELETE', `/api/transactions/${refused}`)).status, 204);
    for (const [what, said] of [
      ['events', told[0]],
      ['labels', { label: 'fraud', source: 'analyst' }],
      [
        'disputes',
        { id: 'd', kind: 'dispute', scheme: 'visa', reasonCode: '10.4', reportedAt: iso(now), status: 'open' },
      ],
      ['review', { action: 'release', reason: 'known' }],
    ] as [string, object][])
      assert.equal((await tell(refused, what, said)).status, 404, what);
  });

  test('many labels at once: what does not fit refuses itself alone', async () => {
    const [a, b] = [await payment(), await payment()];
    const labels = [
      { transactionId: a, label: 'fraud', source: 'chargeback', reasonCode: '10.4' },
      { transactionId: 'nobody', label: 'fraud', source: 'chargeback' },
      { transactionId: b, label: 'maybe', source: 'analyst' },
      { transactionId: b, label: 'fraud', source: 'customer', occurredAt: iso(now + DAY) },
      { transactionId: b, label: 'fraud', source: 'customer' },
      { transactionId: b, label: 'none', source: 'customer' },
    ];
    const key = { 'idempotency-key': 'batch-1' };
    const { status, body } = await post('/api/labels/batch', { labels }, key);
    assert.equal(status, 200, JSON.stringify(body));
    assert.equal(body.recorded, 3);
    assert.deepEqual(
      body.refused.map(({ index, code }: { index: number; code: string }) => [index, code]),
      [
        [1, 'not_found'],
        [2, 'invalid_request'],
        [3, 'invalid_request'],
      ],
    );
    assert.deepEqual([(await shown(a)).label, (await shown(b)).label], ['fraud', undefined]);
    assert.deepEqual((await post('/api/labels/batch', { labels }, key)).body, body);
    assert.equal((await shown(b)).labels.length, 2, 'a repetition records nothing again');
  });

  describe('what is held', () => {
    before(async () => {
      const { status, body } = await call(app.url, 'PUT', '/api/policy/thresholds', { review: 0, decline: 1 });
      assert.equal(status, 200, JSON.stringify(body));
    });

    test('is released or cancelled once, apart from its label; finalizing follows', async () => {
      const [released, cancelled] = [await payment(), await payment()];
      for (const id of [released, cancelled])
        assert.deepEqual([(await shown(id)).decision, (await shown(id)).labelState], ['review', 'blocked']);
      const queue = async () => (await get('/api/transactions/alerts')).body.data.map(({ id }: { id: string }) => id);
      assert.ok((await queue()).includes(released));
      const release = await tell(released, 'review', { action: 'release', reason: 'knows the customer' });
      assert.equal(release.status, 200, JSON.stringify(release.body));
      assert.deepEqual(
        [release.body.review.action, release.body.review.reason, release.body.labelState, release.body.label],
        ['release', 'knows the customer', 'immature', undefined],
      );
      assert.ok(!(await queue()).includes(released));
      const again = await tell(released, 'review', { action: 'release', reason: 'once more' });
      assert.deepEqual([again.status, again.body.review], [200, release.body.review]);
      assert.equal((await tell(released, 'review', { action: 'cancel', reason: 'no' })).status, 409);
      assert.equal((await post('/api/transactions/finalize', { tempId: released })).status, 200);

      const cancel = await tell(cancelled, 'review', { action: 'cancel', reason: 'unknown device' });
      assert.deepEqual([cancel.status, cancel.body.labelState], [200, 'blocked']);
      for (const override of [false, true])
        assert.equal((await post('/api/transactions/finalize', { tempId: cancelled, override })).status, 409);
      for (const faulty of [{ action: 'release' }, { action: 'hold', reason: 'x' }, { action: 'cancel', reason: ' ' }])
        assert.equal((await tell(cancelled, 'review', faulty)).status, 422);
      const acts = (await get(`/api/audit?transactionId=${cancelled}`)).body.data as { type: string; detail: object }[];
      assert.deepEqual(acts.find(({ type }) => type === 'review')!.detail, {
        action: 'cancel',
        reason: 'unknown device',
      });
    });

    test('its case shows disputes, and what is at risk net of what went back', async () => {
      const id = await payment(100, { deviceId: 'held' });
      const caseOf = async () => {
        const { data } = (await get('/api/cases?entity=device:held')).body;
        return { disputes: data[0].disputes as number, atRisk: data[0].amountAtRisk as number };
      };
      const { disputes, atRisk: whole } = await caseOf();
      assert.ok(disputes === 0 && whole > 0);
      // Rounded where it is compared, and nowhere before.
      const is = async (wanted: number, share: number) => {
        const found = await caseOf();
        assert.deepEqual([found.disputes, found.atRisk.toFixed(9)], [wanted, (whole * share).toFixed(9)]);
      };
      await tell(id, 'events', { type: 'refunded', at: iso(now), amount: 25 });
      await is(0, 0.75);
      const dispute = { id: 'd', kind: 'dispute', scheme: 'visa', reasonCode: '13.1', reportedAt: iso(now) };
      await tell(id, 'disputes', { ...dispute, status: 'open' });
      await is(1, 0.75);
      await tell(id, 'disputes', { ...dispute, status: 'won' });
      await tell(id, 'review', { action: 'cancel', reason: 'seen' });
      await is(0, 0);
    });

    test('expires where nobody reviews it, once, and never over what a person said', async () => {
      const { journal, commands, projector, store } = app.services;
      const open = () =>
        createReviewExpiry({
          ...{ journal, commands, projector, store, clock: () => now, log: silentLog },
          ...{ afterMs: 6 * DAY, action: 'cancel' as const },
        });
      const [first, second] = [open(), open()];
      await first.pass();
      const [kept, late] = [await payment(), await payment()];
      now += 6 * DAY - 1;
      assert.equal(await first.pass(), 0);
      await tell(kept, 'review', { action: 'release', reason: 'in time' });
      now += 1;
      const recorded = await Promise.all([first.pass(), second.pass()]);
      assert.equal(recorded[0] + recorded[1], 1, `of two at once one records it: ${recorded}`);
      assert.equal(await first.pass(), 0);
      const view = await shown(late);
      assert.deepEqual(
        [view.review.action, view.review.expired, view.review.reason],
        ['cancel', true, 'Nobody reviewed it within 6 days.'],
      );
      assert.equal((await shown(kept)).review.action, 'release');
      await first.close();
      await second.close();
    });
  });

  test('what is not held cannot be reviewed', async () => {
    await call(app.url, 'PUT', '/api/policy/thresholds', { review: 1, decline: 1 });
    const id = await payment();
    const { status, body } = await tell(id, 'review', { action: 'release', reason: 'x' });
    assert.deepEqual([status, body.detail], [409, `Transaction ${id} is not held: it was approved.`]);
  });

  test('statistics tell confirmed, presumed and unknown apart, and they add up', async () => {
    const { body } = await get('/api/transactions/stats?window=366d');
    const { at, ...states } = body.labelStates;
    assert.ok(Date.parse(at) <= now);
    assert.equal(
      Object.values(states as Record<string, number>).reduce((sum, count) => sum + count, 0),
      body.count,
    );
  });
});
