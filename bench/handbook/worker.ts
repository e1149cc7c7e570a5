/** Fits and measures what it is told, on the matrix that it shares. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Dataset } from '../../src/training/dataset.ts';
import { LEARNERS } from '../../src/training/learners.ts';
import { scoreRows } from '../../src/training/score-rows.ts';
import { splitByTime } from '../../src/training/split.ts';
import type { Figures, Task } from './candidates.ts';
import { foldOf, withFeatures } from './data.ts';
import { measure } from './measure.ts';

const SEED = 1;
/** The latest share of the training rows settles what the ensemble hears of whom. */
const SETTLE_SHARE = 0.3;

const data = workerData as Dataset;

function run(task: Task): Figures {
  const { train, test } = foldOf(withFeatures(data, task.set), task.fold, task.span);
  const learner = LEARNERS[task.learner];
  const options = { ...learner.defaults, ...task.options, seed: SEED };
  const began = process.threadCpuUsage();
  let settled = {};
  if (task.settle) {
    const { first, last } = splitByTime(train, SETTLE_SHARE);
    settled = learner.fit(first, last, options).settled ?? {};
  }
  const fitted = learner.fit(train, undefined, { ...options, ...settled });
  const { user, system } = process.threadCpuUsage(began);
  const seconds = (user + system) / 1e6;
  return { ...measure(scoreRows({ score: fitted.score, calibrate: Number }, test).raw, test), seconds };
}

parentPort!.on('message', ({ task }: { task: Task }) => {
  parentPort!.postMessage({ result: run(task) });
});
