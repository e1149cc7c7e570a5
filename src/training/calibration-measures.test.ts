import assert from 'node:assert/strict';
import { test } from 'node:test';
import { calibrationLine, topFrauds } from './calibration-measures.ts';
import { seededRandom } from './gbdt/random.ts';

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

/** Log-odds between −6 and 3, and labels drawn with just these odds. */
function truth(rows: number) {
  const random = seededRandom(3);
  const logOdds = Array.from({ length: rows }, () => -6 + 9 * random());
  return { logOdds, labels: logOdds.map((x) => (random() < sigmoid(x) ? 1 : 0)) };
}

test('the line is 1 and 0 where probabilities are right, flat where they are too sure, moved where they are too low', () => {
  const { logOdds, labels } = truth(60_000);
  const lineOf = (change: (x: number) => number) =>
    calibrationLine(
      logOdds.map((x) => sigmoid(change(x))),
      labels,
    );
  const near = (found: { slope: number; intercept: number }, slope: number, intercept: number) =>
    assert.ok(Math.abs(found.slope - slope) < 0.03 && Math.abs(found.intercept - intercept) < 0.05, `${found.slope}`);
  near(
    lineOf((x) => x),
    1,
    0,
  );
  near(
    lineOf((x) => 2 * x),
    0.5,
    0,
  );
  near(
    lineOf((x) => x - 1),
    1,
    1,
  );
  assert.ok(Number.isNaN(calibrationLine([0.1, 0.2], [0, 0]).slope));
  assert.ok(Number.isNaN(calibrationLine([], []).slope));
});

test('the top is as many rows as the share says, ties included, by score and not by probability', () => {
  const scores = [5, 4, 3, 3, 3, 1, 0, 0, 0, 0];
  const probabilities = [0.5, 0.5, 0.25, 0.25, 0.25, 0.5, 0, 0, 0, 0];
  const labels = [1, 0, 1, 0, 0, 1, 0, 0, 0, 0];
  assert.deepEqual(topFrauds(scores, probabilities, labels, 0.2), { rows: 2, observed: 1, expected: 1, ratio: 1 });
  const tied = topFrauds(scores, probabilities, labels, 0.3);
  assert.deepEqual([tied.rows, tied.observed, tied.expected], [5, 2, 1.75]);
  assert.equal(topFrauds(scores, probabilities, labels, 0.001).rows, 1);
});
