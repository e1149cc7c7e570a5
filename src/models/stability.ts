/** Rows spread as the reference that an interval is given, so that an empty bin of a few rows says little. */
const PRIOR = 20;

/**
 * Population stability index of counts against a reference's counts in the same bins: Σ (p − q) · ln(p / q), with
 * p and q the shares. 0 where they are alike; by custom below 0.1 is stable, above 0.25 has shifted. Undefined where either is empty.
 */
export function stabilityIndex(counts: readonly number[], reference: readonly number[]): number | undefined {
  const rows = sum(counts);
  const known = sum(reference);
  if (rows === 0 || known === 0 || counts.length !== reference.length) return undefined;
  let index = 0;
  for (let bin = 0; bin < counts.length; bin++) {
    const q = (reference[bin] + 0.5) / (known + 0.5 * reference.length);
    const p = (counts[bin] + PRIOR * q) / (rows + PRIOR);
    index += (p - q) * Math.log(p / q);
  }
  return index;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
