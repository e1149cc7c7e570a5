/** 32 bits of two safe integers; multipliers are those of MurmurHash3's finaliser. */
export function mix(a: number, b: number): number {
  let h = Math.imul((a | 0) ^ Math.imul((a / 0x100000000) | 0, 0x9e3779b1), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13) ^ (b | 0), 0xc2b2ae35);
  h = Math.imul(h ^ (h >>> 16) ^ ((b / 0x100000000) | 0), 0x85ebca6b);
  return h ^ (h >>> 15);
}
