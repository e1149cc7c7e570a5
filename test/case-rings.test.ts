import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CASE_ENTITIES } from '../src/domain/case.ts';
import { entityTypesWith } from '../src/domain/entity.ts';
import type { Transaction } from '../src/domain/transaction.ts';
import { entityKeys, entityName, eventOf } from '../src/engine/event.ts';
import { joiningOf } from '../src/engine/joining.ts';
import { createProfiles } from '../src/profiles/memory.ts';
import { emptyCaseFold } from '../src/projections/case-fold.ts';
import { addAlert } from '../src/projections/case-joining.ts';
import { createRandom, type Random } from '../src/training/generator/random.ts';
import { T0 } from './support/records.ts';

const DAY = 86_400_000;
const RULE = { windowMs: 21 * DAY, hub: 50 };
const naming = { entityTypes: entityTypesWith(), entityFields: {} };
const ACCOUNTS = 20;
const WEEKS = 3;

interface Paid {
  transaction: Transaction;
  /** Of the ring; -1: a bystander's. */
  ring: number;
  isAlert: boolean;
}

/**
 * Two rings of 20 accounts over three weeks, each sharing a few devices, cards and mailboxes, all behind one proxy; behind it, too,
 * 120 bystanders, who use a kiosk and a mailbox of a shop as some of both rings do.
 */
function world(random: Random): Paid[] {
  const paid: Paid[] = [];
  const add = (ring: number, at: number, alert: number, fields: Partial<Transaction>) =>
    paid.push({
      ring,
      isAlert: random.chance(alert),
      transaction: {
        amount: 50,
        time: T0 + at,
        ip: '203.0.113.9',
        type: 'payment',
        ...fields,
      } as unknown as Transaction,
    });
  const strangers = () => ({
    ...(random.chance(0.3) ? { deviceId: 'kiosk' } : {}),
    ...(random.chance(0.3) ? { email: 'orders@shop.example' } : {}),
  });
  for (let ring = 0; ring < 2; ring++) {
    const devices = random.int(2, 4);
    for (let account = 0; account < ACCOUNTS; account++) {
      const name = `r${ring}a${account}`;
      for (let times = random.int(2, 5); times > 0; times--)
        add(ring, random.between(0, WEEKS * 7 * DAY), 0.7, {
          ...{ userId: name, deviceId: `r${ring}d${random.int(1, devices)}`, email: `${name}@mail.example` },
          cardId: random.chance(0.3) ? `r${ring}c${random.int(1, 5)}` : `${name}c`,
          ...(random.chance(0.2) ? { email: `r${ring}@mail.example` } : {}),
          // Now and then from where strangers are.
          ...(random.chance(0.1) ? strangers() : {}),
        });
    }
  }
  // The kiosk and the shop have been there for long.
  for (let person = 0; person < 100; person++)
    for (const place of [{ deviceId: 'kiosk' }, { email: 'orders@shop.example' }])
      add(-1, -random.between(31, 90) * DAY, 0.15, { userId: `e${person}`, cardId: `e${person}c`, ...place });
  for (let person = 0; person < 120; person++)
    for (let times = random.int(1, 4); times > 0; times--)
      add(-1, random.between(-30 * DAY, WEEKS * 7 * DAY), 0.15, {
        ...{ userId: `b${person}`, deviceId: `b${person}d`, cardId: `b${person}c`, email: `b${person}@mail.example` },
        ...strangers(),
      });
  paid.sort((a, b) => a.transaction.time - b.transaction.time);
  for (const [index, { transaction }] of paid.entries()) transaction.id = `t${index}`;
  return paid;
}

/** Members of each case, and of each ring the share of its alerts in its largest case. */
function casesOf(paid: Paid[]) {
  const profiles = createProfiles({ entityTypes: naming.entityTypes });
  const fold = emptyCaseFold();
  for (const [index, { transaction, isAlert }] of paid.entries()) {
    const sequence = index + 1;
    const event = eventOf(transaction, entityKeys(transaction, naming));
    if (isAlert)
      addAlert(fold, {
        ...{
          transactionId: transaction.id,
          sequence,
          at: transaction.time,
          time: transaction.time,
          score: 60,
          rules: [],
        },
        ...{
          decision: 'review',
          amount: 50,
          amountAtRisk: 30,
          joining: joiningOf(profiles, event, RULE, { at: 0, score: 60 }),
        },
        keys: CASE_ENTITIES.map((type) => event.entities[naming.entityTypes.indexOf(type)]),
        values: CASE_ENTITIES.map((type) => entityName(transaction, type, naming)),
      });
    profiles.learn(event, sequence);
  }
  const rings = new Map<string, number[]>();
  for (const [id, { caseId }] of fold.alerts)
    rings.set(caseId, [...(rings.get(caseId) ?? []), paid[Number(id.slice(1))].ring]);
  return [...rings.values()];
}

test('a ring of 20 accounts over three weeks is one case, and no case joins two rings or bystanders', (t) => {
  const random = createRandom(20);
  let [whole, rings, mixed, worlds, alerts] = [0, 0, 0, 0, 0];
  for (; worlds < 20; worlds++) {
    const cases = casesOf(world(random));
    const isMixed = cases.some((members) => members.some((ring) => ring >= 0) && new Set(members).size > 1);
    if (isMixed) mixed++;
    for (const ring of [0, 1]) {
      const own = cases.filter((members) => members.includes(ring));
      alerts += own.flat().length;
      if (own.length === 1) whole++;
      rings++;
    }
  }
  t.diagnostic(
    `${whole} of ${rings} rings are one case, ${mixed} of ${worlds} worlds have a mixed one; ${alerts} alerts`,
  );
  assert.ok(whole >= 0.9 * rings, `${whole} of ${rings} rings are one case`);
  assert.ok(mixed <= worlds / 20, `${mixed} of ${worlds} worlds have a case of strangers`);
});
