/**
 * Are the probabilities right in weeks that nobody has seen? On the transactions of the Fraud Detection Handbook:
 *
 *   node bench/calibration.ts [--file …/handbook-transactions.csv.gz] [--days 28] [--learners trees,forest,…] [--validation] [--threads 2]
 *
 * For each test week a model is trained as `assay train --format handbook` does it, on the days that end a week (the label
 * delay) before; the latest 30% of these calibrate. The weeks are whole: the protocol of the handbook drops customers who
 * are known to be defrauded, and with them a quarter of the frauds, which no probability can foresee. `--validation` takes
 * the four weeks before the test weeks instead: on these the method was chosen.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { PartReport } from '../src/training/report.ts';
import type { ScoredRows } from '../src/training/score-rows.ts';
import { type CalibrationTask, type CalibrationWeek, measureWeek } from './handbook/calibration-worker.ts';
import { loadMatrix } from './handbook/data.ts';
import { createPool } from './handbook/pool.ts';

const { values } = parseArgs({
  options: {
    file: { type: 'string', default: join(import.meta.dirname, '../../shared/data/handbook-transactions.csv.gz') },
    days: { type: 'string', default: '28' },
    learners: { type: 'string', default: 'trees,forest,ensemble,network,logistic' },
    validation: { type: 'boolean', default: false },
    threads: { type: 'string', default: '2' },
  },
});
if (!existsSync(values.file)) {
  console.error(`There is no ${values.file}: the handbook's transactions are needed (--file).`);
  process.exit(1);
}

const TEST_WEEKS = ['2018-08-08', '2018-08-15', '2018-08-22', '2018-08-29'];
const VALIDATION_WEEKS = ['2018-07-11', '2018-07-18', '2018-07-25', '2018-08-01'];
const weeks = values.validation ? VALIDATION_WEEKS : TEST_WEEKS;
const data = await loadMatrix(values.file);
const worker = new URL('./handbook/calibration-worker.ts', import.meta.url);
const pool = createPool<CalibrationTask, CalibrationWeek>(Number(values.threads), worker, data, () => {});

console.log(`\n${values.days} days of training, test weeks from ${weeks.join(', ')}, each whole\n`);
console.log(
  '| | calibration | AP | ECE | slope | frauds in the top 1%: seen / expected | Brier | uncalibrated | log loss |',
);
console.log('|---|---|---|---|---|---|---|---|---|');
for (const learner of values.learners.split(',')) {
  const days = Number(values.days);
  const tested = await Promise.all(weeks.map((week) => pool.run({ learner, week, days })));
  for (const [i, { rows, kind }] of tested.entries()) print(`${learner}, ${weeks[i]}`, kind, measureWeek(rows));
  print(`**${learner}**`, '', measureWeek(together(tested.map(({ rows }) => rows))));
}
await pool.close();

function print(name: string, kind: string, part: PartReport): void {
  const { averagePrecision, ece, calibrationSlope, topPercent, brier, brierUncalibrated, logLoss } = part;
  const { observed, expected, ratio } = topPercent;
  const top = `${observed} / ${expected.toFixed(0)} = ${ratio.toFixed(3)}`;
  const cells = [averagePrecision.toFixed(3), ece.toFixed(4), calibrationSlope.toFixed(3), top];
  console.log(
    `| ${[name, kind, ...cells, brier.toFixed(6), brierUncalibrated.toFixed(6), logLoss.toFixed(5)].join(' | ')} |`,
  );
}

function together(parts: ScoredRows[]): ScoredRows {
  const joined = <T extends Float64Array | Uint8Array>(
    pick: (rows: ScoredRows) => T,
    empty: (size: number) => T,
  ): T => {
    const all = empty(parts.reduce((sum, { labels }) => sum + labels.length, 0));
    let at = 0;
    for (const part of parts) {
      all.set(pick(part), at);
      at += part.labels.length;
    }
    return all;
  };
  const numbers = (pick: (rows: ScoredRows) => Float64Array) => joined(pick, (size) => new Float64Array(size));
  return {
    raw: numbers(({ raw }) => raw),
    probabilities: numbers(({ probabilities }) => probabilities),
    labels: joined(
      ({ labels }) => labels,
      (size) => new Uint8Array(size),
    ),
    times: numbers(({ times }) => times),
    amounts: numbers(({ amounts }) => amounts),
    cards: numbers(({ cards }) => cards),
  };
}
