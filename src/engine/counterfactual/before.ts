import { LABEL_FRAUD } from '../../domain/event.ts';
import { ID, LABEL, type Layout } from '../../profiles/layout.ts';
import type { Profile, Profiles } from '../../profiles/profiles.ts';

/**
 * Profiles as they were before a payment that they have learnt by now: without it, and without what happened after it. Labels and
 * late events that came meanwhile are in them; who asks compares with what was recorded.
 */
export function profilesBefore(profiles: Profiles, payment: { id: number; time: number }): Profiles {
  const known = new Map<string, Profile | undefined>();
  return {
    ...{ entityTypes: profiles.entityTypes, layouts: profiles.layouts },
    get(type, key) {
      const name = `${type}:${key}`;
      if (!known.has(name)) {
        const profile = profiles.get(type, key);
        known.set(name, profile && before(profile, profiles.layouts[type], payment));
      }
      return known.get(name);
    },
    readSet: () => refuse(),
    learn: () => refuse(),
    label: () => refuse(),
    tell: () => refuse(),
  };
}

function refuse(): never {
  throw new Error('What was is only read.');
}

/** A copy, since the columns are shared with other profiles. */
function before(profile: Profile, { width }: Layout, { id, time }: { id: number; time: number }): Profile | undefined {
  const { start, count, capacity, offset, columns } = profile;
  const rows: number[] = [];
  for (let row = start; row < start + count; row++)
    if (columns[offset + row] <= time && columns[offset + ID * capacity + row] !== id) rows.push(row);
  if (rows.length === count) return profile;
  if (rows.length === 0 && profile.buckets === undefined) return undefined;
  const copy = new Float64Array(width * rows.length);
  for (let c = 0; c < width; c++)
    for (let i = 0; i < rows.length; i++) copy[c * rows.length + i] = columns[offset + c * capacity + rows[i]];
  let frauds = 0;
  for (let i = 0; i < rows.length; i++) frauds += copy[LABEL * rows.length + i] & LABEL_FRAUD;
  const isFirstKept = profile.buckets === undefined;
  return {
    ...{ start: 0, count: rows.length, capacity: rows.length, columns: copy, offset: 0, frauds },
    ...{ total: profile.total - (count - rows.length), seen: profile.seen, buckets: profile.buckets, hash: 0 },
    firstTime: isFirstKept ? copy[0] : profile.firstTime,
  };
}
