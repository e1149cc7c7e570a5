import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PaymentEvent } from '../payment-event.ts';
import { createRates, readRates } from '../rates.ts';
import { createCardTesting } from './card-testing.ts';
import { createEuros, decimalOf } from './euros.ts';
import { inForce, SCHEME_RULES, TRA_LIMITS } from './limits.ts';
import { brandOf, executedMinor, instrumentOf, isPayersOwn, type LedgerPayment, remoteOf } from './payment.ts';
import { createSchemeLedger, type SchemeRow } from './schemes.ts';
import { createTra } from './tra.ts';

const DAY = 86_400_000;
const FROM = Date.parse('2026-10-01T00:00:00Z');
const TO = Date.parse('2027-01-01T00:00:00Z');
const BEFORE = Date.parse('2026-07-01T00:00:00Z');
const FIRST = Date.parse('2026-04-01T00:00:00Z');

const event = (type: PaymentEvent['type'], amountMinor?: number, at = FROM): PaymentEvent => ({
  ...{ type, at },
  ...(amountMinor === undefined ? {} : { amountMinor }),
});

function payment(more: Partial<LedgerPayment> = {}): LedgerPayment {
  return {
    ...{
      id: 'p',
      merchantId: 'm',
      instrument: 'card',
      remote: 'yes',
      brand: 'visa',
      currency: 'EUR',
      amountMinor: 10_000,
    },
    ...{ baseRate: 1, time: FROM, executedAt: FROM, truth: { kind: 'open', since: FROM }, isPayersOwn: false },
    ...{ cardId: null, deviceId: null, address: null, events: [event('settled')], disputes: [] },
    ...more,
  };
}

test('what was executed of a payment: what was settled, else what was not voided; refunds change nothing', () => {
  const table: [expected: number, ...events: PaymentEvent[]][] = [
    [100],
    [100, event('authorized')],
    [100, event('settled')],
    [100, event('settled', undefined), event('settled', undefined, FROM + 1)],
    [60, event('settled', 60)],
    [100, event('settled', 60), event('settled', 40)],
    [60, event('voided', 40), event('settled', 60)],
    [60, event('voided', 40)],
    [0, event('voided')],
    [115, event('settled', 115)],
    [100, event('settled'), event('refunded')],
    [100, event('settled'), event('refunded', 30), event('refunded', 70)],
  ];
  for (const [expected, ...events] of table)
    assert.equal(executedMinor({ amountMinor: 100, events }), expected, JSON.stringify(events));
});

test('words of clients under the names that ledgers know', () => {
  const instruments: [string | undefined, boolean, LedgerPayment['instrument']][] = [
    ['card', false, 'card'],
    ['Credit card', false, 'card'],
    ['credit_transfer', false, 'credit_transfer'],
    ['SEPA credit-transfer', false, 'credit_transfer'],
    ['wallet', true, 'card'],
    ['wallet', false, 'other'],
    ['direct_debit', true, 'other'],
    [undefined, true, 'card'],
    [undefined, false, null],
  ];
  for (const [words, hasCard, expected] of instruments) assert.equal(instrumentOf(words, hasCard), expected, words);
  assert.deepEqual(
    [remoteOf(true, 'pos'), remoteOf(false, 'web'), remoteOf(undefined, 'POS'), remoteOf(undefined, 'web')],
    ['yes', 'no', 'no', 'assumed'],
  );
  const brands: [string | undefined, string | undefined, string | null][] = [
    ['Visa', '510000', 'visa'],
    ['MC', undefined, 'mastercard'],
    [undefined, '424242', 'visa'],
    [undefined, '222100', 'mastercard'],
    [undefined, '272099', 'mastercard'],
    [undefined, '272100', null],
    [undefined, '559999', 'mastercard'],
    [undefined, '378282', null],
    [undefined, undefined, null],
  ];
  for (const [words, bin, expected] of brands) assert.equal(brandOf(words, bin), expected, `${words} ${bin}`);
  assert.deepEqual(
    [isPayersOwn('mastercard', '54'), isPayersOwn('mastercard', '04'), isPayersOwn('visa', '54')],
    [true, false, false],
  );
});

test('euros: exact decimals, rounded half up once; none without a rate', () => {
  const history = readRates('Date,USD,GBP,JPY\n2026-09-30,1.25,0.8,160\n', 'a table');
  const time = FROM;
  const eurosIn = (base: string) => {
    const rates = createRates(base, {}, history);
    const euros = createEuros(rates);
    return (minor: number, currency: string) =>
      euros(minor, { currency, time, baseRate: rates.at(currency, time)?.rate ?? null });
  };
  // 2.50 USD / 1.25; 0.01 GBP / 0.8 = 1.25 cents; 100 JPY / 160 = 62.5 cents, half up; 4 JPY = 2.5 cents.
  const table: [number, string, bigint | undefined][] = [
    [250, 'USD', 200n],
    [1, 'GBP', 1n],
    [100, 'JPY', 63n],
    [4, 'JPY', 3n],
    [999, 'EUR', 999n],
    [1, 'CHF', undefined],
    [Number.MAX_SAFE_INTEGER, 'EUR', BigInt(Number.MAX_SAFE_INTEGER)],
  ];
  for (const base of ['EUR', 'USD', 'GBP'])
    for (const [minor, currency, expected] of table)
      assert.equal(eurosIn(base)(minor, currency), expected, `${minor} ${currency} by way of ${base}`);
  // A record keeps its rate, whatever the table says today.
  const euros = createEuros(createRates('USD', {}, history));
  assert.equal(euros(100, { currency: 'GBP', time, baseRate: 2.5 }), 200n);
  // Written before there were rates: 1 means nothing there.
  assert.equal(euros(80, { currency: 'GBP', time, baseRate: 1 }), 100n);
  for (const [value, n, d] of [
    [1e-7, 1n, 10_000_000n],
    [1.5e21, 1_500_000_000_000_000_000_000n, 1n],
    [0.00625, 625n, 100_000n],
  ] as const)
    assert.deepEqual(decimalOf(value), { n, d });
});

test('limits are looked up by day', () => {
  const { programs } = SCHEME_RULES.vamp;
  const rates = ['2025-05-31', '2025-06-01', '2026-03-31', '2026-04-01', '2030-01-01'].map(
    (day) => inForce(programs, day)?.over.rate,
  );
  assert.deepEqual(rates, [undefined, 220, 220, 150, 150]);
  assert.equal(inForce(TRA_LIMITS, '2026-10-01')?.bands.card[0][1], 130);
});

function tra(payments: LedgerPayment[], now = TO) {
  const ledger = createTra({
    ...{ edges: [FIRST, BEFORE, FROM, TO] as const, day: '2026-10-01', now, maturityDays: 90 },
    eurosOf: (minor, { currency }) => (currency === 'EUR' ? BigInt(minor) : undefined),
  });
  for (const each of payments) ledger.add(each);
  return ledger.result();
}
const card = (rows: ReturnType<typeof tra>['rows']) => rows.filter(({ instrument }) => instrument === 'card');
const fraud = { kind: 'fraud' } as const;

test('the exemption: one rate against each band, at its limit still within, two quarters over stop it', () => {
  // 0.13% of 1,000.00 is 1.30.
  const good = (executedAt: number) => payment({ amountMinor: 100_000 - 130, executedAt });
  const bad = (executedAt: number, amountMinor = 130) => payment({ amountMinor, truth: fraud, executedAt });
  const states = (...payments: LedgerPayment[]) => card(tra(payments).rows).map(({ state }) => state);
  assert.deepEqual(states(), ['empty', 'empty', 'empty']);
  assert.deepEqual(states(good(FROM), bad(FROM)), ['within', 'over', 'over']);
  assert.deepEqual(states(good(FROM), bad(FROM, 131)), ['over', 'over', 'over']);
  assert.deepEqual(states(good(BEFORE), bad(BEFORE), good(FROM), bad(FROM)), ['within', 'stopped', 'stopped']);
  assert.deepEqual(states(good(BEFORE), bad(BEFORE, 131), good(FROM)), ['within', 'within', 'within']);
  assert.deepEqual(states(good(BEFORE), bad(BEFORE, 131), good(FROM), bad(FROM, 131)), [
    ...['stopped', 'stopped', 'stopped'],
  ]);
  // While a quarter runs, what the two before it stopped stays so, whatever it is as yet; when it is over it speaks for itself.
  const twice = [good(FIRST), bad(FIRST), good(BEFORE), bad(BEFORE)];
  const running = (...more: LedgerPayment[]) => card(tra([...twice, ...more], TO - 1).rows).map(({ state }) => state);
  assert.deepEqual(running(), ['empty', 'stopped', 'stopped']);
  assert.deepEqual(running(good(FROM)), ['within', 'stopped', 'stopped']);
  assert.deepEqual(states(...twice, good(FROM)), ['within', 'within', 'within']);
  const [row] = tra([good(FROM), bad(FROM)]).rows;
  assert.deepEqual(row, {
    ...{ instrument: 'card', band: 100, payments: 2, value: 1_000, fraudPayments: 1, fraudValue: 1.3 },
    ...{ rate: 0.0013, limit: 0.0013, rateBefore: null, state: 'within' },
  });
});

test('the exemption may be used up to the highest band that two quarters keep, the one that is over with payments', () => {
  const good = (executedAt: number, instrument: LedgerPayment['instrument'] = 'card') =>
    payment({ amountMinor: 1_000_000, executedAt, instrument });
  // Of 10,000.00: at each limit of cards, and a cent above.
  const bad = (executedAt: number, amountMinor: number, instrument: LedgerPayment['instrument'] = 'card') => [
    payment({ amountMinor: 1_000_000 - amountMinor, executedAt, instrument }),
    payment({ amountMinor, truth: fraud, executedAt, instrument }),
  ];
  const table: [what: string, payments: LedgerPayment[], card: number, transfer?: number][] = [
    ['nothing is known', [], 0],
    ['this quarter alone', [good(FROM)], 0],
    ['the quarter before alone', [good(BEFORE)], 500],
    ['two quarters ago alone', [good(FIRST)], 0],
    ['both clean', [good(BEFORE), good(FROM)], 500],
    ['at 0.01%', bad(BEFORE, 100), 500],
    ['a cent above it', bad(BEFORE, 101), 250],
    ['at 0.06%', bad(BEFORE, 600), 250],
    ['a cent above it', bad(BEFORE, 601), 100],
    ['at 0.13%', bad(BEFORE, 1_300), 100],
    ['a cent above it: over for one quarter', bad(BEFORE, 1_301), 0],
    ['this quarter is over in part', [good(BEFORE), ...bad(FROM, 601)], 100],
    ['this quarter is over', [good(BEFORE), ...bad(FROM, 1_301)], 0],
    ['stopped', [...bad(FIRST, 1_301), ...bad(BEFORE, 1_301), good(FROM)], 0],
    ['stopped until a quarter is within', [...bad(FIRST, 1_301), ...bad(BEFORE, 601), good(FROM)], 100],
    ['a transfer at 0.015%', bad(BEFORE, 150, 'credit_transfer'), 0, 100],
    ['each instrument by itself', [...bad(BEFORE, 51, 'credit_transfer'), good(BEFORE)], 500, 250],
  ];
  for (const [what, payments, card, transfer = 0] of table) {
    const ledger = createTra({
      ...{ edges: [FIRST, BEFORE, FROM, TO] as const, day: '2026-10-01', now: TO - 1, maturityDays: 90 },
      eurosOf: (minor) => BigInt(minor),
    });
    for (const each of payments) ledger.add(each);
    assert.deepEqual(ledger.exemptUpTo(), { card, credit_transfer: transfer }, what);
  }
});

test('the exemption: what counts, what does not, and what is said of it', () => {
  const counted = (more: Partial<LedgerPayment>) => {
    const { rows, estimated } = tra([payment(more)]);
    const { value, fraudValue } = rows[more.instrument === 'credit_transfer' ? 3 : 0];
    return { value, fraudValue, estimated };
  };
  const table: [what: string, more: Partial<LedgerPayment>, value: number, fraudValue: number][] = [
    ['the first moment', { executedAt: FROM }, 100, 0],
    ['the moment before', { executedAt: FROM - 1 }, 0, 0],
    ['the last moment', { executedAt: TO - 1 }, 100, 0],
    ['the moment after', { executedAt: TO }, 0, 0],
    ['not executed', { executedAt: undefined, truth: { kind: 'blocked' } }, 0, 0],
    ['in person', { remote: 'no', truth: fraud }, 0, 0],
    ['fraud', { truth: fraud }, 100, 100],
    ['fraud that was refunded', { truth: fraud, events: [event('settled'), event('refunded')] }, 100, 100],
    ['part of it was settled', { truth: fraud, events: [event('settled', 2_500)] }, 25, 25],
    ['fraud of the payer', { truth: fraud, isPayersOwn: true }, 100, 0],
    ['disputed for another reason', { truth: { kind: 'disputed' } }, 100, 0],
    ['a transfer', { instrument: 'credit_transfer', truth: fraud }, 100, 100],
    ['a direct debit', { instrument: 'other', truth: fraud }, 0, 0],
    ['who knows', { instrument: null, truth: fraud }, 0, 0],
    ['without a rate', { currency: 'XAU', truth: fraud }, 0, 0],
  ];
  for (const [what, more, value, fraudValue] of table) {
    const found = counted(more);
    assert.deepEqual([found.value, found.fraudValue], [value, fraudValue], what);
  }
  const one = { payments: 1, value: 100 };
  const none = { payments: 0, value: 0 };
  const said = (more: Partial<LedgerPayment>) => counted(more).estimated;
  assert.deepEqual(said({ truth: { kind: 'open', since: TO - 90 * DAY } }).unlabelled, none);
  assert.deepEqual(said({ truth: { kind: 'open', since: TO - 90 * DAY + 1 } }).unlabelled, one);
  assert.deepEqual(said({ truth: { kind: 'disputed' } }).unlabelled, one);
  assert.deepEqual(said({ truth: { kind: 'legitimate' } }).unlabelled, none);
  assert.deepEqual(said({ events: [] }).assumedExecuted, one);
  assert.deepEqual(said({ remote: 'assumed' }).assumedRemote, one);
  assert.deepEqual(said({ truth: fraud, isPayersOwn: true }).payersOwn, one);
  assert.equal(said({ currency: 'XAU' }).withoutRate, 1);
  assert.equal(said({ instrument: null }).unknownInstrument, 1);
  assert.equal(said({ instrument: 'other' }).otherInstruments, 1);
});

const MONTH = { from: Date.parse('2026-11-01T00:00:00Z'), to: Date.parse('2026-12-01T00:00:00Z') };
const OCTOBER = { from: Date.parse('2026-10-01T00:00:00Z'), to: MONTH.from };

test('schemes: what counts, by month of report and of settlement', () => {
  const dispute = (
    kind: 'early_warning' | 'dispute',
    reasonCode: string,
    reportedAt = MONTH.from,
    scheme = 'visa',
  ) => ({
    ...{ kind, scheme, reasonCode, reportedAt },
  });
  const vamp = createSchemeLedger({ name: 'vamp', reported: MONTH, settled: MONTH, day: '2026-11-01' });
  const settle = (at: number, more: Partial<LedgerPayment> = {}) =>
    vamp.settle(payment({ events: [event('settled', undefined, at)], ...more }));
  settle(MONTH.from);
  settle(MONTH.to - 1);
  settle(MONTH.from - 1);
  settle(MONTH.to);
  settle(MONTH.from, { brand: 'mastercard' });
  settle(MONTH.from, { brand: null });
  settle(MONTH.from, { remote: 'no' });
  settle(MONTH.from, { remote: 'assumed' });
  vamp.settle(payment({ events: [event('authorized', undefined, MONTH.from)] }));
  vamp.settle(payment({ events: [event('settled', 1, MONTH.from), event('settled', 1, MONTH.from - 1)] }));
  const report = (...disputes: LedgerPayment['disputes']) => vamp.report(payment({ disputes }));
  report(dispute('early_warning', '6'), dispute('dispute', '10.4'));
  report(dispute('dispute', '13.1'), dispute('dispute', '10.4', MONTH.from - 1), dispute('dispute', '10.4', MONTH.to));
  report(dispute('dispute', '4837', MONTH.from, 'mastercard'));
  vamp.report(payment({ remote: 'no', disputes: [dispute('dispute', '10.4')] }));
  vamp.report(payment({ merchantId: null, disputes: [dispute('dispute', '10.4')] }));
  const { rows, estimated } = vamp.result();
  const limits = {
    ...{ brand: 'visa', minimum: 1_500, limit: 0.015, authorizations: 0, enumerated: 0 },
    ...{ enumeratedMinimum: 300_000, enumeratedRate: null, enumeratedLimit: 0.2, enumeratedState: 'within' },
  };
  assert.deepEqual(rows, [
    {
      ...{ merchantId: 'm', ...limits, settledCount: 3, fraudReports: 1, fraudDisputes: 1, otherDisputes: 1, count: 3 },
      ...{ rate: 1, state: 'below_minimum' },
    },
    {
      ...{
        merchantId: null,
        ...limits,
        settledCount: 0,
        fraudReports: 0,
        fraudDisputes: 1,
        otherDisputes: 0,
        count: 1,
      },
      ...{ rate: null, state: 'unknown' },
    },
  ]);
  assert.deepEqual(estimated, { assumedRemote: 1, unknownBrand: 1, assumedAuthorized: 0, untold: 0 });
});

/** Attempts a minute apart, each with a card of its own. */
function attempts(count: number, more: (i: number) => Partial<LedgerPayment>): LedgerPayment[] {
  return Array.from({ length: count }, (_, i) =>
    payment({
      ...{ id: `p${i}`, time: MONTH.from + i * 60_000, cardId: `c${i}`, deviceId: 'd' },
      ...{ events: [event('refused')], executedAt: undefined, truth: { kind: 'blocked' } as const },
      ...more(i),
    }),
  );
}
const authorized = {
  events: [event('authorized')],
  executedAt: MONTH.from,
  truth: { kind: 'open', since: 0 } as const,
};

test('card testing: five cards within an hour of one source, half of it refused or stopped, from the first on', () => {
  const counted = (tried: LedgerPayment[]) => {
    const testing = createCardTesting();
    return tried.flatMap((each) => testing.take(each).map(({ id }) => id)).length;
  };
  const table: [what: string, expected: number, count: number, more: (i: number) => Partial<LedgerPayment>][] = [
    ['four cards', 0, 4, () => ({})],
    ['five cards', 5, 5, () => ({})],
    ['nine, and later ones as they come', 9, 9, () => ({})],
    ['one card many times', 0, 20, () => ({ cardId: 'c' })],
    ['four cards many times', 0, 20, (i) => ({ cardId: `c${i % 4}` })],
    ['each from elsewhere', 0, 20, (i) => ({ deviceId: `d${i}` })],
    ['from one address', 6, 6, (i) => ({ deviceId: `d${i}`, address: '192.0.2.1' })],
    ['from one device and one address, each once', 6, 6, () => ({ address: '192.0.2.1' })],
    ['at many merchants', 6, 6, (i) => ({ merchantId: `m${i}` })],
    ['nobody says which card', 0, 20, () => ({ cardId: null })],
    ['nobody says from where', 0, 20, () => ({ deviceId: null })],
    ['half of it refused', 6, 6, (i) => (i % 2 ? authorized : {})],
    ['less than half of it refused', 0, 9, (i) => (i % 3 === 2 ? {} : authorized)],
    ['stopped before', 6, 6, () => ({ events: [] })],
    [
      'refused, then tried again and taken',
      0,
      9,
      () => ({ events: [event('refused'), event('authorized', undefined, FROM + 1)] }),
    ],
    [
      'a quarter of an hour apart: five are within it, never in less than it',
      0,
      9,
      (i) => ({ time: MONTH.from + i * 900_000 }),
    ],
    ['fourteen minutes apart', 9, 9, (i) => ({ time: MONTH.from + i * 840_000 })],
  ];
  for (const [what, expected, count, more] of table) assert.equal(counted(attempts(count, more)), expected, what);
  // What is over is forgotten: sources of the past take no memory, and those that go on are whole.
  const strangers = attempts(60_000, (i) => ({ deviceId: `s${i % 59_000}`, time: MONTH.from + i * 10 }));
  assert.equal(
    counted([
      ...attempts(4, () => ({})),
      ...strangers,
      ...attempts(1, () => ({ cardId: 'x', time: MONTH.from + 600_000 })),
    ]),
    5,
  );
});

test('schemes: enumerated authorizations over all, of a merchant and of an acquirer', () => {
  const month = (name: 'vamp' | 'mastercard', tried: LedgerPayment[], day = '2026-11-01') => {
    const ledger = createSchemeLedger({ name, reported: MONTH, settled: MONTH, day });
    const opened = tried
      .flatMap((each) => ledger.authorize(each))
      .flatMap(([{ id }, parts]) => parts.map((part) => `${part} ${id}`));
    return { ...ledger.result(), opened };
  };
  const elsewhere = attempts(15, () => ({ ...authorized, merchantId: 'n', deviceId: null }));
  const { rows, portfolio, opened, estimated } = month('vamp', [
    // Of the hour before midnight two are evidence, and of the month before; what Assay stopped is evidence, and no authorization.
    ...attempts(2, (i) => ({ id: `before${i}`, cardId: `b${i}`, time: MONTH.from - 60_000 })),
    ...attempts(4, (i) => (i === 1 ? { events: [] } : {})),
    ...attempts(3, () => ({ remote: 'no' })),
    ...attempts(3, () => ({ brand: 'mastercard' })),
    ...attempts(1, () => ({ id: 'approved', cardId: null, ...authorized, events: [] })),
    ...elsewhere,
  ]);
  const figures = (row: SchemeRow | undefined) => [
    row?.merchantId,
    row?.authorizations,
    row?.enumerated,
    row?.enumeratedRate,
  ];
  assert.deepEqual(rows.map(figures).toSorted(), [
    ['m', 4, 3, 0.75],
    ['n', 15, 0, 0],
  ]);
  assert.deepEqual(figures(portfolio), [null, 19, 3, 3 / 19]);
  assert.deepEqual([estimated.assumedAuthorized, estimated.untold], [1, 16]);
  assert.deepEqual(opened.filter((each) => each.startsWith('enumerated')).toSorted(), [
    'enumerated p0',
    'enumerated p2',
    'enumerated p3',
  ]);
  assert.equal(month('mastercard', elsewhere).rows.length, 0);
  assert.equal(month('mastercard', elsewhere).portfolio, undefined);

  // 300,000 and a fifth, each at its edge.
  const state = (cards: number, others: number, day?: string) => {
    const burst = attempts(cards, (i) => ({ time: MONTH.from + i }));
    const taken = attempts(others, () => ({ ...authorized, deviceId: null }));
    return month('vamp', [...burst, ...taken], day).portfolio?.enumeratedState;
  };
  assert.equal(state(5, 20), 'below_minimum');
  assert.equal(state(5, 21), 'within');
  assert.equal(state(5, 20, '2025-05-01'), 'no_limit');
  const [limit] = SCHEME_RULES.vamp.enumeration!;
  assert.deepEqual(limit.over, { rate: 2_000, minimum: 300_000 });
});

test('schemes: what an acquirer is held to over all of its merchants', () => {
  const state = (disputes: number, settled: number, day = '2026-11-01') => {
    const ledger = createSchemeLedger({ name: 'vamp', reported: MONTH, settled: MONTH, day });
    const [even, odd] = [0, 1].map((i) =>
      payment({ merchantId: `m${i}`, events: [event('settled', undefined, MONTH.from)] }),
    );
    for (let i = 0; i < settled; i++) ledger.settle(i % 2 ? odd : even);
    const one = { kind: 'dispute', scheme: 'visa', reasonCode: '10.4', reportedAt: MONTH.from } as const;
    for (let i = 0; i < disputes; i++) ledger.report(payment({ merchantId: `m${i % 5}`, disputes: [one] }));
    const { portfolio } = ledger.result();
    assert.deepEqual([portfolio?.count, portfolio?.settledCount], [disputes, settled]);
    return [portfolio?.state, portfolio?.limit];
  };
  assert.deepEqual(state(1_500, 300_000), ['over', 0.005]);
  assert.deepEqual(state(1_500, 300_001), ['within', 0.005]);
  assert.deepEqual(state(1_499, 200_000), ['below_minimum', 0.005]);
  assert.deepEqual(state(1_500, 214_285), ['high', 0.005]);
  assert.deepEqual(state(1_500, 214_286), ['over', 0.005]);
  assert.deepEqual(state(1_500, 214_286, '2025-12-01'), ['within', 0.007]);
  assert.deepEqual(state(1_500, 214_285, '2025-12-01'), ['over', 0.007]);
  assert.deepEqual(state(1_500, 10, '2025-05-01'), ['no_limit', null]);
});

test('schemes: states at their edges', () => {
  const state = (name: 'vamp' | 'mastercard', disputes: number, settled: number, day = '2026-11-01') => {
    const { brand } = SCHEME_RULES[name];
    const ledger = createSchemeLedger({ name, reported: MONTH, settled: OCTOBER, day });
    for (let i = 0; i < settled; i++)
      ledger.settle(payment({ brand, remote: 'no', events: [event('settled', undefined, OCTOBER.from)] }));
    for (let i = 0; i < settled; i++) ledger.settle(payment({ brand, events: [event('settled')] }));
    const one = { kind: 'dispute', scheme: brand, reasonCode: 'x', reportedAt: MONTH.from } as const;
    ledger.report(payment({ brand, disputes: Array.from({ length: disputes }, () => one) }));
    return (ledger.result().rows[0] as SchemeRow).state;
  };
  // In person counts with Mastercard alone: twice as many are settled there.
  const table: [SchemeRow['state'], ...Parameters<typeof state>][] = [
    ['over', 'vamp', 1_500, 100_000],
    ['within', 'vamp', 1_500, 100_001],
    ['below_minimum', 'vamp', 1_499, 1_000],
    ['within', 'vamp', 1_500, 100_000, '2025-06-01'],
    ['no_limit', 'vamp', 1_500, 10, '2025-05-01'],
    ['unknown', 'vamp', 1_500, 0],
    ['below_minimum', 'mastercard', 99, 100],
    ['over', 'mastercard', 100, 200],
    ['over', 'mastercard', 299, 100],
    ['high', 'mastercard', 300, 5_000],
    ['over', 'mastercard', 300, 5_001],
    ['within', 'mastercard', 300, 10_001],
  ];
  for (const [expected, ...asked] of table) assert.equal(state(...asked), expected, asked.join(' '));
});
