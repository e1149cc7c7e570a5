import assert from 'node:assert/strict';
import { test } from 'node:test';
import { entityTypesWith } from '../../domain/entity.ts';
import type { Event } from '../../domain/event.ts';
import { catalogueFor } from '../../features/catalogue.ts';
import { compile } from '../../features/compile.ts';
import { createProfiles } from '../../profiles/memory.ts';
import { profilesBefore } from './before.ts';

const entityTypes = entityTypesWith();
const features = compile(catalogueFor(entityTypes), { entityTypes });

/** Few entities, so that each has a past; of the busiest more than is kept exactly. */
function stream(count: number): Event[] {
  let state = 7;
  const next = (below: number) => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return Math.floor((state / 2147483648) * below);
  };
  let time = Date.UTC(2026, 0, 1);
  return Array.from({ length: count }, (_, i) => {
    time += 1 + next(40_000);
    return {
      ...{ id: i + 1, type: 0, time, offsetMinutes: 0, amount: 1 + next(50_000) / 100 },
      entities: Float64Array.from(entityTypes, (_, type) => (next(9) === 0 ? 0 : 1 + type * 100 + next(1 + type * 4))),
      ...{ country: 1 + next(3), category: 1 + next(5), channel: 1 + next(2), location: 1 + next(6) },
      ...{ latitude: next(80), longitude: next(80), accountAgeDays: next(900) },
    };
  });
}

test('profiles before a payment give the vector that it was decided by, bit for bit, whatever came after', () => {
  const events = stream(500);
  const profiles = createProfiles({ entityTypes });
  const vectors = events.map((event, i) => {
    const vector = new Float64Array(features.names.length);
    features.extract(profiles, event, vector);
    profiles.learn(event, i + 1);
    return vector;
  });
  const again = new Float64Array(features.names.length);
  for (const [i, event] of events.entries()) {
    features.extract(profilesBefore(profiles, event), event, again);
    for (const [slot, name] of features.names.entries())
      assert.ok(Object.is(again[slot], vectors[i][slot]), `${name} of ${i}: ${again[slot]}, not ${vectors[i][slot]}`);
  }
});
