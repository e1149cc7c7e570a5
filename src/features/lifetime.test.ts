import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Event, LABEL_FRAUD, LABEL_LEGITIMATE, LABEL_UNKNOWN, onlyWord } from '../domain/event.ts';
import { createProfiles } from '../profiles/memory.ts';
import { compile } from './compile.ts';
import type { FeatureDefinition } from './definition.ts';

const entityTypes = ['user', 'card'];
const T0 = Date.UTC(2026, 0, 5);
const DAY_MS = 86_400_000;
const DELAY_DAYS = 7;

const of = (entity: string, operation: string, delayed: boolean): FeatureDefinition => ({
  name: `${entity} ${operation} ${delayed}`,
  operation,
  entity,
  ...(delayed ? { delaySeconds: (DELAY_DAYS * DAY_MS) / 1000 } : {}),
  ...(operation === 'everFraudShare' ? { parameters: { prior: 0.02 } } : {}),
});
const OPERATIONS = ['everCount', 'everFrauds', 'everLegitimate', 'everFraudShare', 'sinceEverFraud'];
const definitions = entityTypes.flatMap((entity) =>
  OPERATIONS.flatMap((operation) => [of(entity, operation, false), of(entity, operation, true)]),
);

function event(id: number, time: number, user: number, card: number): Event {
  const words = { country: 0, category: 0, channel: 0, location: 0 };
  const rest = { latitude: Number.NaN, longitude: Number.NaN, accountAgeDays: Number.NaN };
  return { id, type: 0, time, offsetMinutes: 0, amount: 10, entities: Float64Array.of(user, card), ...words, ...rest };
}

interface Known {
  event: Event;
  code: number;
}

/** By going through everything that was learnt, each event once, with its label as it is now. */
function naive({ entity, operation, delaySeconds = 0 }: FeatureDefinition, all: Known[], now: Event): number {
  const type = entityTypes.indexOf(entity!);
  const own = all.filter(
    (one) => one.event.entities[type] === now.entities[type] && one.event.time <= now.time - delaySeconds * 1000,
  );
  const frauds = own.filter((one) => one.code === LABEL_FRAUD);
  if (operation === 'everCount') return own.length;
  if (operation === 'everFrauds') return frauds.length;
  if (operation === 'everLegitimate') return own.filter((one) => one.code === LABEL_LEGITIMATE).length;
  if (operation === 'everFraudShare') return (frauds.length + 20 * 0.02) / (own.length + 20);
  return (now.time - Math.max(...frauds.map((one) => one.event.time), Number.NEGATIVE_INFINITY)) / 1000;
}

/**
 * A life of up to 1,500 payments of one user and a few cards over months, far beyond the rows that are kept: some come late, some
 * twice, and words about any of them come at any time, again, and otherwise.
 */
const histories = fc.record({
  payments: fc.integer({ min: 600, max: 1500 }),
  stepMs: fc.constantFrom(60_000, 3_600_000, 6 * 3_600_000),
  seed: fc.integer({ min: 1, max: 2 ** 31 }),
});

function randomOf(seed: number) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function live(
  { payments, stepMs, seed }: { payments: number; stepMs: number; seed: number },
  check: (all: Known[], now: Event, vector: Float64Array, rough: Uint8Array) => void,
): void {
  const random = randomOf(seed);
  const pick = (below: number) => Math.floor(random() * below);
  const profiles = createProfiles({ entityTypes });
  const extractor = compile(definitions, { entityTypes });
  const vector = new Float64Array(definitions.length);
  const all: Known[] = [];
  let sequence = 0;
  for (let i = 1; i <= payments; i++) {
    const late = random() < 0.1 ? pick(20) * stepMs : 0;
    const payment = event(i, T0 + i * stepMs - late, 1, 1 + pick(3));
    profiles.learn(payment, ++sequence);
    if (random() < 0.05) profiles.learn(payment, sequence);
    all.push({ event: payment, code: LABEL_UNKNOWN });
    while (random() < 0.4) {
      // Mostly of what is young, often of what fell out long ago.
      const known = all[random() < 0.5 ? all.length - 1 - pick(Math.min(all.length, 30)) : pick(all.length)];
      const code = [LABEL_FRAUD, LABEL_LEGITIMATE, LABEL_UNKNOWN][pick(3)] as typeof LABEL_FRAUD;
      known.code = code;
      profiles.label(known.event, [onlyWord(code)], ++sequence);
      if (random() < 0.2) profiles.label(known.event, [onlyWord(code)], ++sequence);
    }
    if (i % 97 !== 0 && i !== payments) continue;
    const now = event(payments + i, T0 + i * stepMs, 1, 1 + pick(4));
    extractor.extract(profiles, now, vector);
    check(all, now, vector, extractor.approximate);
  }
}

test('lifetime counts are those of a slow oracle, under late, doubled and turned labels, long after rows fell out', () => {
  const seen = { exact: 0, rough: 0, since: 0, old: 0 };
  fc.assert(
    fc.property(histories, (history) =>
      live(history, (all, now, vector, rough) => {
        definitions.forEach((definition, f) => {
          const expected = naive(definition, all, now);
          const told = `${definition.name}: ${vector[f]}, not ${expected}, after ${all.length} payments`;
          if (definition.operation === 'sinceEverFraud') {
            seen.since++;
            if (rough[f] === 0)
              assert.ok(Object.is(vector[f], Number.isFinite(expected) ? expected : Number.NaN), told);
            else if (Number.isFinite(expected) && vector[f] < expected + 86_400) {
              seen.old++;
              assert.ok(Math.abs(vector[f] - expected) <= 43_200, told);
            }
          } else if (rough[f] === 0) {
            seen.exact++;
            assert.equal(vector[f], expected, told);
          } else seen.rough++;
        });
      }),
    ),
    { numRuns: 25 },
  );
  assert.ok(seen.exact > 1000 && seen.rough > 10 && seen.since > 200, JSON.stringify(seen));
});

test('what is rough is said, and only a delay that reaches behind the rows makes counts so', () => {
  const profiles = createProfiles({ entityTypes });
  const extractor = compile(definitions, { entityTypes });
  const vector = new Float64Array(definitions.length);
  for (let i = 1; i <= 2000; i++) profiles.learn(event(i, T0 + i * 60_000, 1, i), i);
  profiles.label(event(1, T0 + 60_000, 1, 1), [onlyWord(LABEL_FRAUD)], 2001);
  extractor.extract(profiles, event(0, T0 + 2001 * 60_000, 1, 7), vector);
  const value = (name: string) => [vector, extractor.approximate].map((of) => of[extractor.names.indexOf(name)]);
  assert.deepEqual(value('user everCount false'), [2000, 0]);
  assert.deepEqual(value('user everFrauds false'), [1, 0]);
  assert.deepEqual(value('user everCount true'), [0, 1], 'all of it is younger than the delay');
  assert.deepEqual(value('card everCount false'), [1, 0]);
  const [since, rough] = value('user sinceEverFraud false');
  assert.equal(rough, 1);
  assert.ok(Math.abs(since - 2000 * 60) <= 1800, `${since}`);
});
