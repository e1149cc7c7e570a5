import type { Keys } from '../projections/keys.ts';

/** A key's id with its name, for people. */
export function actor(keys: Keys, by: string | null | undefined): { by: string | null; byName: string | null } {
  return { by: by ?? null, byName: by ? (keys.get(by)?.name ?? null) : null };
}
