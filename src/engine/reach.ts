import type { Event } from '../domain/event.ts';
import type { Profile, Profiles } from '../profiles/profiles.ts';
import type { SharedProfiles } from '../profiles/shared.ts';
import type { Pass } from './policy/pass.ts';

/** What was fetched; `degraded` where some of it could not be. */
export interface Fetched {
  profiles: Profiles;
  degraded: boolean;
}

/** Round trips after the first: a walk of two steps takes two. */
const MOST_ROUNDS = 4;

/**
 * Fetches on while features ask for profiles that are not here: links lead from the entities of a payment to others. What is fetched
 * later is as it is then; each profile is whole in itself.
 */
export async function reachLinked(
  shared: Pick<SharedProfiles, 'fetch'>,
  first: Fetched,
  event: Event,
  pass: Pass,
): Promise<Fetched> {
  if (!pass.walks) return first;
  const { entityTypes } = first.profiles;
  const numbers = new Float64Array(pass.model + pass.rules);
  const reached = entityTypes.map(() => new Map<number, Profile | undefined>());
  let missing: { type: number; key: number }[] = [];
  const get: Profiles['get'] = (type, key) => {
    const own = first.profiles.get(type, key);
    if (own || reached[type].has(key)) return own ?? reached[type].get(key);
    missing.push({ type, key });
    return undefined;
  };
  const profiles = { ...first.profiles, entityTypes, layouts: first.profiles.layouts, get };
  let { degraded } = first;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    missing = [];
    pass.extract(profiles, event, numbers);
    if (missing.length === 0) break;
    const rows = rowsOf(missing, entityTypes.length);
    const found = await Promise.all(rows.map((keys) => shared.fetch(keys)));
    for (const { type, key } of missing) reached[type].set(key, undefined);
    rows.forEach((keys, row) => {
      degraded ||= found[row].degraded;
      keys.forEach((key, type) => {
        if (key > 0) reached[type].set(key, found[row].profiles.get(type, key));
      });
    });
  }
  return { profiles, degraded };
}

/** One key a type, as they are fetched. */
function rowsOf(wanted: readonly { type: number; key: number }[], types: number): Float64Array[] {
  const rows: Float64Array[] = [];
  const next = new Uint32Array(types);
  for (const { type, key } of wanted) {
    const row = next[type]++;
    rows[row] ??= new Float64Array(types);
    rows[row][type] = key;
  }
  return rows;
}
