/**
 * Proof by labels that come late, on made-up streams whose end is known: `npm run bench:proof -- [seeds]`, 1,000 unless said.
 *
 * 1. Precision at day 10, chargebacks 5 to 60 days late: how often its 95% interval holds what the payments turned out to be, and how
 *    wide it is beside that of one who is told the delays.
 * 2. Two that are alike, looked at every day: how often one is called different.
 * 3. One that catches five points more of the frauds: how often that is seen by 500 labelled frauds.
 *
 * Beside 2 and 3 the same test by tosses of a coin, which knows nothing of how many payments one alone flags.
 */
import { precisionRun, type Rivals, recallRun } from './proof/runs.ts';

const seeds = Number(process.argv[2] ?? 1000);

for (const shape of ['even', 'early'] as const) {
  const runs = Array.from({ length: seeds }, (_, seed) => precisionRun(seed + 1, shape));
  const covered = runs.filter(({ covers }) => covers).length;
  const oracle = runs.filter(({ oracleCovers }) => oracleCovers).length;
  const width = (name: 'width' | 'oracleWidth') => median(runs.map((run) => run[name]));
  console.log(
    `delays ${shape}: the interval holds the truth in ${covered} of ${seeds} (told the delays: ${oracle}); ` +
      `median width ${width('width').toFixed(3)}, ${(width('width') / width('oracleWidth')).toFixed(2)} of theirs`,
  );
}
const likeness = [0.8, 0.9, 0.95, 0.98];
const rivals: Omit<Rivals, 'more'>[] = [
  ...likeness.map((correlation) => ({ correlation, precision: 0.6, isHeld: false })),
  ...[0.3, 0.45, 0.9].map((precision) => ({ correlation: 0.8, precision, isHeld: false })),
  ...likeness.map((correlation) => ({ correlation, precision: 0.6, isHeld: true })),
];
for (const pair of rivals) {
  const { correlation, precision, isHeld } = pair;
  const [alike, better] = [0, 0.05].map((more) =>
    Array.from({ length: seeds }, (_, seed) => recallRun(seed + 1, { more, ...pair })),
  );
  const share = (of: 'verdict' | 'coins') => {
    const alarms = alike.filter((run) => run[of].decided !== 'open').length;
    const seen = better.filter((run) => run[of].decided === 'better').length;
    return `${alarms} (upper 95% bound ${(100 * upperBound(alarms, seeds)).toFixed(1)}%) and ${seen}`;
  };
  const ofOneAlone = better.map(({ last: { challengerOnly, championOnly, alone } }) => ({
    frauds: challengerOnly + championOnly,
    payments: alone ? alone.challenger + alone.champion : Number.NaN,
  }));
  console.log(
    `scores correlated by ${correlation}, precision ${precision}${isHeld ? ', held for a person' : ''}: of ${seeds} alike called ` +
      `different, and five points better seen: ${share('verdict')}; by coins ${share('coins')}; one alone flags ` +
      `${median(ofOneAlone.map(({ payments }) => payments))} payments, ${median(ofOneAlone.map(({ frauds }) => frauds))} of them known frauds`,
  );
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

/** Clopper and Pearson's, of both sides. */
function upperBound(hits: number, of: number): number {
  let [low, high] = [hits / of, 1];
  for (let i = 0; i < 50; i++) {
    const middle = (low + high) / 2;
    let [term, sum] = [(1 - middle) ** of, 0];
    for (let k = 0; k <= hits; k++) {
      sum += term;
      term *= (((of - k) / (k + 1)) * middle) / (1 - middle);
    }
    if (sum > 0.025) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
