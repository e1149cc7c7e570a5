import type { Event } from '../domain/event.ts';

const MOST_KEYS = 2 ** 53 - 1;
/** What is taken off an entity's key, by event type: far apart, so that no two keys meet but by chance. */
const SHIFTS = [0, 3_002_399_751_580_331, 6_004_799_503_160_661, 1_501_199_875_790_165];

/**
 * The key of an entity's profile for events of a type. Payments are under the entity's own key; what it did by logins,
 * registrations and payouts lies in profiles beside that one: so "payments in the last hour" counts payments, a login is
 * held against logins, and neither pushes the other out of the newest 512.
 */
export function profileKey(key: number, type: number): number {
  if (type === 0 || !(key > 0)) return key;
  const shifted = key - SHIFTS[type];
  return shifted > 0 ? shifted : shifted + MOST_KEYS;
}

/** The keys of an event's profiles, in the order of its entities. */
export function profileKeys({ entities, type }: Pick<Event, 'type' | 'entities'>): Float64Array {
  return type === 0 ? entities : entities.map((key) => profileKey(key, type));
}
