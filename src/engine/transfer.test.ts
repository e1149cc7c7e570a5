import assert from 'node:assert/strict';
import { test } from 'node:test';
import { entityTypesWith } from '../domain/entity.ts';
import { type Event, LABEL_FRAUD, onlyWord } from '../domain/event.ts';
import { trainingCatalogue } from '../features/catalogue.ts';
import { compile } from '../features/compile.ts';
import { createProfiles } from '../profiles/memory.ts';
import type { Serving } from './judge.ts';
import { transferOf } from './transfer.ts';

const entityTypes = entityTypesWith();
const encodings = { category: { other: 0, codes: [[1, 0.5]] as [number, number][] } };
const catalogue = trainingCatalogue(entityTypes);

function event(id: number): Event {
  const words = { country: 1, category: 1, channel: 1, location: 1 };
  const rest = { latitude: 48, longitude: 11, accountAgeDays: 30 };
  const time = Date.UTC(2026, 0, 1) + id * 86_400_000;
  const entities = Float64Array.from(entityTypes, (_, i) => i + 1);
  return { id, type: 0, time, offsetMinutes: 60, amount: 10 + id, entities, ...words, ...rest };
}

const serving = (definitions: typeof catalogue) =>
  ({ features: compile(definitions, { entityTypes, encodings }) }) as unknown as Serving;

test('of what the past tells, a model without it is refused by name; all else is computed anew, as it was', () => {
  const profiles = createProfiles({ entityTypes });
  for (let id = 1; id <= 20; id++) {
    profiles.learn(event(id), 2 * id);
    if (id % 3 === 0) profiles.label(event(id), [onlyWord(LABEL_FRAUD)], 2 * id + 1);
  }
  const now = event(30);
  const whole = serving(catalogue);
  const vector = new Float64Array(catalogue.length);
  whole.features.extract(profiles, now, vector);
  for (const [at, definition] of catalogue.entries()) {
    const to = serving([definition]);
    const out = new Float64Array(1);
    const same = transferOf(whole, to);
    assert.deepEqual(same.missing, [], definition.name);
    same.apply(vector, now, out);
    assert.ok(Object.is(out[0], vector[at]), `${definition.name}: ${out[0]}, not ${vector[at]}`);
    const bare = transferOf(serving([]), to);
    if (bare.missing.length > 0) continue;
    bare.apply(new Float64Array(0), now, out);
    assert.ok(Object.is(out[0], vector[at]), `${definition.name} without a past: ${out[0]}, not ${vector[at]}`);
  }
});
