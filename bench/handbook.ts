/**
 * The published results on the Fraud Detection Handbook's data, and ours beside them, in one run:
 *
 *   node bench/handbook.ts [--file …/handbook-transactions.csv.gz] [--threads 2] [--sets handbook,product,history] [--no-rivals] [--json out.json]
 *
 * The raw transactions are replayed through the profiles and features that serve. Every learner's settings are chosen by
 * average precision on four validation folds, whose test weeks end before the first test week; then it is fitted on each
 * of the four test folds. Protocol A is the first of these. With the handbook's features, scikit-learn and XGBoost are
 * tuned on the same folds among as many settings or more, in a Python environment that is made under .cache/ (from PyPI; Python
 * 3.10 or newer; `--no-rivals` leaves them out).
 */
import { existsSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createProgress } from '../src/cli/progress.ts';
import type { Dataset } from '../src/training/dataset.ts';
import { CONTENDERS, type Contender, type Figures, HISTORY_CONTENDERS, type Task } from './handbook/candidates.ts';
import {
  type FeatureSet,
  foldOf,
  loadMatrix,
  oracleScores,
  TEST_FOLDS,
  type TrainSpan,
  VALIDATION_FOLDS,
} from './handbook/data.ts';
import { measure } from './handbook/measure.ts';
import { type Pool as AnyPool, createPool } from './handbook/pool.ts';
import { runRivals } from './handbook/rivals.ts';
import { briefly, type Line, printTable } from './handbook/table.ts';

const { values } = parseArgs({
  allowNegative: true,
  options: {
    file: { type: 'string', default: join(import.meta.dirname, '../../shared/data/handbook-transactions.csv.gz') },
    threads: { type: 'string', default: '2' },
    sets: { type: 'string', default: 'handbook,product,history' },
    rivals: { type: 'boolean', default: true },
    json: { type: 'string' },
  },
});
if (!existsSync(values.file)) {
  console.error(`There is no ${values.file}: the handbook's transactions are needed (--file).`);
  process.exit(1);
}

type Pool = AnyPool<Task, Figures>;

interface Chosen {
  options: Record<string, unknown>;
  validation: number;
}

const mean = (numbers: number[]) => numbers.reduce((sum, x) => sum + x, 0) / numbers.length;

/** The candidate with the best mean average precision over the validation folds; a single one is taken as it is. */
async function tune(pool: Pool, { name, learner, candidates }: Contender, set: FeatureSet): Promise<Chosen> {
  const merits = await Promise.all(
    candidates.map(async (options) => {
      const tasks = VALIDATION_FOLDS.map((fold): Task => {
        return { contender: name, learner, set, span: 'week', fold, options, settle: false };
      });
      return mean((await Promise.all(tasks.map(pool.run))).map(({ ap }) => ap));
    }),
  );
  const best = merits.indexOf(Math.max(...merits));
  return { options: candidates[best], validation: merits[best] };
}

async function test(
  pool: Pool,
  contender: Pick<Contender, 'name' | 'learner'>,
  set: FeatureSet,
  span: TrainSpan,
  chosen: Chosen,
): Promise<Line> {
  const { name, learner } = contender;
  const folds = await Promise.all(
    TEST_FOLDS.map((fold) =>
      pool.run({ contender: name, learner, set, span, fold, options: chosen.options, settle: learner === 'ensemble' }),
    ),
  );
  const line: Line = { name, set, span, folds, chosen: chosen.options, validation: chosen.validation };
  if (!process.stderr.isTTY) console.error(`${seconds()} s: ${briefly(line)}`);
  return line;
}

/** Members of an ensemble as each was tuned by itself. */
function ensembleOptions(chosen: Map<string, Chosen>, members: readonly string[], more = {}): Chosen {
  const options = members.flatMap((member) =>
    Object.entries(chosen.get(member)!.options).map(([key, value]) => [`${member}.${key}`, value] as const),
  );
  return { options: { ...Object.fromEntries(options), members: members.join(','), ...more }, validation: Number.NaN };
}

async function compete(pool: Pool, set: FeatureSet): Promise<Line[]> {
  const chosen = new Map<string, Chosen>();
  const lines = await Promise.all(
    CONTENDERS.map(async (contender) => {
      const best = await tune(pool, contender, set);
      chosen.set(contender.name, best);
      return test(pool, contender, set, 'week', best);
    }),
  );
  const ensembles = [
    { name: 'ensemble', options: ensembleOptions(chosen, ['trees', 'forest', 'logistic', 'network']) },
    { name: 'trees and forest', options: ensembleOptions(chosen, ['trees', 'forest'], { combine: 'average' }) },
  ].map(({ name, options }) => test(pool, { name, learner: 'ensemble' }, set, 'week', options));
  return [...lines, ...(await Promise.all(ensembles))];
}

async function oracle(data: Dataset): Promise<Line> {
  const known = await oracleScores(values.file, data);
  const folds = TEST_FOLDS.map((fold): Figures => {
    // The oracle's answer travels as one more column, so that the test rows are picked as for all others.
    const { test } = foldOf({ ...data, columns: [known] }, fold, 'week');
    return { ...measure(test.columns[0], test), seconds: 0 };
  });
  return { name: 'oracle', set: 'product', span: 'week', folds, chosen: {}, validation: Number.NaN };
}

const began = performance.now();
const seconds = () => Math.round((performance.now() - began) / 1000);
const data = await loadMatrix(values.file);
console.log(`${data.rows} transactions from the raw file in ${seconds()} s`);
const sets = values.sets.split(',').filter((set) => set !== '');
const featureSets = (['handbook', 'product'] as const).filter((set) => sets.includes(set));
const history = sets.includes('history') ? HISTORY_CONTENDERS : [];
const tuning = CONTENDERS.reduce((sum, { candidates }) => sum + candidates.length, 0) * VALIDATION_FOLDS.length;
const testing = (CONTENDERS.length + 2) * TEST_FOLDS.length;
const bar = createProgress('fitting', featureSets.length * (tuning + testing) + history.length * TEST_FOLDS.length, {
  unit: 'fits',
});
let fits = 0;
const script = new URL('./handbook/worker.ts', import.meta.url);
const pool = createPool<Task, Figures>(Number(values.threads), script, data, () => bar.update(++fits));
const lines: Line[] = [];
for (const set of featureSets) lines.push(...(await compete(pool, set)));
for (const contender of history) {
  const only = { options: contender.candidates[0], validation: Number.NaN };
  lines.push(await test(pool, contender, 'product', 'history', only));
}
await pool.close();
bar.stop();
if (sets.includes('product')) lines.push(await oracle(data));
const ownSeconds = seconds();
const { user, system } = process.cpuUsage();
const rivals = values.rivals && sets.includes('handbook') ? await runRivals(data) : [];
printTable([...lines, ...rivals]);
const cpuSeconds = Math.round((user + system) / 1e6);
console.log(
  `Without the rivals ${ownSeconds} s, ${cpuSeconds} s of processor time, on ${cpus().length} × ${cpus()[0]?.model.trim()}`,
);
if (values.json) {
  const machine = { cores: cpus().length, model: cpus()[0]?.model, node: process.version };
  writeFileSync(values.json, `${JSON.stringify({ machine, ownSeconds, cpuSeconds, lines, rivals }, undefined, 1)}\n`);
}
