/** Training boosted trees beside LightGBM: the same rows, bins, rounds, leaves, learning rate and limits of a leaf. */
import { treeScorer } from '../../src/kernel/trees.ts';
import { flattenTrees, type TreeEnsemble } from '../../src/models/trees.ts';
import type { Dataset } from '../../src/training/dataset.ts';
import { boost } from '../../src/training/gbdt/boost.ts';
import { TREES_DEFAULTS } from '../../src/training/gbdt/options.ts';
import { averagePrecision } from '../../src/training/metrics.ts';
import { type Measured, measured, median, othersClock } from './machine.ts';
import { handOver, type Rivals } from './rivals.ts';

export interface Size {
  rounds: number;
  leaves: number;
}

export const SIZES: Size[] = [
  { rounds: 100, leaves: 31 },
  { rounds: 300, leaves: 63 },
];

const LEARNING_RATE = 0.1;

export const optionsOf = ({ rounds, leaves }: Size, threads: number) => ({
  ...TREES_DEFAULTS,
  rounds,
  maxLeaves: leaves,
  maxDepth: 0,
  learningRate: LEARNING_RATE,
  stopAfter: 0,
  threads,
});

export const request = ({ rounds, leaves }: Size, threads: number) => ({
  rounds,
  leaves,
  learningRate: LEARNING_RATE,
  threads,
});

export function ensembleOf(train: Dataset, size: Size, threads: number): TreeEnsemble {
  const { base, trees } = boost(train, undefined, optionsOf(size, threads));
  return flattenTrees(base, train.columns.length, trees);
}

export function averagePrecisionOf(ensemble: TreeEnsemble, data: Dataset): number {
  const scores = new Float64Array(data.rows);
  treeScorer(ensemble).scoreColumns(data.columns, data.rows, scores);
  return averagePrecision(scores, data.labels);
}

export interface TrainRun extends Measured {
  library: string;
  threads: number;
  averagePrecision: number;
  othersBusy: number | undefined;
}

export async function compareTraining(
  name: string,
  { train, test }: { train: Dataset; test: Dataset },
  rivals: Rivals | string,
  { rounds, repetitions, directory }: { rounds: number; repetitions: number; directory: string },
): Promise<TrainRun[]> {
  if (typeof rivals !== 'string') await handOver(rivals, directory, { train, test });
  const size = { rounds, leaves: 31 };
  const runs: TrainRun[] = [];
  const keep = (library: string, threads: number, others: ReturnType<typeof othersClock>, result: unknown) => {
    const run = result as Measured & { averagePrecision: number };
    runs.push({ library, threads, ...run, othersBusy: others(run.cpuSeconds, run.seconds) });
  };
  for (let repetition = 0; repetition < repetitions; repetition++) {
    for (const threads of [1, 2]) {
      const others = othersClock();
      const [ensemble, time] = measured(() => ensembleOf(train, size, threads));
      keep('Assay', threads, others, { ...time, averagePrecision: averagePrecisionOf(ensemble, test) });
      if (typeof rivals === 'string') continue;
      const clock = othersClock();
      keep('LightGBM', threads, clock, await rivals.ask({ do: 'train', ...request(size, threads) }));
    }
  }
  const rows = `${train.rows} × ${train.columns.length}, ${test.rows} later rows`;
  console.log(`\nTraining, ${name} (${rows}): binning and ${rounds} rounds of 31 leaves, medians of ${repetitions}`);
  printTraining(runs);
  return runs;
}

function printTraining(runs: TrainRun[]): void {
  const figure = (
    library: string,
    threads: number,
    key: 'seconds' | 'cpuSeconds' | 'averagePrecision' | 'othersBusy',
  ) =>
    median(
      runs.filter((run) => run.library === library && run.threads === threads).map((run) => run[key] ?? Number.NaN),
    );
  const rows = [...new Set(runs.map(({ library, threads }) => `${library}|${threads}`))].map((key) => {
    const [library, threads] = [key.split('|')[0], Number(key.split('|')[1])];
    const seconds = figure(library, threads, 'seconds');
    const cpu = figure(library, threads, 'cpuSeconds');
    return {
      library,
      threads,
      'seconds (wall)': seconds.toFixed(2),
      'of LightGBM': (seconds / figure('LightGBM', threads, 'seconds')).toFixed(2),
      'seconds (CPU)': cpu.toFixed(2),
      'of LightGBM, CPU': (cpu / figure('LightGBM', threads, 'cpuSeconds')).toFixed(2),
      AP: figure(library, threads, 'averagePrecision').toFixed(4),
      'cores busy with others': figure(library, threads, 'othersBusy').toFixed(1),
    };
  });
  console.table(rows);
}
