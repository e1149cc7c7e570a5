import type { Guard } from './expression/code.ts';

/**
 * One comparison of each rule, side by side in memory: thousands of rules are passed over without touching what each of them
 * was compiled to, which no processor's cache holds.
 */
export interface Guards {
  /** False where rule i cannot hit: its comparison is false or unknown. */
  pass(i: number, values: Float64Array): boolean;
}

const CODES = { '<': 1, '<=': 2, '>': 3, '>=': 4 } as const;

export function createGuards(guards: readonly (Guard | undefined)[]): Guards {
  const slots = Int32Array.from(guards, (guard) => guard?.slot ?? -1);
  const limits = Float64Array.from(guards, (guard) => guard?.limit ?? 0);
  const codes = Uint8Array.from(guards, (guard) => (guard === undefined ? 0 : CODES[guard.op]));
  return {
    pass(i, values) {
      const code = codes[i];
      if (code === 0) return true;
      const value = values[slots[i]];
      const limit = limits[i];
      return code === 1 ? value < limit : code === 2 ? value <= limit : code === 3 ? value > limit : value >= limit;
    },
  };
}
