export interface Quadrature {
  points: Float64Array;
  weights: Float64Array;
}

/**
 * Gauss–Legendre quadrature on [0, 1]: exact for polynomials up to degree 2 × count − 1. The points are the roots of the
 * Legendre polynomial, by Newton's method from the usual cosine guess.
 */
export function gaussLegendre(count: number): Quadrature {
  const points = new Float64Array(count);
  const weights = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    let x = Math.cos((Math.PI * (i + 0.75)) / (count + 0.5));
    let slope = 1;
    for (let step = 0; step < 100; step++) {
      let value = x;
      let previous = 1;
      for (let n = 2; n <= count; n++) [value, previous] = [((2 * n - 1) * x * value - (n - 1) * previous) / n, value];
      slope = (count * (x * value - previous)) / (x * x - 1);
      const move = value / slope;
      x -= move;
      if (Math.abs(move) < 1e-16) break;
    }
    points[i] = (1 - x) / 2;
    weights[i] = 1 / ((1 - x * x) * slope * slope);
  }
  return { points, weights };
}
