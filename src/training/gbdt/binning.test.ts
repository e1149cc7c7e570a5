import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Dataset } from '../dataset.ts';
import { binAsFirst, binAsOther, copyColumns, cutsOf, lendColumns } from './binning.ts';
import { plainHistograms } from './histogram.ts';
import { seededRandom } from './random.ts';
import { type SpaceSizes, trainingSpace } from './space.ts';

const FEATURES = 18;
const OPTIONS = { maxBins: 40, positiveBins: true };

function made(rows: number, seed: number): Dataset {
  const random = seededRandom(seed);
  const labels = Uint8Array.from({ length: rows }, () => (random() < 0.1 ? 1 : 0));
  const columns = Array.from({ length: FEATURES }, (_, feature) =>
    Float64Array.from({ length: rows }, () => (random() < 0.05 ? Number.NaN : random() ** (1 + (feature % 3)))),
  );
  const none = new Float64Array(rows);
  return { features: columns.map((_, i) => `f${i}`), rows, columns, labels, times: none, amounts: none, cards: none };
}

test('whoever bins a group, bins and cuts are the same', () => {
  const [train, later] = [made(900, 1), made(300, 2)];
  const sizes: SpaceSizes = {
    rows: train.rows,
    features: FEATURES,
    sampled: train.rows,
    weighted: false,
    validationRows: later.rows,
    threads: 3,
    maxLeaves: 2,
  };
  const fresh = () => {
    const space = trainingSpace(plainHistograms, sizes);
    space.labels.set(train.labels);
    return { space, lent: lendColumns(FEATURES, train.rows, later.rows, 3) };
  };
  const alone = fresh();
  binAsFirst(alone.space, train, later, OPTIONS);
  const expected = { cuts: cutsOf(alone.space), groups: alone.space.groups, later: alone.space.validation!.groups };
  const ways: Record<string, (run: ReturnType<typeof fresh>) => void> = {
    'the others come too late': ({ space, lent }) => {
      copyColumns(lent, train, later);
      binAsFirst(space, train, later, OPTIONS, lent);
      binAsOther(space, lent, OPTIONS);
    },
    'the others come before anything is copied': ({ space, lent }) => {
      binAsOther(space, lent, OPTIONS);
      copyColumns(lent, train, later);
      binAsFirst(space, train, later, OPTIONS, lent);
    },
    'the others take all they are lent': ({ space, lent }) => {
      copyColumns(lent, train, later);
      binAsOther(space, lent, OPTIONS);
      assert.ok(space.cutCounts.subarray(8).every((count) => count > 0));
      assert.ok(space.cutCounts.subarray(0, 8).every((count) => count === 0));
      binAsFirst(space, train, later, OPTIONS, lent);
    },
  };
  for (const [name, way] of Object.entries(ways)) {
    const run = fresh();
    way(run);
    const { space } = run;
    assert.deepEqual({ cuts: cutsOf(space), groups: space.groups, later: space.validation!.groups }, expected, name);
  }
});
