import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Decision, Outcome, RuleHit, ScaAdvice } from '../domain/decision.ts';
import { CORE_ENTITIES } from '../domain/entity.ts';
import { createEuros } from '../domain/ledgers/euros.ts';
import { createRates, DAY_MS, readRates } from '../domain/rates.ts';
import { type DecisionData, labelledEvent, transactionView } from '../domain/records.ts';
import type { Transaction } from '../domain/transaction.ts';
import { catalogueFor } from '../features/catalogue.ts';
import { compile } from '../features/compile.ts';
import type { Journal } from '../journal/journal.ts';
import { openJournal } from '../journal/local/journal.ts';
import type { Model } from '../models/model.ts';
import { createProfiles } from '../profiles/memory.ts';
import { createEngine } from './create.ts';
import { entityKeys, eventOf } from './event.ts';
import { fold } from './fold.ts';
import { judgeWithoutModel } from './judge.ts';
import { learning } from './learning.ts';
import { createScaAdvisor, type TraState } from './sca.ts';

const T = Date.UTC(2026, 10, 20, 12);
const HOUR = 3_600_000;
const features = compile(catalogueFor(CORE_ENTITIES), { entityTypes: CORE_ENTITIES, encodings: {} });
const hour = features.names.indexOf('hour');
/** Approves but for what is made at three o'clock, which it declines, and at four, which it reviews. */
const model: Model = {
  ...{ name: 'by-hand', version: '0123456789abcdef', featureSchema: '', features: [...features.names] },
  thresholds: { review: 0.5, decline: 0.9 },
  statistics: features.names.map(() => ({ mean: 0, deviation: 0, p01: 0, p50: 1, p99: 1, missing: 0 })),
  score: (vector) => (vector[hour] === 3 ? 5 : vector[hour] === 4 ? 1 : -5),
  explain(vector, out) {
    out.fill(0);
    return this.score(vector);
  },
  calibrate: (raw) => 1 / (1 + Math.exp(-raw)),
};

const rates = createRates('USD', {}, readRates('Date,USD,GBP\n2026-11-19,1.25,0.8\n', 'a table'));
const figures = (card: number, credit_transfer = 0): TraState => ({
  ...{ upTo: { card, credit_transfer }, until: T + DAY_MS, eurosOf: createEuros(rates) },
});

function payment(id: string, more: Partial<Transaction> = {}): Transaction {
  const amountMinor = more.amountMinor ?? 5_000;
  return {
    ...{ id, userId: 'u', currency: 'EUR', amountBase: amountMinor / 80, baseRate: 1.25, time: T, offsetMinutes: 0 },
    ...{ dated: true, receivedAt: T, warnings: [], instrument: 'card', remote: true },
    ...{ cardId: 'c', deviceId: 'd', country: 'DE', latitude: 52.5, longitude: 13.4 },
    ...more,
    ...{ amountMinor, amount: amountMinor / 100 },
  };
}

async function withEngine(
  format: 1 | 2,
  run: (parts: {
    decide(transaction: Transaction): Promise<{ outcome: Outcome; sca: ScaAdvice | undefined }>;
    label(id: string): Promise<unknown>;
    /** Whether it is advised if it was decided so; nothing is learnt. */
    ask(more: Partial<Decision>, transaction: Transaction): boolean;
    advisor: ReturnType<typeof createScaAdvisor>;
    /** The journal, closed and read anew. */
    reopened(): Promise<Journal>;
  }) => Promise<void>,
) {
  const directory = mkdtempSync(join(tmpdir(), 'assay-sca-'));
  let local: Journal = await openJournal({ directory, format });
  const state = {
    ...{ profiles: createProfiles({ entityTypes: CORE_ENTITIES }), undecided: new Map(), formerKeys: new Map() },
    deleted: new Set<string>(),
  };
  const journal = learning(local, (record) => fold(state, record));
  const advisor = createScaAdvisor(CORE_ENTITIES);
  const engine = createEngine({
    ...{ journal, state, profiles: state.profiles, deleted: state.deleted, sca: advisor },
    ...{ serving: () => ({ model, features }), servingOf: () => ({ model, features }) },
    ...{ naming: { entityTypes: CORE_ENTITIES, entityFields: {} }, clock: () => T, stopwatch: () => 0 },
    ...{ newId: () => 'id', defer: (task: () => void) => task(), onError: () => {} },
  });
  try {
    await run({
      advisor,
      async reopened() {
        await local.close();
        return (local = await openJournal({ directory }));
      },
      async decide(transaction) {
        const { record } = await engine.decide({ transaction, bodyHash: transaction.id });
        const { decision } = record.data as unknown as DecisionData;
        return { outcome: decision.decision, sca: decision.sca };
      },
      ask(more, transaction) {
        const { profiles } = state;
        const entities = entityKeys(transaction, { entityTypes: CORE_ENTITIES, entityFields: {} });
        const decision = { ...judgeWithoutModel(), degraded: false, decidedBy: 'model' as const, ...more };
        return (
          advisor.advise(decision, { profiles, transaction, event: eventOf(transaction, entities), at: T }) !==
          undefined
        );
      },
      async label(id) {
        const event = labelledEvent((await local.find(`t:${id}`))!);
        const data = { labelId: `l-${id}`, transactionId: id, label: 'fraud', source: 'chargeback', event };
        return journal.enqueue({ type: 'label', at: T, key: `c:${id}`, data }).durable;
      },
    });
  } finally {
    await local.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

test('who is advised: bands, instruments, outcomes and each signal of risk', async () => {
  await withEngine(2, async ({ decide, label, advisor }) => {
    for (const [user, device] of [
      ['u', 'd'],
      ['robbed', 'd-robbed'],
      ['friend', 'd-robbed'],
      ['friend', 'd-own'],
      ['bare', 'd-bare'],
      ['thrifty', 'd-thrifty'],
      ['traveller', 'd-traveller'],
    ])
      for (let i = 0; i < 6; i++)
        await decide(
          payment(`${user}-${device}-${i}`, {
            ...{ userId: user, cardId: `c-${user}`, deviceId: device, time: T - (7 - i) * HOUR, offsetMinutes: 120 },
            ...{ amountMinor: user === 'thrifty' ? 500 + 100 * i : 20_000 + 5_000 * i },
            ...(user === 'bare' ? { country: undefined, latitude: undefined, longitude: undefined } : {}),
          }),
        );
    await label('robbed-d-robbed-0');
    const bare = { userId: 'bare', cardId: 'c-bare', deviceId: 'd-bare' };
    const thrifty = { userId: 'thrifty', cardId: 'c-thrifty', deviceId: 'd-thrifty' };
    const traveller = { userId: 'traveller', cardId: 'c-traveller', deviceId: 'd-traveller' };
    const nowhere = { country: undefined, latitude: undefined, longitude: undefined };
    const table: [what: string, state: TraState | undefined, more: Partial<Transaction>, upTo: number | undefined][] = [
      ['within all bands', figures(500), {}, 500],
      ['within two', figures(250), {}, 250],
      ['within one', figures(100), {}, 100],
      ['within none', figures(0), {}, undefined],
      ['nothing is known', undefined, {}, undefined],
      ['figures of yesterday', { ...figures(500), until: T }, {}, undefined],
      ['at the end of its band', figures(250), { amountMinor: 25_000 }, 250],
      ['a cent above it', figures(250), { amountMinor: 25_001 }, undefined],
      ['a dollar is 80 cents', figures(250), { amountMinor: 31_250, currency: 'USD', baseRate: 1 }, 250],
      ['a cent above it', figures(250), { amountMinor: 31_252, currency: 'USD', baseRate: 1 }, undefined],
      ['without a rate', figures(500), { currency: 'XAU', baseRate: null, amountBase: null }, undefined],
      ['another instrument', figures(500), { instrument: 'direct_debit' }, undefined],
      ['a wallet that holds a card', figures(500), { instrument: 'wallet' }, 500],
      ['a transfer by its own figures', figures(500), { instrument: 'credit_transfer' }, undefined],
      ['a transfer', figures(0, 100), { instrument: 'credit_transfer' }, 100],
      ['in person', figures(500), { remote: false }, undefined],
      ['at a terminal', figures(500), { remote: undefined, channel: 'pos' }, undefined],
      ['nobody says that it is remote', figures(500), { remote: undefined, channel: 'web' }, 500],
      ['by the merchant', figures(500), { initiator: 'merchant' }, undefined],
      ['a payout', figures(500), { type: 'payout' }, undefined],
      ['of another day than its decision', figures(500), { time: T + DAY_MS + 1 }, undefined],
      ['declined', figures(500), { offsetMinutes: -540 }, undefined],
      ['reviewed', figures(500), { offsetMinutes: -480 }, undefined],
      ['a user of whom nothing is known', figures(500), { userId: 'new' }, undefined],
      ['more than ever, and not far', figures(500), { amountMinor: 50_000 }, 500],
      ['as somebody thrifty pays', figures(500), { ...thrifty, amountMinor: 700 }, 500],
      ['far more than that', figures(500), { ...thrifty, amountMinor: 5_000 }, undefined],
      ['a new device', figures(500), { deviceId: 'new' }, undefined],
      ['no device', figures(500), { deviceId: undefined }, undefined],
      ['a new country', figures(500), { country: 'FR', ...{ latitude: undefined, longitude: undefined } }, undefined],
      ['at home', figures(500), { ...traveller, time: T - HOUR }, 500],
      ['another end of the country', figures(500), { ...traveller, latitude: 48.1, longitude: 11.6 }, undefined],
      ['no place', figures(500), nowhere, undefined],
      ['a place by its country alone', figures(500), { latitude: undefined, longitude: undefined }, 500],
      ['a user whose places nobody knows', figures(500), bare, undefined],
      ['a user with fraud', figures(500), { userId: 'robbed', deviceId: 'd-robbed', cardId: 'c-robbed' }, undefined],
      ['and still without any of these', figures(500), {}, 500],
      ['a card with fraud', figures(500), { cardId: 'c-robbed' }, undefined],
      ['a device with fraud', figures(500), { userId: 'friend', deviceId: 'd-robbed', cardId: 'c-friend' }, undefined],
      ['linked with fraud', figures(500), { userId: 'friend', deviceId: 'd-own', cardId: 'c-friend' }, undefined],
    ];
    for (const [index, [what, state, more, upTo]] of table.entries()) {
      advisor.tell(state);
      const { outcome, sca } = await decide(payment(`p${index}`, { time: T, ...more }));
      assert.deepEqual(
        sca,
        upTo === undefined ? undefined : { exemption: 'tra', upTo },
        `${index} ${what}: ${outcome}`,
      );
    }
  });
});

test('only what the model approved, with nothing said against it', async () => {
  const hit: RuleHit = { id: 'r', version: 1, outcome: 'review', mode: 'live', priority: -1 };
  await withEngine(2, async ({ decide, ask, advisor }) => {
    for (let i = 0; i < 3; i++) await decide(payment(`u-${i}`, { time: T - (4 - i) * HOUR }));
    advisor.tell(figures(500));
    const table: [expected: boolean, more: Partial<Decision>][] = [
      [true, {}],
      [false, { decision: 'review' }],
      [false, { decision: 'decline' }],
      [false, { decidedBy: 'control', control: { share: 0.1, would: 'decline' } }],
      [false, { decidedBy: 'rule:r', rules: [{ ...hit, outcome: 'approve' }] }],
      [false, { decidedBy: 'none', degraded: true }],
      [false, { degraded: true }],
      [false, { rules: [hit] }],
      [true, { rules: [{ ...hit, mode: 'shadow' }] }],
      [true, { rules: [{ ...hit, outcome: 'approve' }] }],
      [false, { rules: [{ ...hit, outcome: 'approve' }], actions: ['request_3ds'] }],
    ];
    for (const [expected, more] of table) assert.equal(ask(more, payment('asked')), expected, JSON.stringify(more));
  });
});

for (const format of [1, 2] as const)
  test(`what was advised is read back from a journal of format ${format}`, async () => {
    await withEngine(format, async ({ decide, advisor, reopened }) => {
      for (let i = 0; i < 3; i++) await decide(payment(`u-${i}`, { time: T - (4 - i) * HOUR }));
      advisor.tell(figures(250));
      await decide(payment('advised'));
      const views: Record<string, unknown>[] = [];
      for await (const { data, personal, at } of (await reopened()).read(3))
        views.push(transactionView(data as unknown as DecisionData, personal, at));
      assert.deepEqual(
        views.map(({ id, sca }) => [id, sca]),
        [
          ['u-2', undefined],
          ['advised', { exemption: 'tra', upTo: 250 }],
        ],
      );
    });
  });
