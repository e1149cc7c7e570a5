/**
 * Shapley values of any scorer, by sampling orders in which features change from a reference to the row (Štrumbelj and
 * Kononenko 2014). Along one order the changes of the score sum to score(row) − score(reference), so every order's sum
 * is exact, and so is that of their mean. Each order is followed by its reverse: of two features that matter only
 * together, each then comes first once.
 */

/** Scores of `count` rows, one after another in `rows`, into `out`. */
export type BatchScorer = (rows: Float64Array, count: number, out: Float64Array) => void;

/** Orders, half of them reversed ones. */
export const ORDERS = 16;

/** The orders are the same at every call and in every process. */
const SEED = 0x2545f491;

/**
 * Writes contributions of a row, whose score is `reached`, and returns `base`, the score of the reference. Features
 * that equal the reference contribute 0. Keeps scratch memory: not reentrant.
 */
export function permutationAttribution(reference: Float64Array, scores: BatchScorer, base: number) {
  const features = reference.length;
  const orders = sampleOrders(features, ORDERS / 2);
  const rows = new Float64Array(ORDERS * Math.max(1, features - 1) * features);
  const reachedBy = new Float64Array(ORDERS * Math.max(1, features - 1));
  return (vector: Float64Array, reached: number, out: Float64Array): number => {
    out.fill(0);
    const changed = orders.map((order) => order.filter((feature) => !Object.is(vector[feature], reference[feature])));
    const steps = changed[0].length - 1;
    if (steps < 0) return base;
    // Between the reference and the row, whose scores are known, there are steps rows an order.
    let at = 0;
    for (const order of changed) {
      for (let step = 0; step < steps; step++) {
        const row = rows.subarray(at, (at += features));
        row.set(step === 0 ? reference : rows.subarray(at - 2 * features, at - features));
        row[order[step]] = vector[order[step]];
      }
    }
    scores(rows, changed.length * steps, reachedBy);
    changed.forEach((order, k) => {
      let before = base;
      order.forEach((feature, step) => {
        const after = step < steps ? reachedBy[k * steps + step] : reached;
        out[feature] += (after - before) / changed.length;
        before = after;
      });
    });
    return base;
  };
}

/** `count` orders of the features, and their reverses. */
function sampleOrders(features: number, count: number): number[][] {
  let state = SEED;
  const below = (n: number): number => {
    // Marsaglia's xorshift of 32 bits.
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % n;
  };
  return Array.from({ length: count }, () => {
    const order = Array.from({ length: features }, (_, i) => i);
    for (let i = features - 1; i > 0; i--) {
      const j = below(i + 1);
      [order[i], order[j]] = [order[j], order[i]];
    }
    return [order, order.toReversed()];
  }).flat();
}
