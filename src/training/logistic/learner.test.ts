import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeLogistic, logisticScorer } from '../../models/logistic.ts';
import type { Dataset } from '../dataset.ts';
import { fitLogistic, LOGISTIC_DEFAULTS, logisticLearner } from './learner.ts';
import { solveLogistic } from './newton.ts';

function dataset(columns: number[][], labels: number[]): Dataset {
  const rows = labels.length;
  return {
    features: columns.map((_, i) => `f${i}`),
    rows,
    columns: columns.map((column) => Float64Array.from(column)),
    labels: Uint8Array.from(labels),
    times: new Float64Array(rows),
    amounts: new Float64Array(rows),
    cards: new Float64Array(rows),
  };
}

const small = dataset(
  [
    [1, 2, 3, 4, 5, 6, 7, 8],
    [10, 0, 5, 1, 8, 2, 30, 3],
  ],
  [0, 0, 1, 0, 0, 1, 1, 1],
);

function close(actual: ArrayLike<number>, expected: number[], tolerance: number): void {
  assert.equal(actual.length, expected.length);
  expected.forEach((value, i) => {
    assert.ok(Math.abs(actual[i] - value) < tolerance, `${actual[i]} for ${value}`);
  });
}

test('the coefficients are those of scikit-learn 1.9.1 on standardised columns', () => {
  // LogisticRegression(C, class_weight, solver="newton-cholesky", tol=1e-14) after StandardScaler.
  const cases = [
    { c: 1, positiveWeight: 1, found: [0.020129735329947086, 0.8971568253556322, 0.26697421241251545] },
    { c: 0.1, positiveWeight: 'balanced', found: [0.0005344097150115151, 0.21435997823245495, 0.08558835126292641] },
    { c: 10, positiveWeight: 3, found: [1.176438510027312, 1.5684223821212182, 0.42395491868562774] },
  ] as const;
  for (const { c, positiveWeight, found } of cases) {
    const fitted = logisticLearner.fit(small, undefined, { ...LOGISTIC_DEFAULTS, c, positiveWeight, tails: 'keep' });
    const { intercept, coefficients } = decodeLogistic(fitted.toArtifact().head);
    close([intercept, ...coefficients], [...found], 1e-9);
  }
});

test('one input that is always 1 or −1, by hand', () => {
  // Three in four rows at 1 are fraud, one in four at −1: the intercept is 0 and w solves w = c × 8 × (3/4 − σ(w)).
  const values = Float64Array.of(1, 1, 1, 1, -1, -1, -1, -1);
  const labels = Uint8Array.of(1, 1, 1, 0, 1, 0, 0, 0);
  const design = { rows: 8, width: 1, values, labels, weights: new Float64Array(8).fill(1) };
  const { intercept, coefficients } = solveLogistic(design, 2);
  const [w] = coefficients;
  close([intercept], [0], 1e-12);
  close([w], [2 * 8 * (0.75 - 1 / (1 + Math.exp(-w)))], 1e-9);
  // Without a penalty the share of frauds is met exactly: w = ln 3.
  close(solveLogistic(design, 1e9).coefficients, [Math.log(3)], 1e-6);
});

test('contributions sum to the score, and an artifact scores as the model it came from', () => {
  const holes = dataset(
    [...small.columns.map((column) => [...column]), [1, Number.NaN, 2, 2, Number.NaN, 7, 1, 900]],
    [...small.labels],
  );
  for (const tails of ['keep', 'clip', 'log'] as const) {
    const fitted = logisticLearner.fit(holes, undefined, { ...LOGISTIC_DEFAULTS, tails });
    const { kind, head } = fitted.toArtifact();
    assert.equal(kind, 'logistic');
    const served = logisticScorer(decodeLogistic(JSON.parse(JSON.stringify(head))));
    const out = new Float64Array(3);
    fc.assert(
      fc.property(fc.array(fc.double(), { minLength: 3, maxLength: 3 }), (values) => {
        const vector = Float64Array.from(values);
        const score = fitted.score(vector);
        const base = fitted.explain(vector, out);
        const sum = base + out[0] + out[1] + out[2];
        assert.ok(Math.abs(sum - score) <= 1e-9 * (1 + Math.abs(score)));
        assert.equal(served.score(vector), score);
      }),
      { seed: 3 },
    );
    // A row at the mean of everything explains nothing.
    if (tails === 'keep') {
      fitted.explain(Float64Array.of(4.5, 7.375, Number.NaN), out);
      close([out[0], out[1]], [0, 0], 1e-12);
    }
  }
});

test('the treatment of tails is chosen on validation', () => {
  // The log-odds follow the logarithm of the value, so that is what ranks a later part best.
  const rows = (count: number, shift: number) => {
    const x = Array.from({ length: count }, (_, i) => Math.exp(((i * 37 + shift) % 100) / 8));
    const noise = (i: number) => ((i * 7919 + shift) % 101) / 101;
    return dataset(
      [x, x.map((_, i) => noise(i))],
      x.map((value, i) => (Math.log(value) / 12 > noise(i * 3) ? 1 : 0)),
    );
  };
  const options = { ...LOGISTIC_DEFAULTS, choice: 'logLoss' as const };
  const fitted = fitLogistic(rows(400, 0), rows(300, 5), options);
  assert.equal(fitted.tails, 'log');
  assert.equal(fitLogistic(rows(400, 0), undefined, options).tails, 'keep');
  assert.equal(fitLogistic(small, dataset([[1], [2]], [0])).tails, 'keep');
  // What differs by noise alone is left as it is.
  assert.equal(fitLogistic(small, small, options).tails, 'keep');
  const log = logisticLearner.fit(rows(400, 0), undefined, { ...options, tails: 'log' });
  assert.deepEqual(fitted.toArtifact(), log.toArtifact());
});

test('one class only, and malformed options or heads', () => {
  const clean = dataset([[1, 2, 3]], [0, 0, 0]);
  const fitted = logisticLearner.fit(clean, undefined, LOGISTIC_DEFAULTS);
  close([fitted.score(Float64Array.of(9))], [Math.log(0.5 / 3.5)], 1e-12);
  assert.throws(() => logisticLearner.fit(small, undefined, { ...LOGISTIC_DEFAULTS, c: 0 }), RangeError);
  const { head } = fitted.toArtifact();
  for (const change of [
    { format: 2 },
    { coefficients: [1, 2] },
    { coefficients: null },
    { intercept: 'x' },
    { columns: 1 },
  ]) {
    assert.throws(() => decodeLogistic({ ...head, ...change }), { code: 'invalid_request' });
  }
});
