import { type CaseEntity, type CaseRule, type Joining, STRONG_ENTITIES } from '../domain/case.ts';
import { dueOf } from '../domain/case-sla.ts';
import type { Event } from '../domain/event.ts';
import { profileKeys } from '../profiles/keys.ts';
import type { Profile, Profiles } from '../profiles/profiles.ts';

/** Whom an entity is counted with: each of these is a person, or one person's. */
const COUNTED: readonly string[] = ['user', 'card', 'device'];

/** How an alert will find its case, by what its entities did before it, and when it is to be worked. `at`: when it is recorded. */
export function joiningOf(
  profiles: Profiles,
  event: Event,
  { windowMs, hub, sla, hours }: CaseRule,
  { at, score }: { at: number; score: number },
): Joining {
  const keys = profileKeys(event);
  const hubs = STRONG_ENTITIES.filter((type) => isHub(profiles, type, keys, hub));
  const due = sla && dueOf(sla, hours, { at, score, amount: event.amount });
  return { windowMs, ...(hubs.length > 0 ? { hubs } : {}), ...(due === undefined ? {} : { due }) };
}

function isHub(profiles: Profiles, type: CaseEntity, keys: Float64Array, hub: number): boolean {
  const place = profiles.entityTypes.indexOf(type);
  const profile = place >= 0 && keys[place] > 0 ? profiles.get(place, keys[place]) : undefined;
  // One event names one other of a type at most.
  if (!profile || profile.count <= hub) return false;
  const { entities } = profiles.layouts[place];
  return COUNTED.some((other) => {
    const column = entities[profiles.entityTypes.indexOf(other)] ?? -1;
    return column >= 0 && othersIn(profile, column, hub) > hub;
  });
}

/** Distinct entities in a column of the kept events; counts no further than one beyond the bound. */
function othersIn({ columns, offset, capacity, start, count }: Profile, column: number, bound: number): number {
  const from = offset + column * capacity + start;
  const others = new Set<number>();
  for (let row = from; row < from + count && others.size <= bound; row++)
    if (columns[row] > 0) others.add(columns[row]);
  return others.size;
}
