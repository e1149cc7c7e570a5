import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { blankEvent, type Event } from '../domain/event.ts';
import { createProfiles } from '../profiles/memory.ts';
import { compile } from './compile.ts';
import type { FeatureDefinition } from './definition.ts';

const T0 = Date.UTC(2026, 0, 5);
const entityTypes = ['user', 'card'];

function event(id: number, seconds: number, amount: number, user: number): Event {
  return { ...blankEvent(2), id, time: T0 + seconds * 1000, amount, entities: Float64Array.of(user, 0) };
}

test('the maximum of a window is that of a scan of the whole past, ties and late events included', () => {
  const definitions: FeatureDefinition[] = [60, 600].flatMap((windowSeconds) => [
    { name: `with_${windowSeconds}`, operation: 'maximum', entity: 'user', windowSeconds, self: true },
    { name: `without_${windowSeconds}`, operation: 'maximum', entity: 'user', windowSeconds },
  ]);
  const extractor = compile([...definitions, { ...definitions[0], name: 'absent', entity: 'card' }], { entityTypes });
  const payment = fc.record({
    seconds: fc.integer({ min: 0, max: 900 }),
    amount: fc.integer({ min: 1, max: 50 }),
    user: fc.integer({ min: 1, max: 2 }),
  });
  fc.assert(
    fc.property(fc.array(payment, { maxLength: 60 }), (payments) => {
      const profiles = createProfiles({ entityTypes, columns: extractor.columns });
      const past: Event[] = [];
      const out = new Float64Array(5);
      payments.forEach(({ seconds, amount, user }, i) => {
        const now = event(i + 1, seconds, amount, user);
        extractor.extract(profiles, now, out);
        const expected = definitions.map(({ windowSeconds, self }) => {
          const from = now.time - windowSeconds! * 1000;
          const inside = past.filter((one) => one.entities[0] === user && one.time > from && one.time <= now.time);
          const amounts = [...inside, ...(self ? [now] : [])].map((one) => one.amount);
          return amounts.length === 0 ? Number.NaN : Math.max(...amounts);
        });
        assert.deepEqual([...out], [...expected, Number.NaN]);
        profiles.learn(now, i + 1);
        past.push(now);
      });
    }),
  );
});
