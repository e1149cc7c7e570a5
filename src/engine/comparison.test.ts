import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Outcome } from '../domain/decision.ts';
import type { ShadowRow } from '../domain/shadow.ts';
import { averagePrecision } from '../training/metrics.ts';
import { createComparison } from './comparison.ts';

const outcomeAt = (probability: number): Outcome =>
  probability >= 0.6 ? 'decline' : probability >= 0.3 ? 'review' : 'approve';
const opinion = (probability: number) => ({ probability, outcome: outcomeAt(probability) });
const row = (sequence: number, champion: number, shadow: number): ShadowRow => ({
  sequence,
  champion: opinion(champion),
  shadow: opinion(shadow),
});

function compare(rows: ShadowRow[], labels: [decision: number, fraud: boolean][] = []) {
  const comparison = createComparison((sequence) => rows.find((each) => each.sequence === sequence));
  rows.forEach(comparison.add);
  for (const [decision, fraud] of labels) comparison.label({ decision, fraud });
  return { ...comparison.result(), disagreements: comparison.disagreements() };
}

describe('champion and challenger', () => {
  test('nothing yet', () => {
    const { count, agreement, difference, averagePrecision: ap } = compare([]);
    assert.deepEqual([count, agreement, difference.mean, difference.greatest, ap], [0, null, null, null, null]);
  });

  test('counts, agreement and flags, by hand', () => {
    const result = compare([row(1, 0.1, 0.2), row(2, 0.1, 0.4), row(3, 0.5, 0.9), row(4, 0.7, 0.1), row(5, 0.8, 0.8)]);
    assert.equal(result.count, 5);
    assert.equal(result.agreement, 2 / 5);
    assert.deepEqual(result.outcomes, {
      approve: { approve: 1, review: 1, decline: 0 },
      review: { approve: 0, review: 0, decline: 1 },
      decline: { approve: 1, review: 0, decline: 1 },
    });
    assert.deepEqual(result.flagged, { champion: 3, challenger: 3, both: 2, championOnly: 1, challengerOnly: 1 });
    assert.equal(result.difference.greatest, 0.1 - 0.7);
    assert.ok(Math.abs(result.difference.mean! - 0.2 / 5) < 1e-12);
    assert.ok(Math.abs(result.difference.meanAbsolute! - 1.4 / 5) < 1e-12);
    assert.deepEqual(
      result.disagreements.map(({ sequence }) => sequence),
      [4, 3, 2],
    );
  });

  test('the latest label counts; one of a decision that was not scored is none', () => {
    const rows = [row(1, 0.9, 0.1), row(2, 0.1, 0.9)];
    const labels: [number, boolean][] = [
      [1, true],
      [1, false],
      [2, true],
      [2, true],
      [99, true],
    ];
    const result = compare(rows, labels);
    assert.deepEqual(result.labels, {
      fraud: 1,
      legitimate: 1,
      champion: { fraudFlagged: 0, legitimateFlagged: 1 },
      challenger: { fraudFlagged: 1, legitimateFlagged: 0 },
    });
    assert.deepEqual(result.averagePrecision, { champion: 0.5, challenger: 1 });
  });

  test('average precision is that of the training report, but for ties within a bin', () => {
    const probability = fc.integer({ min: 1, max: 400 }).map((n) => n / 401);
    fc.assert(
      fc.property(fc.array(fc.tuple(probability, probability, fc.boolean()), { minLength: 1 }), (cases) => {
        const rows = cases.map(([champion, shadow], i) => row(i + 1, champion, shadow));
        const result = compare(
          rows,
          cases.flatMap(([, , fraud], i) => (fraud ? [[i + 1, true] as [number, boolean]] : [])),
        );
        const labels = cases.map(([, , fraud]) => Number(fraud));
        if (!labels.includes(1)) return assert.equal(result.averagePrecision, null);
        for (const [side, at] of [
          ['champion', 0],
          ['challenger', 1],
        ] as const) {
          const scores = cases.map((each) => each[at]);
          const expected = averagePrecision(Float64Array.from(scores), Uint8Array.from(labels));
          assert.ok(Math.abs(result.averagePrecision![side] - expected) < 1e-12);
        }
      }),
      { seed: 11 },
    );
  });
});
