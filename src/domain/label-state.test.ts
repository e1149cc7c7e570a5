import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DISPUTE_STATUSES } from './dispute.ts';
import type { Statement } from './label.ts';
import { type Life, labelStateOf, truthOf } from './label-state.ts';
import { eventName, isVoided, PAYMENT_EVENT_TYPES, type PaymentEvent, remainingMinor } from './payment-event.ts';

const DAY = 86_400_000;
const T = 1_000 * DAY;
const blank: Life = { decision: 'approve', time: T, amountMinor: 100, statements: [], events: [], disputes: [] };
const fraud: Statement = { label: 'fraud', source: 'analyst', pinned: false, time: T, sequence: 1, ranked: true };
const event = (type: PaymentEvent['type'], day = 0, amountMinor?: number): PaymentEvent => ({
  ...{ type, at: T + day * DAY },
  ...(amountMinor === undefined ? {} : { amountMinor }),
});
const stateAt = (life: Partial<Life>, day: number) => labelStateOf(truthOf({ ...blank, ...life }), T + day * DAY, 90);

test('the state of a truth: confirmed, presumed, immature, blocked', () => {
  const dispute = (status: 'open' | 'won' | 'lost' | 'reversed', day: number, sequence = 1) => ({
    ...{ id: 'd', status, at: T + day * DAY, sequence },
  });
  const table: [life: Partial<Life>, day: number, state: string][] = [
    [{}, 0, 'immature'],
    [{}, 89.99, 'immature'],
    [{}, 90, 'presumed'],
    [{ statements: [fraud] }, 0, 'fraud'],
    [{ statements: [{ ...fraud, label: 'legitimate' }] }, 0, 'legitimate'],
    [{ statements: [fraud, { ...fraud, label: 'none', sequence: 2 }] }, 100, 'presumed'],
    // Not executed.
    [{ decision: undefined }, 200, 'blocked'],
    [{ decision: 'decline' }, 200, 'blocked'],
    [{ decision: 'review' }, 200, 'blocked'],
    [{ decision: 'decline', statements: [fraud] }, 200, 'fraud'],
    [{ events: [event('refused')] }, 200, 'blocked'],
    [{ events: [event('authorized'), event('voided')] }, 200, 'blocked'],
    [{ decision: 'review', review: { action: 'cancel', at: T } }, 200, 'blocked'],
    [{ decision: 'review', events: [event('authorized')], review: { action: 'cancel', at: T } }, 200, 'blocked'],
    // A void of a part leaves the rest.
    [{ events: [event('voided', 0, 40)] }, 200, 'presumed'],
    [{ events: [event('voided', 0, 40), event('voided', 1, 60)] }, 200, 'blocked'],
    // Refused first, then let through; told in either order.
    [{ events: [event('refused', 0), event('authorized', 1)] }, 200, 'presumed'],
    [{ events: [event('authorized', 1), event('refused', 0)] }, 200, 'presumed'],
    [{ events: [event('authorized', 0), event('refused', 1)] }, 200, 'blocked'],
    // Money that moved was executed, whatever else is told.
    [{ events: [event('settled', 0), event('refused', 1)] }, 200, 'presumed'],
    [{ events: [event('settled', 2), event('voided', 1)] }, 200, 'presumed'],
    [{ events: [event('settled'), event('refunded', 5)] }, 200, 'presumed'],
    // What was held counts from its release.
    [{ decision: 'review', review: { action: 'release', at: T + 5 * DAY } }, 94, 'immature'],
    [{ decision: 'review', review: { action: 'release', at: T + 5 * DAY } }, 95, 'presumed'],
    [{ decision: 'decline', finalizedAt: T + DAY }, 90, 'immature'],
    [{ decision: 'decline', finalizedAt: T + DAY }, 91, 'presumed'],
    [{ decision: 'review', events: [event('settled', 3), event('authorized', 1)] }, 91, 'presumed'],
    // Disputed for whatever reason: not presumed while that stands, and 90 days from its end.
    [{ disputes: [dispute('open', 10)] }, 500, 'immature'],
    [{ disputes: [dispute('lost', 10)] }, 500, 'immature'],
    [{ disputes: [dispute('open', 10), dispute('won', 30, 2)] }, 119, 'immature'],
    [{ disputes: [dispute('open', 10), dispute('won', 30, 2)] }, 120, 'presumed'],
    [{ disputes: [dispute('won', 30, 1), dispute('open', 10, 2)] }, 120, 'presumed'],
    [{ disputes: [dispute('won', 30), { ...dispute('open', 5), id: 'e' }] }, 500, 'immature'],
  ];
  for (const [life, day, state] of table) assert.equal(stateAt(life, day), state, JSON.stringify([life, day]));
});

test('what is at stake: net of voids and refunds, nothing where it was refused', () => {
  const table: [events: PaymentEvent[], rest: number][] = [
    [[], 100],
    [[event('authorized'), event('settled')], 100],
    [[event('refused')], 0],
    [[event('refused', 0), event('authorized', 1)], 100],
    [[event('voided')], 0],
    [[event('settled', 0, 60), event('voided', 1, 40)], 60],
    [[event('settled'), event('refunded', 1, 30), event('refunded', 2, 30)], 40],
    [[event('settled'), event('refunded', 1, 30), event('refunded', 2)], 0],
    [[event('settled'), event('refunded', 1, 500)], 0],
  ];
  for (const [events, rest] of table) assert.equal(remainingMinor(100, events), rest, JSON.stringify(events));
  assert.equal(isVoided(0, []), false, 'nothing was taken back of a payment of 0');
  assert.notEqual(eventName(event('refunded', 1)), eventName(event('refunded', 1, 100)));
});

const life = fc.record<Life>({
  decision: fc.constantFrom('approve', 'review', 'decline', undefined),
  time: fc.constant(T),
  amountMinor: fc.constantFrom(0, 100),
  statements: fc.constant([]),
  events: fc.array(
    fc
      .record({
        type: fc.constantFrom(...PAYMENT_EVENT_TYPES),
        day: fc.nat(5),
        part: fc.constantFrom(undefined, 40, 100),
      })
      .map(({ type, day, part }) => event(type, day, part)),
    { maxLength: 5 },
  ),
  disputes: fc.array(
    fc.record({
      id: fc.constantFrom('d', 'e'),
      status: fc.constantFrom(...DISPUTE_STATUSES),
      at: fc.nat(5).map((day) => T + day * DAY),
      sequence: fc.nat(9),
    }),
    { maxLength: 4 },
  ),
});

test('a state is free of the order in which it was told, and time alone only makes immature presumed', () => {
  fc.assert(
    fc.property(life, (told) => {
      const truth = truthOf(told);
      const turned = { ...told, events: told.events.toReversed() };
      assert.deepEqual(truthOf(turned), truth);
      const states = [0, 50, 90, 95, 100, 10_000].map((day) => labelStateOf(truth, T + day * DAY, 90));
      if (truth.kind === 'open') {
        assert.equal(states[0], 'immature');
        assert.equal(states.at(-1), 'presumed');
        assert.deepEqual(states, states.toSorted(), 'never back');
      } else assert.equal(new Set(states).size, 1);
    }),
    { numRuns: 5_000 },
  );
});
