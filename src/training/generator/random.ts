/** A seeded source of numbers. The same seed gives the same numbers on every machine with the same engine. */
export interface Random {
  /** Uniform in [0, 1). */
  float(): number;
  /** Uniform integer in [low, high], both included. */
  int(low: number, high: number): number;
  between(low: number, high: number): number;
  chance(probability: number): boolean;
  normal(): number;
  /** Log-normal with the given median and the deviation of its logarithm. */
  logNormal(median: number, sigma: number): number;
  exponential(mean: number): number;
  pick<T>(items: ArrayLike<T>): T;
}

/** Small fast counter of 128 bits (sfc32, Chris Doty-Humphrey's PractRand), seeded through splitmix32. */
export function createRandom(seed: number): Random {
  let mix = seed >>> 0;
  const split = (): number => {
    mix = (mix + 0x9e3779b9) | 0;
    let z = mix ^ (mix >>> 16);
    z = Math.imul(z, 0x21f0aaad);
    z ^= z >>> 15;
    z = Math.imul(z, 0x735a2d97);
    return z ^ (z >>> 15);
  };
  let a = split();
  let b = split();
  // The part of the seed above 32 bits counts too.
  let c = split() ^ Math.trunc(seed / 0x100000000);
  let counter = 1;
  const next = (): number => {
    const out = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + out) | 0;
    return out >>> 0;
  };
  for (let i = 0; i < 12; i++) next();

  const float = () => next() / 0x100000000;
  const normal = () => Math.sqrt(-2 * Math.log(1 - float())) * Math.cos(2 * Math.PI * float());
  return {
    float,
    normal,
    int: (low, high) => low + Math.floor(float() * (high - low + 1)),
    between: (low, high) => low + float() * (high - low),
    chance: (probability) => float() < probability,
    logNormal: (median, sigma) => median * Math.exp(sigma * normal()),
    exponential: (mean) => -mean * Math.log(1 - float()),
    pick: (items) => items[Math.floor(float() * items.length)],
  };
}

/** Draws an index in proportion to its weight in constant time (Vose's alias method). */
export function createSampler(weights: ArrayLike<number>): (random: Random) => number {
  const count = weights.length;
  let total = 0;
  for (let i = 0; i < count; i++) total += weights[i];
  const keep = new Float64Array(count).fill(1);
  const alias = new Int32Array(count);
  const scaled = Float64Array.from({ length: count }, (_, i) => (weights[i] * count) / total);
  const small: number[] = [];
  const large: number[] = [];
  for (let i = 0; i < count; i++) (scaled[i] < 1 ? small : large).push(i);
  while (small.length > 0 && large.length > 0) {
    const low = small.pop() as number;
    const high = large[large.length - 1];
    keep[low] = scaled[low];
    alias[low] = high;
    scaled[high] -= 1 - scaled[low];
    if (scaled[high] < 1) small.push(large.pop() as number);
  }
  return (random) => {
    const slot = Math.floor(random.float() * count);
    return random.float() < keep[slot] ? slot : alias[slot];
  };
}
