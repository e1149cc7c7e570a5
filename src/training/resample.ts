/**
 * Against imbalance: fewer legitimate rows, weights, or made-up frauds. For the training part alone, after the split: a
 * validation or test part that is resampled measures nothing. Each way returns by how much it changed the odds of fraud,
 * which is what `priorCorrection` of calibration undoes.
 */
import { type Dataset, take } from './dataset.ts';
import { type Random, sampleIndices, seededRandom } from './gbdt/random.ts';
import { type PositiveWeight, rowWeights } from './inputs.ts';
import { nearest } from './neighbours.ts';

export interface Resampled {
  data: Dataset;
  /** Share of the legitimate rows that were kept. */
  negativeRate: number;
  /** How many times as much the frauds count as before. */
  positiveWeight: number;
}

/**
 * Drops legitimate rows at random until there are at most `ratio` for each fraud. Rows stay in time order. Without
 * frauds all are kept.
 */
export function undersample(data: Dataset, ratio: number, seed: number): Resampled {
  if (!(ratio > 0)) throw new RangeError(`ratio must be above 0, got ${ratio}`);
  const frauds = rowsOf(data, 1);
  const clean = rowsOf(data, 0);
  const wanted = frauds.length === 0 ? clean.length : Math.min(clean.length, Math.round(ratio * frauds.length));
  const rows = new Int32Array(frauds.length + wanted);
  rows.set(frauds);
  rows.set(
    sampleIndices(clean.length, wanted, seededRandom(seed)).map((at) => clean[at]),
    frauds.length,
  );
  const negativeRate = clean.length === 0 ? 1 : wanted / clean.length;
  return { data: take(data, rows.sort()), negativeRate, positiveWeight: 1 };
}

/** The same rows with weights; see `rowWeights`. */
export function weigh(data: Dataset, positiveWeight: PositiveWeight): Resampled {
  const weights = rowWeights(data, positiveWeight);
  const frauds = rowsOf(data, 1).length;
  const balanced = frauds > 0 && frauds < data.rows ? (data.rows - frauds) / frauds : 1;
  return {
    data: { ...data, weights },
    negativeRate: 1,
    positiveWeight: positiveWeight === 'balanced' ? balanced : positiveWeight,
  };
}

export interface SmoteOptions {
  /** Frauds for each legitimate row that there should be in the end, such as 0.1. */
  ratio: number;
  neighbours: number;
  /** Features that are categories: a made-up fraud takes what most of its neighbours have. */
  categorical: number[];
  /** Frauds among which neighbours are looked for; beyond it a random sample of so many, which bounds the time. */
  candidates: number;
  seed: number;
}

export const SMOTE_DEFAULTS: SmoteOptions = { ratio: 0.1, neighbours: 5, categorical: [], candidates: 2048, seed: 1 };

/**
 * SMOTE (Chawla et al. 2002), with categories as in its variant SMOTE-NC: each made-up fraud lies at a random place
 * between a fraud and one of its nearest frauds. Differences are measured in deviations over the frauds, and two
 * categories are one deviation apart. It follows its fraud in time and has its card; a value that either lacks is taken
 * from the nearer of the two. Fewer than two frauds are left as they are.
 */
export function smote(data: Dataset, options: Partial<SmoteOptions> = {}): Resampled {
  const { ratio, neighbours, categorical, candidates, seed } = { ...SMOTE_DEFAULTS, ...options };
  if (!(ratio > 0)) throw new RangeError(`ratio must be above 0, got ${ratio}`);
  if (!(Number.isInteger(neighbours) && neighbours > 0)) throw new RangeError(`neighbours must be 1 or more`);
  const frauds = rowsOf(data, 1);
  const made = Math.round(ratio * (data.rows - frauds.length)) - frauds.length;
  if (frauds.length < 2 || made <= 0) return { data, negativeRate: 1, positiveWeight: 1 };
  const random = seededRandom(seed);
  const isCategory = new Uint8Array(data.columns.length);
  for (const feature of categorical) isCategory[feature] = 1;
  const among = take(data, frauds);
  const points = { rows: among.rows, columns: among.columns.map(scaled(isCategory)), categorical: isCategory };
  const bases = baseFrauds(frauds.length, made, random);
  const pool = sampleIndices(frauds.length, Math.max(2, candidates), random);
  const used = Int32Array.from(new Set(bases));
  const near = nearest(points, used, pool, neighbours);
  const placeOf = new Map(Array.from(used, (fraud, place) => [fraud, place * neighbours]));
  const plan = Array.from(bases, (fraud): Made => {
    const start = placeOf.get(fraud)!;
    const circle = near.subarray(start, start + neighbours).filter((row) => row >= 0);
    return {
      base: frauds[fraud],
      other: frauds[circle[Math.floor(random() * circle.length)]],
      share: random(),
      circle: circle.map((row) => frauds[row]),
    };
  });
  return { data: insert(data, plan, isCategory), negativeRate: 1, positiveWeight: 1 + made / frauds.length };
}

interface Made {
  base: number;
  other: number;
  /** How far from `base` to `other`, 0 to 1. */
  share: number;
  circle: Int32Array;
}

function rowsOf(data: Dataset, label: number): Int32Array {
  return Int32Array.from(data.labels.keys()).filter((row) => data.labels[row] === label);
}

/** Numbers divided by their deviation; categories as they are. */
function scaled(isCategory: Uint8Array) {
  return (column: Float64Array, feature: number): Float64Array => {
    if (isCategory[feature]) return column;
    const present = column.filter(Number.isFinite);
    const mean = present.reduce((sum, x) => sum + x, 0) / present.length;
    const deviation = Math.sqrt(present.reduce((sum, x) => sum + (x - mean) ** 2, 0) / present.length);
    return column.map((x) =>
      deviation > 0 && Number.isFinite(x) ? x / deviation : Number.isFinite(x) ? 0 : Number.NaN,
    );
  };
}

/** The frauds to begin from, ascending: each equally often, and the rest drawn without repeats. */
function baseFrauds(frauds: number, made: number, random: Random): Int32Array {
  const each = Math.floor(made / frauds);
  const bases = new Int32Array(made);
  for (let i = 0; i < each * frauds; i++) bases[i] = i % frauds;
  bases.set(sampleIndices(frauds, made - each * frauds, random), each * frauds);
  return bases.sort();
}

/** The data with each made-up row behind the fraud it began from; `plan` ascends by base. */
function insert(data: Dataset, plan: Made[], isCategory: Uint8Array): Dataset {
  const rows = data.rows + plan.length;
  const source = new Int32Array(rows);
  const madeBy: (Made | undefined)[] = new Array(rows);
  let at = 0;
  let next = 0;
  for (let row = 0; row < data.rows; row++) {
    source[at++] = row;
    for (; next < plan.length && plan[next].base === row; next++) {
      source[at] = row;
      madeBy[at++] = plan[next];
    }
  }
  const result = take(data, source);
  for (let row = 0; row < rows; row++) {
    const made = madeBy[row];
    if (!made) continue;
    result.amounts[row] = between(data.amounts, made);
    data.columns.forEach((column, feature) => {
      result.columns[feature][row] = isCategory[feature] ? mode(column, made.circle) : between(column, made);
    });
  }
  return result;
}

function between(column: Float64Array, { base, other, share }: Made): number {
  const [from, to] = [column[base], column[other]];
  if (Number.isFinite(from) && Number.isFinite(to)) return from + share * (to - from);
  return share < 0.5 ? from : to;
}

/** The value that most of the rows have; of equals, that of the nearest. Missing is a value too. */
function mode(column: Float64Array, rows: Int32Array): number {
  const counts = new Map<number, number>();
  let best = column[rows[0]];
  for (const row of rows) counts.set(column[row], (counts.get(column[row]) ?? 0) + 1);
  for (const [value, count] of counts) if (count > counts.get(best)!) best = value;
  return best;
}
