/**
 * Calibration: from raw scores to probabilities, fitted on rows that the model was not. Where there are frauds enough,
 * isotonic regression or beta calibration's three parameters, else Platt's two; which is decided on the latest rows.
 */
import { type Calibration, calibrator, PROBABILITY_FLOOR, softplus } from '../models/calibrator.ts';
import { solveLogistic } from './logistic/newton.ts';
import { type CalibrationRows, fitSigmoid } from './sigmoid.ts';

export type { CalibrationRows } from './sigmoid.ts';

export interface CalibrationOptions {
  /** Share of the legitimate rows that undersampling kept in these rows; each then counts for 1 / rate. Default 1. */
  negativeRate?: number;
  /** Share of the rows, the latest, on which the kinds compete. Default 0.4. */
  holdOut?: number;
}

/** Below this many frauds to fit on, more than Platt's two parameters are not to be trusted. */
const FRAUDS_LEAST = 30;
/** And below this many isotonic regression's steps are noise: on one week of payments they cost more than they gave. */
const ISOTONIC_FRAUDS = 300;

/**
 * Chooses and fits a calibration. Rows are in time order: each kind is fitted on the earlier ones, the one with least log
 * loss on the later ones wins and is fitted again on all.
 */
export function fitCalibration(
  raw: ArrayLike<number>,
  labels: ArrayLike<number>,
  options: CalibrationOptions = {},
): Calibration {
  const weightOfNegative = 1 / checkRate(options.negativeRate ?? 1);
  const rows = labels.length;
  const split = Math.round(rows * (1 - (options.holdOut ?? 0.4)));
  const all = { raw, labels, from: 0, to: rows, weightOfNegative };
  const early = { ...all, to: split };
  const late = { ...all, from: split };
  if (frauds(early) < FRAUDS_LEAST || frauds(late) < FRAUDS_LEAST) return fitPlatt(all);
  const fits = [fitPlatt, fitBeta, ...(frauds(early) < ISOTONIC_FRAUDS ? [] : [fitIsotonic])];
  const losses = fits.map((fit) => loss(fit(early), late));
  return fits[losses.indexOf(Math.min(...losses))](all);
}

/**
 * Without rows to calibrate on: undoes the resampling of training. Odds learnt with a share `negativeRate` of the
 * legitimate rows, frauds weighing `positiveWeight`, are too high by positiveWeight / negativeRate.
 */
export function priorCorrection(negativeRate: number, positiveWeight: number): Calibration {
  return { kind: 'platt', slope: 1, intercept: Math.log(checkRate(negativeRate) / positiveWeight) };
}

/**
 * Without labels: log-odds rise by one with each unit of the score, from where the mean probability of these rows is
 * `share`. Only the order is learnt; the height is an assumption.
 */
export function assumedShare(raw: ArrayLike<number>, share: number): Calibration {
  if (!(share > 0 && share < 1)) throw new RangeError(`share must be between 0 and 1, got ${share}`);
  let [low, high] = [-1000, 1000];
  for (let step = 0; step < 60; step++) {
    const intercept = (low + high) / 2;
    let sum = 0;
    for (let i = 0; i < raw.length; i++) sum += 1 / (1 + Math.exp(-(raw[i] + intercept)));
    if (sum < share * raw.length) low = intercept;
    else high = intercept;
  }
  return { kind: 'platt', slope: 1, intercept: (low + high) / 2 };
}

/**
 * Platt's sigmoid (1999), with his smoothed targets, so that separable rows have a finite answer. Where higher scores are
 * not likelier frauds, the slope is 0 and every row gets the base rate.
 */
export function fitPlatt(rows: CalibrationRows): Calibration {
  const positives = frauds(rows);
  const negatives = (rows.to - rows.from - positives) * rows.weightOfNegative;
  const prior = Math.log((positives + 1) / (negatives + 1));
  const { slope, intercept } = fitSigmoid(rows, {
    high: (positives + 1) / (positives + 2),
    low: 1 / (negatives + 2),
    intercept: prior,
  });
  return slope > 0 ? { kind: 'platt', slope, intercept } : { kind: 'platt', slope: 0, intercept: prior };
}

/** So weak a penalty that it only keeps separable rows finite. */
const BETA_C = 1000;

/**
 * Beta calibration (Kull, Silva Filho and Flach 2017): Platt's line with two slopes, so that raw scores which are right
 * already stay as they are, and those that are too sure at one end only are drawn back there. Where a slope would be
 * negative it is Platt's line.
 */
export function fitBeta(rows: CalibrationRows): Calibration {
  const { raw, labels, from, to, weightOfNegative } = rows;
  const values = new Float64Array(2 * (to - from));
  const own = Uint8Array.from({ length: to - from }, (_, i) => labels[from + i]);
  for (let i = from; i < to; i++) {
    values[2 * (i - from)] = -softplus(-raw[i]);
    values[2 * (i - from) + 1] = softplus(raw[i]);
  }
  const weights = Float64Array.from(own, (label) => (label ? 1 : weightOfNegative));
  const { intercept, coefficients } = solveLogistic(
    { rows: to - from, width: 2, values, labels: own, weights },
    BETA_C,
  );
  const [below, above] = coefficients;
  return below > 0 && above > 0 ? { kind: 'beta', below, above, intercept } : fitPlatt(rows);
}

/** How far a pool may be tilted, as a share of the distance to its nearer neighbour. */
const TILT = 0.1;

/**
 * Isotonic regression by pooling adjacent violators. A step function would tie most of the scores, so a pool rises a
 * little from its first to its last score, around its own mean, and straight lines bridge the gaps between pools. A pool
 * without frauds, or of frauds only, is not certain: it gets half a row of the other kind.
 */
export function fitIsotonic(rows: CalibrationRows): Calibration {
  const pools = pool(rows);
  const probability = pools.map(({ positive, weight }) => {
    const p = positive / weight;
    return p === 0 ? 0.5 / (weight + 1) : p === 1 ? (weight + 0.5) / (weight + 1) : p;
  });
  // The allowance must not undo the order, nor leave the bounds.
  for (let i = pools.length - 2; i >= 0; i--) {
    if (pools[i].positive === 0) probability[i] = Math.min(probability[i], probability[i + 1]);
  }
  for (let i = 0; i < pools.length; i++) {
    const lowest = i > 0 ? probability[i - 1] : PROBABILITY_FLOOR;
    probability[i] = Math.min(Math.max(probability[i], lowest), 1 - PROBABILITY_FLOOR);
  }
  const knots = { raw: [] as number[], probability: [] as number[] };
  pools.forEach(({ first, last }, i) => {
    const below = probability[i] - (i > 0 ? probability[i - 1] : PROBABILITY_FLOOR);
    const above = (i + 1 < pools.length ? probability[i + 1] : 1 - PROBABILITY_FLOOR) - probability[i];
    const tilt = last > first ? TILT * Math.min(below, above) : 0;
    knots.raw.push(first);
    knots.probability.push(probability[i] - tilt);
    if (last > first) {
      knots.raw.push(last);
      knots.probability.push(probability[i] + tilt);
    }
  });
  return { kind: 'isotonic', ...knots };
}

interface Pool {
  /** Weight of the rows and of the frauds among them; the lowest and the highest raw score. */
  weight: number;
  positive: number;
  first: number;
  last: number;
}

function pool({ raw, labels, from, to, weightOfNegative }: CalibrationRows): Pool[] {
  const order = Uint32Array.from({ length: to - from }, (_, i) => from + i).sort((a, b) => raw[a] - raw[b]);
  const pools: Pool[] = [];
  let lastScore = Number.NaN;
  for (const row of order) {
    const fraud = labels[row] === 1;
    const added = { weight: fraud ? 1 : weightOfNegative, positive: fraud ? 1 : 0, first: raw[row], last: raw[row] };
    // Equal scores are one pool from the start.
    if (raw[row] === lastScore) merge(pools.at(-1)!, added);
    else pools.push(added);
    lastScore = raw[row];
  }
  const merged: Pool[] = [];
  for (const added of pools) {
    merged.push(added);
    while (merged.length > 1 && violates(merged[merged.length - 2], merged[merged.length - 1])) {
      const last = merged.pop()!;
      merge(merged[merged.length - 1], last);
    }
  }
  return merged;
}

/** Equal shares are pooled as well: a flat stretch is one pool. */
function violates(before: Pool, after: Pool): boolean {
  return before.positive * after.weight >= after.positive * before.weight;
}

function merge(into: Pool, added: Pool): void {
  into.weight += added.weight;
  into.positive += added.positive;
  into.last = added.last;
}

function loss(calibration: Calibration, { raw, labels, from, to, weightOfNegative }: CalibrationRows): number {
  const calibrate = calibrator(calibration);
  let sum = 0;
  for (let i = from; i < to; i++) {
    const p = calibrate(raw[i]);
    sum -= labels[i] ? Math.log(p) : weightOfNegative * Math.log(1 - p);
  }
  return sum;
}

function frauds({ labels, from, to }: CalibrationRows): number {
  let count = 0;
  for (let i = from; i < to; i++) count += labels[i] ? 1 : 0;
  return count;
}

function checkRate(rate: number): number {
  if (!(rate > 0 && rate <= 1)) throw new RangeError(`negativeRate must be above 0 and at most 1, got ${rate}`);
  return rate;
}
