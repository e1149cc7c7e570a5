import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FAULTS } from './simulator/faults.ts';
import { runSeed } from './simulator/world.ts';

/** More of both by `npm run simulate`. */
const SEEDS = Number(process.env.SIMULATOR_SEEDS ?? 15);
/** Caught within so many seeds; the rest of the list takes longer, and `npm run simulate -- --faults` shows it. */
const FAULT_SEEDS = 10;
const RARE = [
  ...['predecessor-dropped', 'erasure-not-noted', 'erasure-not-redone', 'learnt-before-taken', 'find-hasty'],
  ...['deletion-forgotten', 'spare-shared', 'segment-written-over', 'sync-now-and-then', 'offset-forgotten'],
  ...['snapshot-of-the-undurable', 'snapshot-ahead', 'tail-not-sealed', 'unsynced-tail-believed', 'no-space-unnoticed'],
  ...['cut-before-its-base', 'kept-not-synced'],
];

test('whatever a seed brings, what was promised holds', async () => {
  let paid = 0;
  let takeovers = 0;
  let cut = 0;
  for (let seed = 1; seed <= SEEDS; seed++) {
    const outcome = await runSeed(seed).catch((error) => {
      throw new Error(`npm run simulate -- --seed ${seed}: ${error.message}`, { cause: error });
    });
    paid += outcome.paid;
    takeovers += outcome.takeovers;
    cut += outcome.cut;
  }
  assert.ok(paid > 5 * SEEDS && takeovers > SEEDS && cut > 0, `${paid} paid, ${takeovers} taken over, ${cut} cut`);
});

test('a seed lives through the same every time', async () => {
  for (const seed of [3, 7]) assert.deepEqual(await runSeed(seed), await runSeed(seed));
});

test('faults of our own code are caught', async () => {
  assert.ok(FAULTS.length >= 35 && new Set(FAULTS.map(({ name }) => name)).size === FAULTS.length);
  for (const { name, seams } of FAULTS) {
    if (RARE.includes(name)) continue;
    let caught = false;
    for (let seed = 1; seed <= FAULT_SEEDS && !caught; seed++)
      caught = await runSeed(seed, seams).then(
        () => false,
        () => true,
      );
    assert.ok(caught, `${name} is not caught by ${FAULT_SEEDS} seeds`);
  }
});
