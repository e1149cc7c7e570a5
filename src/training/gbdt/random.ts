/** A seeded generator of numbers in [0, 1). Same seed, same numbers, on every machine. */
export type Random = () => number;

/** Bob Jenkins' small fast counting generator (sfc32), warmed up from one 32-bit seed. */
export function seededRandom(seed: number): Random {
  let a = 0x9e3779b9 ^ seed;
  let b = 0x243f6a88;
  let c = 0xb7e15162 + seed;
  let counter = 1;
  const next = () => {
    const sum = (a + b + counter++) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return (sum >>> 0) / 4294967296;
  };
  for (let i = 0; i < 16; i++) next();
  return next;
}

/** `count` of 0..`size` − 1 without repeats, ascending (Knuth's selection sampling). */
export function sampleIndices(size: number, count: number, random: Random): Int32Array {
  const picked = new Int32Array(Math.min(count, size));
  let taken = 0;
  for (let i = 0; i < size && taken < picked.length; i++) {
    if (random() * (size - i) < picked.length - taken) picked[taken++] = i;
  }
  return picked;
}
