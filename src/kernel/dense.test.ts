import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { naiveDenseScorer, naiveDenseTrainer } from './dense.naive.ts';
import { type DenseLayout, denseLayout, denseScorer, denseTrainer } from './dense.ts';
import { createKernel } from './kernel.ts';

const number = fc.float({ min: -2, max: 2, noNaN: true });
const size = fc.integer({ min: 1, max: 37 });
const sizes = fc
  .tuple(size, size, size)
  .chain(([a, b, c]) => fc.constantFrom([a, 1], [a, b, 1], [a, b, c, 1], [a, b, c, 2]));
const cases = fc.record({
  sizes,
  rows: fc.integer({ min: 1, max: 11 }),
  dropout: fc.constantFrom(0, 0.3),
  values: fc.infiniteStream(number),
});

/** Random numbers where the true sizes are, zeros in the padding. */
function fillParameters(layout: DenseLayout, target: Float32Array, next: () => number): void {
  for (let layer = 0; layer + 1 < layout.sizes.length; layer++) {
    const n = layout.widths[layer + 1];
    for (let j = 0; j < layout.sizes[layer + 1]; j++) {
      target[layout.biases[layer] + j] = next();
      for (let i = 0; i < layout.sizes[layer]; i++) target[layout.weights[layer] + i * n + j] = next();
    }
  }
}

test('scores and trained weights have the bits of the twin', () => {
  fc.assert(
    fc.property(cases, (given) => {
      const kernel = createKernel();
      const layout = denseLayout(given.sizes);
      const next = () => given.values.next().value as number;
      const options = { batch: 8, dropout: given.dropout, state: Uint32Array.of(1, 22, 333, 4444) };
      const fast = denseTrainer(layout, options, kernel);
      const slow = naiveDenseTrainer(layout, options);
      fillParameters(layout, fast.parameters, next);
      slow.parameters.set(fast.parameters);
      const [matrix, order] = [fast.matrix(given.rows), fast.order(given.rows)];
      for (let row = 0; row < given.rows; row++) {
        order[row] = (row * 7 + 3) % given.rows;
        for (let i = 0; i < given.sizes[0]; i++) matrix[row * layout.widths[0] + i] = next();
      }
      const rates = { rate: 0.05, beta1: 0.9, beta2: 0.999, epsilon: 1e-7, decay: 0.01 };
      const width = layout.widths.at(-1)!;
      for (let from = 0; from < given.rows; from += 8) {
        const count = Math.min(8, given.rows - from);
        for (const trainer of [fast, slow]) {
          trainer.forward(matrix, order, from, count, true);
          trainer.derivatives.fill(0);
          for (let i = 0; i < count; i++) trainer.derivatives[i * width] = trainer.outputs[i * width] - 0.5;
          trainer.step(count, rates);
        }
        assert.deepEqual([...fast.outputs], [...slow.outputs]);
      }
      assert.deepEqual([...fast.parameters], [...slow.parameters]);
      const scorers = [denseScorer(layout, fast.parameters, kernel), naiveDenseScorer(layout, slow.parameters)];
      for (const scorer of scorers) for (let i = 0; i < given.sizes[0]; i++) scorer.input[i] = matrix[i];
      assert.equal(scorers[0].score(), scorers[1].score());
    }),
    { seed: 5, numRuns: 60 },
  );
});

test('the gradient is the slope of the loss', () => {
  // One Adam step from rest moves each weight by the rate against its gradient's sign, so signs can be read off.
  const layout = denseLayout([3, 5, 1]);
  const options = { batch: 4, dropout: 0, state: Uint32Array.of(1, 2, 3, 4) };
  const rates = { rate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-12, decay: 0 };
  const random = lehmer(99);
  const start = new Float32Array(layout.length);
  fillParameters(layout, start, () => random() * 2 - 1);
  const loss = (parameters: Float32Array, take: boolean) => {
    const trainer = denseTrainer(layout, options, createKernel());
    trainer.parameters.set(parameters);
    const [matrix, order] = [trainer.matrix(4), trainer.order(4)];
    const values = lehmer(7);
    for (let row = 0; row < 4; row++) for (let i = 0; i < 3; i++) matrix[4 * row + i] = values() * 2 - 1;
    for (let row = 0; row < 4; row++) order[row] = row;
    trainer.forward(matrix, order, 0, 4, false);
    let sum = 0;
    for (let row = 0; row < 4; row++) {
      const error = trainer.outputs[4 * row] - (row % 2);
      sum += 0.5 * error * error;
      trainer.derivatives[4 * row] = error;
    }
    if (take) trainer.step(4, rates);
    return { sum, after: trainer.parameters };
  };
  const { after } = loss(start, true);
  let checked = 0;
  for (let i = 0; i < layout.length; i++) {
    const moved = after[i] - start[i];
    const up = Float32Array.from(start);
    const down = Float32Array.from(start);
    up[i] += 1e-2;
    down[i] -= 1e-2;
    const slope = (loss(up, false).sum - loss(down, false).sum) / 2e-2;
    if (Math.abs(slope) < 0.02 || start[i] === 0) continue;
    assert.equal(Math.sign(moved), -Math.sign(slope), `parameter ${i}`);
    checked++;
  }
  assert.ok(checked > 10);
});

test('a weight that fades away becomes zero, never subnormal', () => {
  const layout = denseLayout([1, 1]);
  const trainer = denseTrainer(layout, { batch: 1, dropout: 0, state: Uint32Array.of(1, 2, 3, 4) }, createKernel());
  trainer.parameters.fill(1e-35);
  trainer.forward(trainer.matrix(1), trainer.order(1), 0, 1, true);
  trainer.step(1, { rate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, decay: 0 });
  assert.ok(trainer.parameters.every((weight) => weight === 0));
});

function lehmer(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48271) % 2147483647) / 2147483647;
}
