/** A random forest beside scikit-learn's of the same trees, leaves, depth and features a split, on one thread. */
import type { Dataset } from '../../src/training/dataset.ts';
import { fitForest } from '../../src/training/forest/learner.ts';
import { type Measured, measured, median } from './machine.ts';
import type { Rivals } from './rivals.ts';
import { averagePrecisionOf } from './training.ts';

const SHAPE = { trees: 20, leaves: 256, depth: 12, minRows: 5 };
const SEEDS = [1, 2, 3];

interface ForestRun extends Measured {
  averagePrecision: number;
}

export async function compareForests(train: Dataset, test: Dataset, rivals: Rivals | string) {
  const runs: Record<string, ForestRun[]> = { Assay: [], 'scikit-learn': [] };
  for (const seed of SEEDS) {
    const { trees, leaves: maxLeaves, depth: maxDepth, minRows } = SHAPE;
    const options = { trees, maxLeaves, maxDepth, minRows, featureShare: 0, priorRows: 0, seed };
    const [{ ensemble }, time] = measured(() => fitForest(train, undefined, options));
    runs.Assay.push({ ...time, averagePrecision: averagePrecisionOf(ensemble, test) });
    if (typeof rivals === 'string') continue;
    runs['scikit-learn'].push((await rivals.ask({ do: 'forest', ...SHAPE, seed })) as unknown as ForestRun);
  }
  const { trees, leaves, depth } = SHAPE;
  console.log(`\nForest: ${trees} trees of ${leaves} leaves and depth ${depth}, one thread, seeds ${SEEDS}, medians`);
  console.table(
    Object.entries(runs).map(([library, of]) => ({
      library,
      'seconds (wall)': median(of.map(({ seconds }) => seconds))?.toFixed(2),
      'seconds (CPU)': median(of.map(({ cpuSeconds }) => cpuSeconds))?.toFixed(2),
      'AP by seed': of.map(({ averagePrecision }) => averagePrecision.toFixed(4)).join(' '),
    })),
  );
  return runs;
}
