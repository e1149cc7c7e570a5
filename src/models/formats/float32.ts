/** Comparisons in float32 as comparisons in float64, exactly. */

const bits = new DataView(new ArrayBuffer(8));

/** The greatest float32 that is ≤ x: for float32 values v, v ≤ x and v ≤ floor32(x) are the same. */
export function floor32(x: number): number {
  const near = Math.fround(x);
  return near <= x || Number.isNaN(x) ? near : below32(near);
}

/** The greatest float32 below x; −∞ stays. */
export function below32(x: number): number {
  if (x === Number.NEGATIVE_INFINITY) return x;
  if (x === 0) return -(2 ** -149);
  bits.setFloat32(0, x);
  bits.setInt32(0, bits.getInt32(0) + (x > 0 ? -1 : 1));
  return bits.getFloat32(0);
}

/** The least float32 above x; ∞ stays. */
export function above32(x: number): number {
  return -below32(-x);
}

/** The double b for which fround(x) ≤ t and x ≤ b are the same for every double x; t is a float32. */
export function boundaryNotAbove(t: number): number {
  return boundaryBelow(above32(t));
}

/** The greatest double below x, which is finite. */
export function below64(x: number): number {
  if (x === 0) return -Number.MIN_VALUE;
  bits.setFloat64(0, x);
  bits.setBigInt64(0, bits.getBigInt64(0) + (x > 0 ? -1n : 1n));
  return bits.getFloat64(0);
}

/** 2^128, where float32 rounds to infinity: what an infinite float32 stands for between neighbours. */
const OVERFLOW = 2 ** 128;

/**
 * The double b for which fround(x) < t and x ≤ b are the same for every double x; t is a finite float32. It lies half
 * way between t and the float32 below it, as a tie goes to the one with an even significand.
 */
export function boundaryBelow(t: number): number {
  const below = below32(t);
  const finite = (x: number) => Math.max(-OVERFLOW, Math.min(OVERFLOW, x));
  const middle = (finite(below) + finite(t)) / 2;
  return Math.fround(middle) === below ? middle : below64(middle);
}
