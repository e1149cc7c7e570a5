import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { entityTypesWith } from '../src/domain/entity.ts';
import { LABEL_FRAUD, LABEL_LEGITIMATE, LABEL_UNKNOWN, onlyWord } from '../src/domain/event.ts';
import { PAYMENT_EVENT_TYPES, type PaymentEventType } from '../src/domain/payment-event.ts';
import { CONTROL_OFF, type RuleContent, type RuleVersion, THRESHOLDS_OF_MODEL } from '../src/domain/policy.ts';
import type { Transaction } from '../src/domain/transaction.ts';
import { type Assessed, assess } from '../src/engine/assess.ts';
import { entityKeys, eventOf } from '../src/engine/event.ts';
import { environmentOf, type InForce, inForceOf } from '../src/engine/policy/in-force.ts';
import { catalogueFor } from '../src/features/catalogue.ts';
import type { FeatureDefinition } from '../src/features/definition.ts';
import { OUTCOMES, WORDS } from '../src/policy/expression/environment.ts';
import { windowSeconds } from '../src/policy/expression/request.ts';
import { counterpartsOf } from '../src/profiles/counterparts.ts';
import { createProfiles } from '../src/profiles/memory.ts';
import {
  nameOf,
  type OwnPast,
  ownPast,
  type Past,
  reachesBeyond,
  type VelocityCall,
  velocity,
} from './support/velocity-oracle.ts';

const PAYMENTS = Number(process.env.VELOCITY_PAYMENTS ?? 1_000);
const T0 = Date.UTC(2026, 0, 5);
const entityTypes = entityTypesWith();
const naming = { entityTypes, entityFields: {} };
/** One of each unit, and the longest that there may be. */
const WINDOWS = ['90s', '10m', '2h', '7d', '60d'];
const AT_LEAST: Record<string, number> = {
  sum: 300,
  mean: 120,
  max: 250,
  sinceLast: 600,
  km: 900,
  frauds: 1,
  count: 2,
  distinct: 2,
};

interface Asked extends VelocityCall {
  text: string;
}

/** Every function, entity, window, counterpart that is kept, and third argument. */
function everyCall(): Asked[] {
  const calls: Asked[] = [];
  const ask = (name: string, entity: string, more: Partial<VelocityCall> & { window?: string }) => {
    const { window, ...rest } = more;
    const parts = [entity, more.counterpart, window, more.outcome].filter((one) => one !== undefined);
    const windowMs = window === undefined ? {} : { windowMs: windowSeconds(window)! * 1000 };
    calls.push({ name, entity, ...rest, ...windowMs, text: `${name}(${parts.map((one) => `"${one}"`).join(', ')})` });
  };
  for (const entity of entityTypes) {
    const kept = counterpartsOf(entity, entityTypes);
    const counterparts = kept.filter((one) => entityTypes.includes(one) || (WORDS as readonly string[]).includes(one));
    for (const window of WINDOWS) {
      for (const name of ['count', 'sum', 'mean', 'max', 'frauds']) ask(name, entity, { window });
      for (const outcome of OUTCOMES) ask('count', entity, { window, outcome });
      for (const counterpart of counterparts) ask('distinct', entity, { counterpart, window });
    }
    for (const counterpart of counterparts) ask('isFirst', entity, { counterpart });
    ask('sinceLast', entity, {});
    if (kept.includes('latitude')) ask('km', entity, {});
  }
  return calls;
}

const CALLS = everyCall();
const whenOf = ({ name, text }: Asked) => (name === 'isFirst' ? text : `${text} >= ${AT_LEAST[name]}`);

function policyOf(expressions: string[]): InForce {
  const rules = expressions.map((when, i): RuleVersion => {
    const content: RuleContent = {
      ...{ name: when, when, outcome: 'review', mode: 'shadow', priority: 0, reason: '', rollout: null },
      ...{ suppress: null, hard: false, actions: [], validFrom: null, validTo: null, tags: [] },
    };
    return { id: `r${i}`, version: 1, content, at: T0, createdAt: T0, by: null, createdBy: null };
  });
  const meta = { version: 1, thresholds: THRESHOLDS_OF_MODEL, control: CONTROL_OFF, lists: [] };
  const inForce = inForceOf(
    { ...meta, rules, updatedAt: T0, updatedBy: null },
    environmentOf(entityTypes),
    () => false,
  );
  assert.deepEqual(inForce.program.broken, []);
  return inForce;
}

/** What happens, in the order of the log. */
interface Step {
  gapMs: number;
  lateMs: number;
  names: number[];
  amount: number | null;
  place: [number, number] | null;
  isLogin: boolean;
  /** Told afterwards, of a payment so many places back. */
  tell: { back: number; what: (typeof OUTCOMES)[number] | 'none' }[];
  /** A payment so many places back is delivered once more. */
  again: number | null;
}

const gapMs = fc.oneof(
  // Ties, and gaps of exactly a window or a millisecond beside it.
  fc.constantFrom(0, 0, 1, 90_000, 89_999, 90_001, 600_000, 7_200_000, 7_200_001, 7 * 86_400_000),
  fc.integer({ min: 0, max: 4 * 3_600_000 }),
);
const lateMs = fc.oneof(
  { weight: 3, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.constantFrom(1, 90_000, 600_000, 86_400_000) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 10 * 86_400_000 }) },
);
const back = fc.nat({ max: 30 });
const step: fc.Arbitrary<Step> = fc.record({
  gapMs,
  lateMs,
  names: fc.array(fc.nat({ max: 3 }), { minLength: 12, maxLength: 12 }),
  amount: fc.oneof(
    { weight: 8, arbitrary: fc.nat({ max: 30_000 }).map((cents) => cents / 100) },
    { weight: 1, arbitrary: fc.constant(null) },
  ),
  place: fc.oneof(
    { weight: 1, arbitrary: fc.constant(null) },
    { weight: 2, arbitrary: fc.tuple(fc.integer({ min: -89, max: 89 }), fc.integer({ min: -180, max: 180 })) },
  ),
  isLogin: fc.nat({ max: 9 }).map((one) => one === 0),
  tell: fc.array(fc.record({ back, what: fc.constantFrom(...OUTCOMES, 'none' as const) }), { maxLength: 3 }),
  again: fc.oneof({ weight: 5, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: back }),
});

/** 0 is absent: nobody is always named but the user. */
function transactionOf(one: Step, i: number, now: number): Transaction {
  const named = (place: number, text: (n: number) => string) =>
    one.names[place] === 0 ? undefined : text(one.names[place]);
  const [latitude, longitude] = one.place ?? [];
  const amount = one.isLogin ? null : one.amount;
  return {
    ...{ id: `p${i}`, userId: `u${one.names[0]}`, ...(one.isLogin ? { type: 'login' as const } : {}) },
    ...{ amount, amountMinor: amount && Math.round(amount * 100), currency: 'USD', amountBase: amount },
    ...{ baseRate: amount === null ? null : 1, time: now - one.lateMs, offsetMinutes: 0, dated: true },
    ...{ receivedAt: now, warnings: [], latitude, longitude },
    cardId: named(1, (n) => `c${n}`),
    deviceId: named(2, (n) => `d${n}`),
    ip: named(3, (n) => `203.0.${113 + (n >> 1)}.${n}`),
    merchantId: named(4, (n) => `m${n}`),
    email: named(5, (n) => `${n & 1 ? 'Ann' : 'bob'}@shop${n >> 1}.example`),
    cardBin: named(6, (n) => `41111${n}`),
    payeeId: named(7, (n) => `y${n}`),
    country: named(8, (n) => ['DE', 'FR', 'US'][n - 1]),
    productCategory: named(9, (n) => ['Toys', 'toys', 'Food'][n - 1]),
    channel: named(10, (n) => ['web', 'app', 'pos'][n - 1]),
    customerLocation: named(11, (n) => `Town ${n}`),
  } as Transaction;
}

/** Lives a history through profiles and `assess`; `look` sees each payment before it is learnt. */
function live(
  steps: Step[],
  inForce: InForce,
  look: (payment: Transaction, assessed: Assessed, past: readonly Past[]) => void,
): void {
  const profiles = createProfiles({ entityTypes });
  const past: Past[] = [];
  let sequence = 0;
  let now = T0;
  const entities = (of: Transaction) => entityKeys(of, naming);
  steps.forEach((one, i) => {
    now += one.gapMs;
    const payment = transactionOf(one, i, now);
    const event = eventOf(payment, entities(payment));
    look(
      payment,
      assess({ profiles, serving: () => undefined, policy: () => inForce }, payment, event.entities, now),
      past,
    );
    profiles.learn(event, ++sequence);
    past.push({ transaction: payment, order: event.id, label: undefined, outcomes: new Set() });
    for (const { back, what } of one.tell) {
      const about = past[Math.max(0, i - back)];
      const told = eventOf(about.transaction, entities(about.transaction));
      const outcome = PAYMENT_EVENT_TYPES.indexOf(what as PaymentEventType);
      if (outcome >= 0) {
        about.outcomes.add(what);
        profiles.tell(told, outcome, ++sequence);
        continue;
      }
      about.label = what === 'fraud' || what === 'legitimate' ? what : undefined;
      const code = what === 'fraud' ? LABEL_FRAUD : what === 'legitimate' ? LABEL_LEGITIMATE : LABEL_UNKNOWN;
      profiles.label(told, [onlyWord(code)], ++sequence);
    }
    if (one.again === null) return;
    const again = past[Math.max(0, i - one.again)].transaction;
    profiles.learn(eventOf(again, entities(again)), ++sequence);
  });
}

function isClose(value: number, expected: number, name: string): boolean {
  if (Object.is(value, expected)) return true;
  // Sums go in another order, distances by another formula; everything else is bit for bit.
  if (name === 'km') return Math.abs(value - expected) <= 1e-6 * Math.max(1, expected);
  if (name === 'sum' || name === 'mean') return Math.abs(value - expected) <= 1e-9 * Math.max(1, expected);
  return false;
}

interface Seen {
  payments: number;
  marked: number;
  hits: Map<string, number>;
}

/** Where each call's number lies, and a look that holds it and its rule's hit against the slow reading. */
function checking(calls: Asked[], inForce: InForce, seen: Seen) {
  const slots = calls.map((call, i) => {
    const [slot] = inForce.definitions.flatMap((one, at) => (sameCall(one, call) ? [at] : []));
    assert.ok(slot !== undefined, `${call.text} of rule r${i} is asked for`);
    return slot;
  });
  return (payment: Transaction, { decision, rules }: Assessed, past: readonly Past[]) => {
    seen.payments++;
    const own = new Map<string, OwnPast | undefined>(entityTypes.map((one) => [one, ownPast(past, payment, one)]));
    const hits = new Set(decision.rules.map((hit) => hit.id));
    const marked = new Set(rules!.approximate ?? []);
    calls.forEach((call, i) => {
      // All are evaluated; each payment is held to every third.
      if ((i + seen.payments) % 3 !== 0) return;
      const of = own.get(call.entity);
      const value = rules!.vector[slots[i]];
      const told = () => `${call.text} of ${payment.id}`;
      if (marked.has(slots[i])) {
        assert.ok(reachesBeyond(call, of, payment), `${told()} is marked without need`);
        seen.marked++;
        return;
      }
      const expected = velocity(call, of, payment);
      assert.ok(isClose(value, expected, call.name), `${told()}: ${value}, not ${expected}`);
      const shouldHit = call.name === 'isFirst' ? expected === 1 : value >= AT_LEAST[call.name];
      assert.equal(hits.has(`r${i}`), shouldHit, `a hit of ${told()}, which is ${expected}`);
      if (shouldHit) seen.hits.set(call.name, (seen.hits.get(call.name) ?? 0) + 1);
    });
  };
}

function sameCall({ name }: FeatureDefinition, { name: called, entity, counterpart, windowMs, outcome }: VelocityCall) {
  const window = windowMs === undefined ? undefined : `${windowMs / 1000}s`;
  return name === `${called}(${[entity, counterpart, window, outcome].filter((one) => one !== undefined).join(',')})`;
}

test(`every velocity call of a rule means what a scan of the whole past says, on ${PAYMENTS} payments with ties, late and repeated ones`, () => {
  const inForce = policyOf(CALLS.map(whenOf));
  const seen = { payments: 0, marked: 0, hits: new Map<string, number>() };
  const check = checking(CALLS, inForce, seen);
  const history = fc.array(step, { minLength: 1, maxLength: 150, size: 'max' });
  for (let round = 0; seen.payments < PAYMENTS && round < PAYMENTS; round++)
    fc.assert(
      fc.property(history, (steps) => live(steps, inForce, check)),
      { numRuns: 10 },
    );
  assert.ok(seen.payments >= PAYMENTS);
  assert.equal(seen.marked, 0, 'nobody has more than is kept');
  for (const name of [...Object.keys(AT_LEAST), 'isFirst']) assert.ok(seen.hits.get(name)! > 0, `${name} hits`);
});

test('beyond an entity’s newest 512 events a value is marked, and what is not marked is exact', () => {
  const calls = CALLS.filter(({ entity }) => ['user', 'card', 'merchant', 'network', 'bin'].includes(entity));
  const inForce = policyOf(calls.map(whenOf));
  // 1,200 payments of one merchant and network and of two users within days. Only the first have a place, and few a
  // mailbox of another name: what is looked for has fallen out of what is kept.
  const steps = fc.sample(step, { numRuns: 1_200 }).map((one, i): Step => {
    const names = one.names.map((name, at) => (at === 0 ? 0 : at === 3 || at === 4 ? 1 : name));
    if (names[5] === 3 && i >= 300 && i % 211 !== 0) names[5] = 1;
    return { ...one, names, gapMs: one.gapMs % 600_000, place: i < 200 ? one.place : null };
  });
  const seen = { payments: 0, marked: 0, hits: new Map<string, number>() };
  const check = checking(calls, inForce, seen);
  let at = 0;
  live(steps, inForce, (payment, assessed, past) => {
    if (at++ % 13 === 0) check(payment, assessed, past);
  });
  assert.ok(seen.marked > 1_000, `${seen.marked} marked`);
});

test('a velocity call is the catalogue’s feature where both are there, bit for bit', () => {
  const CALLED: Record<string, string> = {
    ...{ count: 'count', sum: 'sum', average: 'mean', maximum: 'max', distinct: 'distinct', frauds: 'frauds' },
    ...{ outcomes: 'count', sinceLast: 'sinceLast', first: 'isFirst', distanceSinceLast: 'km' },
  };
  const pairs = catalogueFor(entityTypes).flatMap((definition) => {
    const { operation, entity, field, windowSeconds: seconds, delaySeconds, parameters } = definition;
    const name = CALLED[operation];
    if (name === undefined || delaySeconds !== undefined) return [];
    const window = seconds === undefined ? undefined : `${seconds}s`;
    const parts = [entity, field, window, parameters?.outcome].filter((one) => one !== undefined);
    return [{ feature: definition, call: `${name}(${parts.map((one) => `"${one}"`).join(', ')})` }];
  });
  assert.ok(pairs.length > 60, `${pairs.length} pairs`);
  const number = (call: string) => (call.startsWith('isFirst') ? call : `${call} >= 1`);
  const inForce = policyOf(pairs.flatMap(({ feature, call }) => [`features.${feature.name} >= 1`, number(call)]));
  const slotOf = (name: string) => {
    const slot = inForce.definitions.findIndex((one) => one.name === name);
    assert.ok(slot >= 0, name);
    return slot;
  };
  const slots = pairs.map(({ feature, call }) => [slotOf(feature.name), slotOf(call.replaceAll(/["\s]/g, ''))]);
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 120, size: 'max' }), (steps) =>
      live(steps, inForce, (payment, { decision, rules }) => {
        const hits = new Set(decision.rules.map((hit) => hit.id));
        pairs.forEach(({ feature, call }, i) => {
          const [one, other] = slots[i].map((slot) => rules!.vector[slot]);
          const told = `${feature.name} ${one}, ${call} ${other}, of ${payment.id} by ${nameOf(payment, feature.entity!)}`;
          assert.ok(Object.is(one, other), told);
          assert.equal(hits.has(`r${2 * i}`), hits.has(`r${2 * i + 1}`), told);
        });
      }),
    ),
    { numRuns: 40 },
  );
});
