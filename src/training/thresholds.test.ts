import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  type CostMatrix,
  DEFAULT_COSTS,
  NEVER,
  thresholdsByBudget,
  thresholdsByCost,
  thresholdsByPrecision,
  totalCost,
} from './thresholds.ts';

const costs: CostMatrix = {
  missedShare: 1,
  missedFee: 0,
  review: 5,
  reviewCatches: 1,
  declinedShare: 0,
  declinedFee: 20,
};

const rowArbitrary = fc.record({
  probability: fc.constantFrom(0.01, 0.05, 0.2, 0.4, 0.7, 0.95),
  label: fc.integer({ min: 0, max: 1 }),
  amount: fc.integer({ min: 0, max: 200 }),
});

const judged = (rows: { probability: number; label: number; amount: number }[], times = rows.map((_, i) => i)) => ({
  probabilities: rows.map(({ probability }) => probability),
  labels: rows.map(({ label }) => label),
  amounts: rows.map(({ amount }) => amount),
  times,
});

test('by cost, by hand: decline what is surely fraud, review what may be, approve the rest', () => {
  const rows = judged([
    { probability: 0.9, label: 1, amount: 100 },
    { probability: 0.9, label: 1, amount: 80 },
    { probability: 0.5, label: 1, amount: 100 },
    { probability: 0.5, label: 0, amount: 10 },
    { probability: 0.1, label: 0, amount: 10 },
  ]);
  assert.deepEqual(thresholdsByCost(rows, costs), { review: 0.5, decline: 0.9 });
  assert.equal(totalCost(rows, costs, { review: 0.5, decline: 0.9 }), 10);
  assert.equal(totalCost(rows, costs, { review: NEVER, decline: NEVER }), 280);
});

test('no pair of thresholds costs less than the chosen one', () => {
  fc.assert(
    fc.property(fc.array(rowArbitrary, { maxLength: 40 }), fc.boolean(), (list, usual) => {
      const matrix = usual ? DEFAULT_COSTS : costs;
      const rows = judged(list);
      const chosen = thresholdsByCost(rows, matrix);
      assert.ok(chosen.review <= chosen.decline);
      const cost = totalCost(rows, matrix, chosen);
      const places = [...new Set(rows.probabilities), NEVER];
      for (const review of places) {
        for (const decline of places.filter((place) => place >= review)) {
          assert.ok(cost <= totalCost(rows, matrix, { review, decline }) + 1e-6);
        }
      }
    }),
  );
});

test('by budget: as many alerts as fit, equal probabilities together, declines at the wanted precision', () => {
  const list = [
    { probability: 0.9, label: 1, amount: 1 },
    { probability: 0.8, label: 1, amount: 1 },
    { probability: 0.7, label: 0, amount: 1 },
    { probability: 0.6, label: 1, amount: 1 },
    { probability: 0.6, label: 0, amount: 1 },
    { probability: 0.1, label: 0, amount: 1 },
  ];
  const rows = judged(list);
  assert.deepEqual(thresholdsByBudget(rows, { alertShare: 0.5, declinePrecision: 1 }), { review: 0.7, decline: 0.8 });
  assert.deepEqual(thresholdsByBudget(rows, { alertShare: 4 / 6, declinePrecision: 0.6 }), {
    review: 0.7,
    decline: 0.7,
  });
  assert.deepEqual(thresholdsByBudget(rows, { alertShare: 0, declinePrecision: 1 }), { review: NEVER, decline: NEVER });
  assert.throws(() => thresholdsByBudget(rows, { declinePrecision: 1 }), RangeError);
});

test('by precision: as many as keep the wanted share of frauds', () => {
  const list = [1, 1, 0, 1, 0, 0, 0].map((label, i) => ({ probability: 0.9 - i / 10, label, amount: 1 }));
  const rows = judged(list);
  const places = (flagged: number, declined: number) => {
    const { review, decline } = thresholdsByPrecision(rows, { flagged, declined });
    return [review, decline].map((threshold) => list.filter(({ probability }) => probability >= threshold).length);
  };
  assert.deepEqual(places(0.6, 1), [5, 2]);
  assert.deepEqual(places(0.75, 0.75), [4, 4]);
  assert.deepEqual(places(0.4, 0.7), [7, 4]);
  // What is wanted of the declined is less than of the flagged: all of them are declined.
  assert.deepEqual(places(1, 0.5), [2, 2]);
  const clean = judged([{ probability: 0.9, label: 0, amount: 1 }]);
  assert.deepEqual(thresholdsByPrecision(clean, { flagged: 0.1, declined: 1 }), { review: NEVER, decline: NEVER });
  assert.throws(() => thresholdsByPrecision(clean, { flagged: 0, declined: 1 }), RangeError);
});

test('a budget a day counts the days there are', () => {
  const day = 86_400_000;
  const list = [0.9, 0.8, 0.7, 0.6, 0.5, 0.4].map((probability) => ({ probability, label: 0, amount: 1 }));
  const rows = judged(list, [0, 1, 2, day, day + 1, day + 2]);
  assert.deepEqual(thresholdsByBudget(rows, { alertsPerDay: 2, declinePrecision: 0.5 }), {
    review: 0.6,
    decline: NEVER,
  });
});
