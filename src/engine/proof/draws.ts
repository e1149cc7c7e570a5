/** Numbers by chance, the same for the same seed: figures that are asked for twice are the same twice. */
export interface Draws {
  /** Uniform in [0, 1). */
  uniform(): number;
  /** 0 where `a` is 0, 1 where `b` is. */
  beta(a: number, b: number): number;
  binomial(count: number, share: number): number;
}

/** Beyond so many of either side a binomial is drawn as a normal. */
const MANY = 30;

/** A counter of 32 bits, mixed (Mulberry32, T. Ettinger); gammas by Marsaglia and Tsang (2000). */
export function createDraws(seed: number): Draws {
  let state = seed >>> 0;
  const uniform = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let z = Math.imul(state ^ (state >>> 15), state | 1);
    z ^= z + Math.imul(z ^ (z >>> 7), z | 61);
    return ((z ^ (z >>> 14)) >>> 0) / 2 ** 32;
  };
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());

  function gamma(shape: number): number {
    if (shape < 1) return gamma(shape + 1) * (1 - uniform()) ** (1 / shape);
    const d = shape - 1 / 3;
    const c = 1 / Math.sqrt(9 * d);
    for (;;) {
      const x = normal();
      const v = (1 + c * x) ** 3;
      if (v > 0 && Math.log(1 - uniform()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
    }
  }

  function binomial(count: number, share: number): number {
    if (count <= 0 || share <= 0) return 0;
    if (share >= 1) return count;
    if (share > 0.5) return count - binomial(count, 1 - share);
    const mean = count * share;
    if (mean > MANY) return Math.min(count, Math.max(0, Math.round(mean + normal() * Math.sqrt(mean * (1 - share)))));
    // The gaps between two that are drawn are geometric.
    const log = Math.log(1 - share);
    let [drawn, at] = [0, 0];
    for (;;) {
      at += Math.floor(Math.log(1 - uniform()) / log) + 1;
      if (at > count) return drawn;
      drawn++;
    }
  }

  return {
    uniform,
    binomial,
    beta(a, b) {
      if (a <= 0) return 0;
      if (b <= 0) return 1;
      const x = gamma(a);
      return x / (x + gamma(b));
    },
  };
}
