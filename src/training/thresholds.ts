/**
 * Two thresholds on calibrated probabilities, chosen on validation rows: by what errors cost, by how many alerts people
 * can read, or by how many of the alerts are to be fraud.
 */
import type { Thresholds } from '../models/model.ts';

/** No probability reaches it: nothing is flagged. */
export const NEVER = 1;

/** In base currency. */
export interface CostMatrix {
  /** A fraud that is approved costs missedShare × its amount + missedFee. */
  missedShare: number;
  missedFee: number;
  /** A person's look at one payment, and the share of frauds that such a look stops. */
  review: number;
  reviewCatches: number;
  /** A genuine payment that is declined costs declinedShare × its amount + declinedFee. */
  declinedShare: number;
  declinedFee: number;
}

export const DEFAULT_COSTS: CostMatrix = {
  missedShare: 1,
  missedFee: 15,
  review: 4,
  reviewCatches: 0.9,
  declinedShare: 0.1,
  declinedFee: 10,
};

export interface AlertBudget {
  /** Payments flagged (review or decline) a day at most; or as a share of all. One of the two. */
  alertsPerDay?: number;
  alertShare?: number;
  /** Share of frauds that is wanted among the declined. */
  declinePrecision: number;
}

/** Shares of frauds wanted among the flagged (review or decline), and among the declined. */
export interface Precision {
  flagged: number;
  declined: number;
}

export interface JudgedRows {
  probabilities: ArrayLike<number>;
  labels: ArrayLike<number>;
  amounts: ArrayLike<number>;
  /** Milliseconds, for alerts a day. */
  times: ArrayLike<number>;
}

/** What one payment costs under each decision. */
export function costsOf(costs: CostMatrix, fraud: boolean, amount: number) {
  const missed = fraud ? costs.missedShare * amount + costs.missedFee : 0;
  return {
    approve: missed,
    review: costs.review + (1 - costs.reviewCatches) * missed,
    decline: fraud ? 0 : costs.declinedShare * amount + costs.declinedFee,
  };
}

/** What all rows cost in total under two thresholds. */
export function totalCost(rows: JudgedRows, costs: CostMatrix, { review, decline }: Thresholds): number {
  let sum = 0;
  for (let i = 0; i < rows.labels.length; i++) {
    const cost = costsOf(costs, rows.labels[i] === 1, rows.amounts[i]);
    const p = rows.probabilities[i];
    sum += p >= decline ? cost.decline : p >= review ? cost.review : cost.approve;
  }
  return sum;
}

/**
 * The pair of thresholds with the least total cost on these rows: exact, in one pass over the rows from the highest
 * probability. Of equal costs the pair that flags fewer wins.
 */
export function thresholdsByCost(rows: JudgedRows, costs: CostMatrix): Thresholds {
  const groups = groupByProbability(rows, costs);
  // Everything approved at first; each group in turn may become review, and a head of the groups decline.
  let best = { cost: 0, review: NEVER, decline: NEVER };
  let reviewed = 0;
  let declinedOverReviewed = 0;
  let head = { cost: 0, decline: NEVER };
  for (const group of groups) {
    reviewed += group.review - group.approve;
    declinedOverReviewed += group.decline - group.review;
    if (declinedOverReviewed < head.cost) head = { cost: declinedOverReviewed, decline: group.probability };
    const cost = reviewed + head.cost;
    if (cost < best.cost - 1e-9) best = { cost, review: group.probability, decline: head.decline };
  }
  return { review: best.review, decline: best.decline };
}

/** Flags as many as the budget allows, and declines the head of them as far as the wanted precision holds. */
export function thresholdsByBudget(rows: JudgedRows, budget: AlertBudget): Thresholds {
  const count = rows.labels.length;
  const allowed = Math.floor(budgetRows(rows, budget) + 1e-9);
  const order = Uint32Array.from({ length: count }, (_, i) => i).sort(
    (a, b) => rows.probabilities[b] - rows.probabilities[a],
  );
  let review = NEVER;
  let decline = NEVER;
  let frauds = 0;
  for (let i = 0; i < count; i++) {
    frauds += rows.labels[order[i]] ? 1 : 0;
    const probability = rows.probabilities[order[i]];
    // Rows of equal probability fall on the same side.
    if (i + 1 < count && rows.probabilities[order[i + 1]] === probability) continue;
    if (i + 1 > allowed) break;
    review = probability;
    if (frauds >= budget.declinePrecision * (i + 1)) decline = probability;
  }
  return { review, decline };
}

/** Flags as many as the wanted precision allows, and declines the head of them as far as its own holds. */
export function thresholdsByPrecision(rows: JudgedRows, { flagged, declined }: Precision): Thresholds {
  for (const share of [flagged, declined])
    if (!(share > 0 && share <= 1)) throw new RangeError(`a precision is above 0 and at most 1, got ${share}`);
  const whole = { alertShare: 1, declinePrecision: flagged };
  // Within a budget of everything, "declined" are all that the precision allows.
  const review = thresholdsByBudget(rows, whole).decline;
  return {
    review,
    decline: Math.max(review, thresholdsByBudget(rows, { ...whole, declinePrecision: declined }).decline),
  };
}

function budgetRows(rows: JudgedRows, budget: AlertBudget): number {
  if ((budget.alertsPerDay === undefined) === (budget.alertShare === undefined)) {
    throw new RangeError('an alert budget is either alertsPerDay or alertShare');
  }
  if (budget.alertShare !== undefined) return budget.alertShare * rows.labels.length;
  const days = new Set<number>();
  for (let i = 0; i < rows.labels.length; i++) days.add(Math.floor(rows.times[i] / 86_400_000));
  return budget.alertsPerDay! * days.size;
}

interface CostGroup {
  probability: number;
  approve: number;
  review: number;
  decline: number;
}

/** Costs summed by probability, the highest first. */
function groupByProbability(rows: JudgedRows, costs: CostMatrix): CostGroup[] {
  const order = Uint32Array.from({ length: rows.labels.length }, (_, i) => i).sort(
    (a, b) => rows.probabilities[b] - rows.probabilities[a],
  );
  const groups: CostGroup[] = [];
  for (const row of order) {
    const probability = rows.probabilities[row];
    const cost = costsOf(costs, rows.labels[row] === 1, rows.amounts[row]);
    const last = groups.at(-1);
    if (last?.probability === probability) {
      last.approve += cost.approve;
      last.review += cost.review;
      last.decline += cost.decline;
    } else groups.push({ probability, ...cost });
  }
  return groups;
}
