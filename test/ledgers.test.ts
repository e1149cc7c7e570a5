import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { call, startApp, type TestApp } from './support/app.ts';
import { verifyJournal } from './support/verify.ts';

const NOW = Date.parse('2027-01-20T12:00:00Z');

interface Line {
  id: string;
  /** Local time in Paris. */
  at: string;
  amount: number;
  currency: string;
  /** Per euro, as the ECB published it last before that day. */
  rate: number;
  instrument: string;
  fraud: boolean;
}

/**
 * A quarter as somebody would keep it in a spreadsheet: the law's rate by hand, in whole cents. Paris begins its fourth quarter at
 * 22:00 UTC, and ends it at 23:00 UTC.
 */
const LINES: Line[] = [
  {
    id: 'first',
    at: '2025-10-01T00:00:00+02:00',
    amount: 120.1,
    currency: 'EUR',
    rate: 1,
    instrument: 'card',
    fraud: false,
  },
  {
    id: 'dollars',
    at: '2025-10-15T10:00:00+02:00',
    amount: 99.99,
    currency: 'USD',
    rate: 1.1553,
    instrument: 'card',
    fraud: false,
  },
  {
    id: 'yen',
    at: '2025-10-15T10:00:00+02:00',
    amount: 12_345,
    currency: 'JPY',
    rate: 175.72,
    instrument: 'card',
    fraud: true,
  },
  {
    id: 'refunded',
    at: '2025-11-03T00:00:00+01:00',
    amount: 5,
    currency: 'EUR',
    rate: 1,
    instrument: 'card',
    fraud: true,
  },
  {
    id: 'won',
    at: '2025-11-04T00:00:00+01:00',
    amount: 310,
    currency: 'EUR',
    rate: 1,
    instrument: 'card',
    fraud: false,
  },
  {
    id: 'reversed',
    at: '2025-11-05T00:00:00+01:00',
    amount: 41,
    currency: 'EUR',
    rate: 1,
    instrument: 'card',
    fraud: false,
  },
  {
    id: 'transfer',
    at: '2025-12-01T00:00:00+01:00',
    amount: 2_000,
    currency: 'EUR',
    rate: 1,
    instrument: 'credit_transfer',
    fraud: false,
  },
  {
    id: 'last',
    at: '2025-12-31T23:59:59.999+01:00',
    amount: 7.07,
    currency: 'EUR',
    rate: 1,
    instrument: 'card',
    fraud: true,
  },
];

describe('ledgers', () => {
  let app: TestApp;
  let now = NOW;
  before(async () => {
    app = await startApp({ LEDGER_TIME_ZONE: 'Europe/Paris', SCA_TRA: 'on' }, { clock: () => now });
  });
  after(() => app.stop());

  const get = (path: string, headers?: Record<string, string>) => call(app.url, 'GET', path, undefined, headers);
  async function post(path: string, body: object) {
    const answer = await call(app.url, 'POST', `/api/transactions${path}`, body);
    assert.ok(answer.status < 300, `${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }
  async function pay(id: string, transactionDate: string, more: object) {
    const common = { merchantId: 'shop', instrument: 'card', remote: true, amount: 10, currency: 'EUR' };
    return post('', { id, userId: `u-${id}`, transactionDate, ...common, ...more });
  }
  const settle = (id: string, at: string, amount?: number) =>
    post(`/${id}/events`, { type: 'settled', at, ...(amount === undefined ? {} : { amount }) });
  const dispute = (id: string, more: object) =>
    post(`/${id}/disputes`, {
      ...{ id: `d-${id}`, kind: 'dispute', scheme: 'visa', reasonCode: '10.4', status: 'open' },
      ...more,
    });

  test('a quarter equals the spreadsheet to the cent', async () => {
    for (const { id, at, amount, currency, instrument, fraud } of LINES) {
      await pay(id, at, { amount, currency, instrument });
      await settle(id, at);
      if (fraud) await dispute(id, { reportedAt: at });
    }
    // What is no part of the quarter, or of its frauds.
    await pay('before', '2025-09-30T23:59:59.999+02:00', { amount: 500 });
    await pay('after', '2026-01-01T00:00:00+01:00', { amount: 600 });
    await pay('in-shop', '2025-11-01T00:00:00Z', { amount: 700, remote: false });
    await dispute('in-shop', { reportedAt: '2025-11-02T00:00:00Z' });
    await pay('refused', '2025-11-01T00:00:00Z', { amount: 800 });
    await post('/refused/events', { type: 'refused', at: '2025-11-01T00:00:00Z', code: '05' });
    await pay('voided', '2025-11-01T00:00:00Z', { amount: 900 });
    await post('/voided/events', { type: 'voided', at: '2025-11-01T00:00:01Z' });
    await post('/refunded/events', { type: 'refunded', at: '2025-11-09T00:00:00Z' });
    for (const [id, status] of [
      ['won', 'won'],
      ['reversed', 'reversed'],
    ]) {
      await dispute(id, { reportedAt: '2025-11-20T00:00:00Z' });
      await dispute(id, { reportedAt: '2025-11-25T00:00:00Z', status });
    }

    const sum = (lines: Line[]) =>
      lines.reduce((cents, { amount, rate }) => cents + Math.round((amount / rate) * 100), 0) / 100;
    const { status, body } = await get('/api/ledgers/tra?quarter=2025Q4');
    assert.equal(status, 200, JSON.stringify(body));
    assert.deepEqual(
      [body.from, body.to, body.zone, body.complete, body.quarter],
      ['2025-09-30T22:00:00.000Z', '2025-12-31T23:00:00.000Z', 'Europe/Paris', true, '2025Q4'],
    );
    for (const instrument of ['card', 'credit_transfer']) {
      const lines = LINES.filter((line) => line.instrument === instrument);
      const value = sum(lines);
      const fraudValue = sum(lines.filter(({ fraud }) => fraud));
      const rows = body.rows.filter((row: { instrument: string }) => row.instrument === instrument);
      assert.deepEqual(
        rows.map((row: { band: number }) => row.band),
        [100, 250, 500],
      );
      for (const row of rows) {
        assert.deepEqual([row.value, row.fraudValue], [value, fraudValue], instrument);
        assert.equal(row.rate, fraudValue / value);
        assert.equal(row.state, row.rate > row.limit ? 'over' : 'within');
      }
    }
    assert.deepEqual(
      body.rows.map((row: { limit: number }) => row.limit),
      [0.0013, 0.0006, 0.0001, 0.00015, 0.0001, 0.00005],
    );
    assert.match(body.source, /2018\/389/);
    assert.deepEqual(
      [body.estimated.unlabelled.payments, body.estimated.assumedExecuted.payments, body.estimated.notes.length],
      [0, 0, 1],
      JSON.stringify(body.estimated),
    );
    // Each figure opens to its payments, which add up to it.
    const behind = async (query: string) => (await get(`/api/ledgers/tra/payments?period=2025Q4&${query}`)).body;
    for (const instrument of ['card', 'credit_transfer'])
      for (const [part, isIn] of [
        ['executed', () => true],
        ['fraud', ({ fraud }: Line) => fraud],
      ] as const) {
        const lines = LINES.filter((line) => line.instrument === instrument && isIn(line));
        const { data, total } = await behind(`part=${part}&instrument=${instrument}`);
        assert.deepEqual(new Set(data.map(({ id }: { id: string }) => id)), new Set(lines.map(({ id }) => id)), part);
        const cents = data.reduce(
          (all: number, { counted }: { counted: number }) => all + Math.round(counted * 100),
          0,
        );
        assert.deepEqual([total, cents / 100], [lines.length, sum(lines)], `${instrument} ${part}`);
      }
    assert.equal((await get('/api/ledgers/tra/payments?part=settled')).status, 422);
    const young = (await get('/api/ledgers/tra?quarter=2027Q1')).body.estimated;
    assert.deepEqual(young.unlabelled, { payments: 0, value: 0 });
    await pay('young', '2027-01-02T00:00:00Z', { amount: 12.34 });
    const said = (await get('/api/ledgers/tra?quarter=2027Q1')).body.estimated;
    for (const each of [said.unlabelled, said.assumedExecuted]) assert.deepEqual(each, { payments: 1, value: 12.34 });
    assert.match(said.notes.join(' '), /younger than 90 days.*nobody told what became of them/);
  });

  test('a month by scheme: settled then, reported then, each merchant apart', async () => {
    const visa = { cardBrand: 'visa', merchantId: 'v' };
    // The month's edges in Paris; a payment of October that is settled in November.
    const settled: [string, string, object][] = [
      ['v1', '2026-10-31T23:00:00Z', visa],
      ['v2', '2026-11-30T22:59:59Z', visa],
      ['v3', '2026-10-31T22:59:59Z', visa],
      ['v4', '2026-11-30T23:00:00Z', visa],
      ['v5', '2026-11-10T00:00:00Z', { ...visa, remote: false }],
      ['v6', '2026-11-10T00:00:00Z', { merchantId: 'v', cardBin: '424242' }],
      ['m1', '2026-10-20T00:00:00Z', { cardBrand: 'Mastercard', merchantId: 'm' }],
      ['m2', '2026-11-20T00:00:00Z', { cardBrand: 'Mastercard', merchantId: 'm' }],
    ];
    for (const [id, at, more] of settled) {
      await pay(id, new Date(Date.parse(at) - 5 * 86_400_000).toISOString(), more);
      await settle(id, at);
    }
    await pay('v7', '2026-11-10T00:00:00Z', visa);
    // Of a payment that was decided long ago, and told twice: it counts by its first report.
    await pay('old', '2025-12-24T00:00:00Z', visa);
    await dispute('old', { reportedAt: '2026-11-02T00:00:00Z', reasonCode: '13.1' });
    await dispute('old', { reportedAt: '2026-12-02T00:00:00Z', reasonCode: '13.1', status: 'lost' });
    const warning = { kind: 'early_warning', reasonCode: '6' };
    await dispute('v1', { id: 'w', ...warning, reportedAt: '2026-11-12T00:00:00Z' });
    await dispute('v1', { reportedAt: '2026-11-13T00:00:00Z' });
    await dispute('v2', { ...warning, reportedAt: '2026-12-01T00:00:00Z' });
    const mastercard = { scheme: 'mastercard', reasonCode: '4837' };
    await dispute('m1', { ...mastercard, reportedAt: '2026-11-30T22:59:59Z' });

    const { body } = await get('/api/ledgers/vamp?month=2026-11');
    const counts = { settledCount: 3, fraudReports: 1, fraudDisputes: 1, otherDisputes: 1, count: 3 };
    const tried = {
      ...{ authorizations: 4, enumerated: 0, enumeratedMinimum: 300_000, enumeratedRate: 0, enumeratedLimit: 0.2 },
      enumeratedState: 'within',
    };
    const row = { brand: 'visa', ...counts, minimum: 1_500, rate: 1, state: 'below_minimum', ...tried };
    assert.deepEqual(body.rows, [{ ...row, merchantId: 'v', limit: 0.015 }]);
    assert.deepEqual(body.portfolio, { ...row, merchantId: null, limit: 0.005 });
    for (const said of [/acquirers: above standard/, /enumeration: 20%/]) assert.match(body.source, said);
    assert.deepEqual([body.from, body.to], ['2026-10-31T23:00:00.000Z', '2026-11-30T23:00:00.000Z']);
    const behind: [part: string, ids: string[]][] = [
      ['settled', ['v1', 'v2', 'v6']],
      ['fraudReports', ['v1']],
      ['fraudDisputes', ['v1']],
      ['otherDisputes', ['old']],
    ];
    for (const [part, ids] of behind) {
      const opened = await get(`/api/ledgers/vamp/payments?period=2026-11&merchantId=v&part=${part}`);
      const found = opened.body.data.map(({ id }: { id: string }) => id).sort();
      assert.deepEqual([found, opened.body.total], [ids.toSorted(), ids.length], part);
    }
    const other = await get('/api/ledgers/mastercard?month=2026-11');
    assert.deepEqual(other.body.rows, [
      {
        ...{ merchantId: 'm', brand: 'mastercard', settledCount: 1, fraudReports: 0, fraudDisputes: 1 },
        ...{ otherDisputes: 0, count: 1, minimum: 100, rate: 1, limit: 0.015, state: 'below_minimum' },
      },
    ]);
    // A deleted payment is gone from every read.
    assert.equal((await call(app.url, 'DELETE', '/api/transactions/m1')).status, 204);
    const without = await get('/api/ledgers/mastercard?month=2026-11');
    assert.deepEqual(without.body.rows, []);
  });

  test('card testing in a month: what was tried, what of it looks like enumeration, and its payments', async () => {
    const card = (i: number) => ({
      cardBrand: 'visa',
      merchantId: 'tested',
      cardId: `tested-${i}`,
      deviceId: 'tester',
    });
    for (let i = 0; i < 6; i++) {
      const at = `2026-08-03T10:0${i}:00Z`;
      await pay(`t${i}`, at, { ...card(i), amount: 1 });
      await post(`/t${i}/events`, { type: i < 4 ? 'refused' : 'authorized', at });
    }
    await pay('honest', '2026-08-03T10:10:00Z', { cardBrand: 'visa', merchantId: 'tested' });
    const { body } = await get('/api/ledgers/vamp?month=2026-08');
    const [{ authorizations, enumerated, enumeratedRate, enumeratedState }] = body.rows;
    assert.deepEqual([authorizations, enumerated, enumeratedRate, enumeratedState], [7, 6, 6 / 7, 'below_minimum']);
    assert.match(
      body.estimated.notes.join(' '),
      /Assay’s estimate: 5 cards.*1 payment counts as an authorization because/,
    );
    const opened = await get('/api/ledgers/vamp/payments?period=2026-08&merchantId=tested&part=enumerated');
    assert.deepEqual(opened.body.data.map(({ id }: { id: string }) => id).sort(), ['t0', 't1', 't2', 't3', 't4', 't5']);
  });

  test('as CSV, by default of now, and a refusal that tells what is wrong', async () => {
    const csv = await get('/api/ledgers/vamp?month=2026-11', { accept: 'text/csv' });
    assert.match(String(csv.headers.get('content-type')), /^text\/csv/);
    const [head, line] = csv.body.split('\r\n');
    assert.match(head, /^merchantId,brand,settledCount,fraudReports,/);
    assert.equal(line, 'v,visa,3,1,1,1,3,1500,1,0.015,below_minimum,4,0,300000,0,0.2,within');
    const tra = await get('/api/ledgers/tra?quarter=2025Q4&bom=true', { accept: 'text/csv' });
    assert.match(tra.body, /^\ufeff?instrument,band,/);
    assert.equal(tra.body.trim().split('\r\n').length, 7);
    now = Date.parse('2026-12-31T23:30:00Z');
    assert.equal((await get('/api/ledgers/tra')).body.quarter, '2027Q1', 'New Year is earlier in Paris');
    assert.equal((await get('/api/ledgers/vamp')).body.month, '2027-01');
    now = NOW;
    assert.equal((await get('/api/ledgers/vamp')).body.complete, false);
    for (const quarter of ['2026Q5', '2026-Q0', '2026', 'now', '', '26Q4', '2026Q4x', '1969Q4']) {
      const { status, body } = await get(`/api/ledgers/tra?quarter=${encodeURIComponent(quarter)}`);
      assert.deepEqual([status, body.errors?.[0].path], [422, '/quarter'], quarter);
    }
    for (const name of ['vamp', 'mastercard'])
      for (const month of ['2026-13', '2026-00', '2026-1', '2026Q4', 'x', '', '1969-12']) {
        const { status, body } = await get(`/api/ledgers/${name}?month=${encodeURIComponent(month)}`);
        assert.deepEqual([status, body.errors?.[0].path], [422, '/month'], month);
      }
    assert.equal((await get('/api/ledgers/tra?month=2026-11')).status, 422);
    for (const [name, part] of [
      ['tra', 'fraud'],
      ['vamp', 'settled'],
    ]) {
      const { body } = await get(`/api/ledgers/${name}/payments?part=${part}&period=x`);
      assert.equal(body.errors?.[0].path, '/period', name);
    }
    assert.equal((await get('/api/ledgers/amex')).status, 404);
  });

  test('a payment is told that it may go without strong authentication, as the quarter that is over allows', async () => {
    now = Date.parse('2027-08-10T12:00:00Z');
    const known = { userId: 'known', cardId: 'c-known', deviceId: 'd-known', country: 'FR', channel: 'web' };
    const buy = (id: string, transactionDate: string, amount: number) => pay(id, transactionDate, { ...known, amount });
    for (let i = 0; i < 8; i++) await buy(`spring-${i}`, `2027-05-0${i + 1}T10:00:00Z`, 40 + i);
    // 0.03% of 10,000 EUR: within up to 250.
    await pay('large', '2027-06-01T10:00:00Z', { amount: 9_653, userId: 'other' });
    await pay('stolen', '2027-06-02T10:00:00Z', { amount: 3, userId: 'victim' });
    await pay('stolen-too', '2027-06-02T11:00:00Z', { amount: 5, userId: 'victim' });
    await dispute('stolen', { reportedAt: '2027-06-09T00:00:00Z' });
    const bought = async (id: string, amount = 45) => {
      const { decision, sca } = await buy(id, new Date(now).toISOString(), amount);
      assert.equal(decision, 'approve', id);
      const shown = (await get(`/api/transactions/${id}`)).body;
      assert.deepEqual(shown.sca, sca, 'as it is read');
      return sca;
    };
    assert.equal(await bought('too-early'), undefined, 'nothing is known of that quarter yet');
    now += 3_600_000;
    await app.traFigures!.look();
    assert.deepEqual(await bought('advised'), { exemption: 'tra', upTo: 250 });
    assert.equal(await bought('too-much', 251), undefined);
    now += 86_400_000;
    assert.equal(await bought('a-day-later'), undefined, 'the figures are a day old');
    await app.traFigures!.look();
    assert.deepEqual(await bought('read-anew'), { exemption: 'tra', upTo: 250 });
    // One more fraud of the quarter that is over: 0.08%.
    await dispute('stolen-too', { reportedAt: '2027-08-11T00:00:00Z' });
    now += 3_600_001;
    await app.traFigures!.look();
    assert.deepEqual(await bought('after-fraud'), { exemption: 'tra', upTo: 100 });
    assert.equal((await get('/api/ledgers/tra?quarter=2027Q2')).body.rows[1].state, 'over');
  });

  test('a replay makes the same of each decision, but for what was advised', async () => {
    await app.stop({ keep: true });
    const { decisions, differentVectors, differentDecisions } = await verifyJournal(app.dataDir);
    assert.ok(decisions > 40);
    assert.deepEqual([differentVectors, differentDecisions], [0, 0]);
  });
});
