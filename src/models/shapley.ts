/**
 * Shapley values of one leaf of a tree, in the path-dependent game of TreeSHAP (Lundberg et al. 2020).
 *
 * A leaf with value v and the distinct features D on its path plays a product game: a coalition S is worth
 * v × Π(k in S) o(k) × Π(k not in S) z(k), where o(k) is 1 if the vector satisfies every condition on k along the path
 * and else 0, and z(k) is the share of training rows that follow the path at the nodes of k. The Shapley value of j is
 *
 *   φ(j) = v × (o(j) − z(j)) × ∫₀¹ Π(k ≠ j) (t × o(k) + (1 − t) × z(k)) dt
 *
 * a polynomial of degree |D| − 1, which Gauss–Legendre quadrature integrates exactly.
 */
import { gaussLegendre } from './quadrature.ts';

/** Writes φ of `size` features into out[to..to + size): shares z from `shares[from]`, o from `satisfied[0]`. */
export type LeafContributions = (
  value: number,
  shares: Float64Array,
  from: number,
  size: number,
  satisfied: Uint8Array,
  out: Float64Array,
  to: number,
) => void;

/** For paths of at most `longest` features. Keeps scratch memory: not reentrant. */
export function leafContributions(longest: number): LeafContributions {
  const { points, weights } = gaussLegendre(Math.max(1, Math.ceil(longest / 2)));
  const factors = new Float64Array(longest);
  const before = new Float64Array(longest);
  return (value, shares, from, size, satisfied, out, to) => {
    out.fill(0, to, to + size);
    for (let q = 0; q < points.length; q++) {
      const t = points[q];
      let product = weights[q] * value;
      for (let k = 0; k < size; k++) {
        factors[k] = t * satisfied[k] + (1 - t) * shares[from + k];
        before[k] = product;
        product *= factors[k];
      }
      let after = 1;
      for (let k = size - 1; k >= 0; k--) {
        out[to + k] += before[k] * after;
        after *= factors[k];
      }
    }
    for (let k = 0; k < size; k++) out[to + k] *= satisfied[k] - shares[from + k];
  };
}
