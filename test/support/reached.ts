import type { Event } from '../../src/domain/event.ts';
import { reachLinked } from '../../src/engine/reach.ts';
import type { Extractor } from '../../src/features/compile.ts';
import { profileKeys } from '../../src/profiles/keys.ts';
import type { Profiles } from '../../src/profiles/profiles.ts';

/** What an event is decided by where profiles are shared: its own, and those that links lead to, fetched step by step. */
export async function reached(
  fetch: (keys: Float64Array) => Promise<Profiles>,
  event: Event,
  { names, walks, extract }: Extractor,
): Promise<Profiles> {
  const shared = { fetch: async (keys: Float64Array) => ({ profiles: await fetch(keys), degraded: false }) };
  const pass = {
    ...{ model: names.length, rules: 0, walks },
    extract: (...to: Parameters<typeof extract>) => void extract(...to),
  };
  return (await reachLinked(shared, await shared.fetch(profileKeys(event)), event, pass)).profiles;
}
