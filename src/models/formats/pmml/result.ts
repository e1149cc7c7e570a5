/** What a model of a PMML file gives for a row. */
export interface Result {
  /** Of a regression or a scorecard; NaN for a classifier. */
  value: number;
  /** Of a classifier: a share for each class, in the order of the target's values. */
  shares: Float64Array | undefined;
  /** Place of the class that a classifier chose. */
  chosen: number;
}

/** null: no result, as where a value is missing that was needed. */
export type Evaluate = (frame: Float64Array) => Result | null;

export const ofValue = (value: number): Result => ({ value, shares: undefined, chosen: -1 });

export function ofShares(shares: Float64Array, chosen = greatest(shares)): Result {
  return { value: Number.NaN, shares, chosen };
}

function greatest(shares: Float64Array): number {
  let best = 0;
  for (let i = 1; i < shares.length; i++) if (shares[i] > shares[best]) best = i;
  return best;
}
