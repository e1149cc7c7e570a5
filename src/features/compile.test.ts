import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CORE_ENTITIES, entityTypesWith } from '../domain/entity.ts';
import { type Event, LABEL_FRAUD, onlyWord } from '../domain/event.ts';
import { PAYMENT_EVENT_TYPES } from '../domain/payment-event.ts';
import { featureSchemaHash } from '../models/canonical.ts';
import { createProfiles } from '../profiles/memory.ts';
import { catalogueFor, defaultCatalogue, trainingCatalogue } from './catalogue.ts';
import { compile } from './compile.ts';
import type { FeatureDefinition } from './definition.ts';
import { distanceKm } from './geography.ts';
import { handbookBetter } from './handbook.ts';
import { links } from './links.ts';

const entityTypes = entityTypesWith();
const REFUSED = PAYMENT_EVENT_TYPES.indexOf('refused');
const T0 = Date.UTC(2026, 0, 5);

type Known = { event: Event; fraud: boolean; refused: boolean };

/** What a definition means, word for word: over all events, no profiles, no shared scans. */
function naive(definition: FeatureDefinition, past: Known[], event: Event): number {
  const type = entityTypes.indexOf(definition.entity ?? '');
  const key = type < 0 ? 0 : event.entities[type];
  const fieldOf = (one: Event): number => {
    const other = entityTypes.indexOf(definition.field!);
    return other >= 0 ? one.entities[other] : (one as unknown as Record<string, number>)[definition.field!];
  };
  const own = past
    .filter((known) => known.event.entities[type] === key && known.event.time <= event.time)
    .sort((a, b) => a.event.time - b.event.time || a.event.id - b.event.id);
  const until = event.time - (definition.delaySeconds ?? 0) * 1000;
  const known = own.filter((one) => one.event.time <= until);
  const inside = known.filter((one) => one.event.time > until - (definition.windowSeconds ?? 0) * 1000);
  const self = definition.self ? 1 : 0;
  // One without a rate has no amount: it counts, and is left out wherever amounts are added up or compared.
  const amounts = (from: Known[]) => from.map((one) => one.event.amount).filter((amount) => !Number.isNaN(amount));
  const ownAmounts = self === 1 && !Number.isNaN(event.amount) ? [event.amount] : [];
  const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);
  const habit = amounts(own.slice(-100));
  const mean = sum(habit) / habit.length;
  const median = [...habit].sort((a, b) => a - b)[(habit.length - 1) >> 1];
  const frauds = known.map((one) => one.fraud);
  const lastWhere = (what: boolean) => known.findLast((one) => one.fraud === what)?.event.time ?? Number.NaN;
  const met = own.filter((one) => fieldOf(one.event) === fieldOf(event));
  const runLength = frauds.length - 1 - frauds.lastIndexOf(false);
  if (definition.entity !== undefined && key === 0) return Number.NaN;
  switch (definition.operation) {
    case 'count':
      return inside.length + self;
    case 'sum':
      return sum([...amounts(inside), ...ownAmounts]);
    case 'average':
      return sum([...amounts(inside), ...ownAmounts]) / (amounts(inside).length + ownAmounts.length);
    case 'distinct': {
      const values = inside.map((one) => fieldOf(one.event));
      if (self) values.push(fieldOf(event));
      return new Set(values.filter((value) => value !== 0)).size;
    }
    case 'total':
      return own.length;
    case 'amount':
      return event.amount;
    case 'amountToMean':
      return habit.length === 0 ? Number.NaN : event.amount / Math.max(mean, 1);
    case 'amountToMedian':
      return habit.length === 0 ? Number.NaN : event.amount / Math.max(median, 1);
    case 'amountToMax':
      return habit.length === 0 ? Number.NaN : event.amount / Math.max(...habit, 1);
    case 'amountDeviations': {
      const deviation = Math.sqrt(sum(habit.map((one) => (one - mean) ** 2)) / (habit.length - 1));
      return (event.amount - mean) / Math.max(deviation, mean / 20, 1);
    }
    case 'farAbove':
      return own
        .slice(-Number(definition.parameters!.last))
        .filter((one) => one.event.time > event.time - (definition.windowSeconds ?? Number.POSITIVE_INFINITY) * 1000)
        .filter((one) => one.event.amount > Number(definition.parameters!.times) * Math.max(median, 1)).length;
    case 'first':
      return fieldOf(event) === 0 ? Number.NaN : met.length === 0 ? 1 : 0;
    case 'sinceLast':
      return own.length === 0 ? Number.NaN : (event.time - own.at(-1)!.event.time) / 1000;
    case 'knownDays':
      return own.length === 0 ? 0 : (event.time - own[0].event.time) / 86_400_000;
    case 'outcomes':
      return inside.filter((one) => one.refused).length;
    case 'outcomeShare':
      return inside.filter((one) => one.refused).length / inside.length;
    case 'frauds':
      return inside.filter((one) => one.fraud).length;
    case 'fraudShare': {
      const empty = Number(definition.parameters?.empty ?? Number.NaN);
      return inside.length === 0 ? empty : inside.filter((one) => one.fraud).length / inside.length;
    }
    case 'leastFraudAmount': {
      const least = Math.min(...amounts(inside.filter((one) => one.fraud)));
      return Number.isFinite(least) ? least : Number.NaN;
    }
    case 'lastFraudPartyFrauds':
    case 'lastFraudToMedian': {
      const last = inside.findLast((one) => one.fraud)?.event;
      const its = last && past.filter((one) => fieldOf(one.event) === fieldOf(last) && one.event.time <= event.time);
      if (!last || !its || fieldOf(last) === 0) return Number.NaN;
      const from = until - definition.windowSeconds! * 1000;
      if (definition.operation === 'lastFraudPartyFrauds')
        return its.filter((one) => one.fraud && one.event.time <= until && one.event.time > from).length;
      its.sort((a, b) => a.event.time - b.event.time || a.event.id - b.event.id);
      const paid = amounts(its.slice(-100)).sort((a, b) => a - b);
      return last.amount / Math.max(paid[(paid.length - 1) >> 1] ?? Number.NaN, 1);
    }
    case 'everFrauds':
      return known.filter((one) => one.fraud).length;
    case 'everLegitimate':
      return 0;
    case 'everFraudShare':
      return known.length * 2 ** 21 + known.filter((one) => one.fraud).length;
    case 'cautiousFraudShare':
      return cautious(definition, known, inside);
    case 'fraudTogether': {
      // The same past told twice is one.
      const pasts = new Map<string, number>();
      for (const entity of String(definition.parameters!.entities).split(' ')) {
        const at = entityTypes.indexOf(entity);
        if (event.entities[at] === 0) continue;
        const of = past.filter((one) => one.event.entities[at] === event.entities[at]).map((one) => one.event.id);
        const one = { ...definition, operation: 'cautiousFraudShare', entity };
        pasts.set(of.join(), naive(one, past, event));
      }
      return 1 - [...pasts.values()].reduce((spared, one) => spared * (1 - one), 1);
    }
    case 'sinceEverFraud':
      return (event.time - lastWhere(true)) / 1000;
    case 'fraudRun':
      return runLength;
    case 'sinceRunStart':
      return runLength === 0 ? Number.NaN : (event.time - known.at(-runLength)!.event.time) / 1000;
    case 'sinceFraud':
      return (event.time - lastWhere(true)) / 1000;
    case 'sinceClean':
      return (event.time - lastWhere(false)) / 1000;
    case 'speed':
    case 'distanceFromUsual':
      return place(definition, own, event);
    case 'type':
      return event.type;
    case 'hour':
      return new Date(event.time + event.offsetMinutes * 60_000).getUTCHours();
    case 'weekday':
      return (new Date(event.time + event.offsetMinutes * 60_000).getUTCDay() + 6) % 7;
    case 'weekend':
      return (new Date(event.time + event.offsetMinutes * 60_000).getUTCDay() + 6) % 7 >= 5 ? 1 : 0;
    case 'night':
      return naive({ name: '', operation: 'hour' }, past, event) <= Number(definition.parameters!.untilHour) ? 1 : 0;
    case 'accountAge':
      return event.accountAgeDays;
    case 'smallAmount':
      return Number.isNaN(event.amount) ? Number.NaN : event.amount <= 5 ? 1 : 0;
    case 'belowRound':
      return Math.round((Math.ceil(event.amount / 50) * 50 - event.amount) * 100) / 100;
    case 'encoding':
      return fieldOf(event) === 0 ? Number.NaN : fieldOf(event) === 1 ? 0.5 : -2;
    default:
      throw new Error(`the twin does not know ${definition.operation}`);
  }
}

function cautious({ windowSeconds, parameters }: FeatureDefinition, known: Known[], inside: Known[]): number {
  const last = parameters?.last;
  const of = last !== undefined ? known.slice(-Number(last)) : windowSeconds === undefined ? known : inside;
  return of.filter((one) => one.fraud).length / (of.length + Number(parameters!.weight));
}

function place(definition: FeatureDefinition, own: Known[], event: Event): number {
  const km = (one: Event) => distanceKm(one.latitude, one.longitude, event.latitude, event.longitude);
  if (definition.operation === 'distanceFromUsual') {
    const distances = own.slice(-10).map((one) => km(one.event));
    const there = distances.filter((one) => !Number.isNaN(one));
    return there.length === 0 ? Number.NaN : Math.min(...there);
  }
  const last = own.slice(-32).findLast((one) => !Number.isNaN(one.event.latitude))?.event;
  if (last === undefined) return Number.NaN;
  return km(last) / Math.max((event.time - last.time) / 3_600_000, 1 / 60);
}

/** Gaps of nothing, of exactly a window, of a millisecond around it, and of days. */
const gaps = fc.oneof(
  fc.constantFrom(0, 0, 1, 600_000, 599_999, 600_001, 3_600_000, 86_400_000, 7 * 86_400_000, 30 * 86_400_000),
  fc.integer({ min: 0, max: 5 * 86_400_000 }),
);
const few = fc.integer({ min: 0, max: 3 });
const events = fc
  .array(
    fc.record({
      gap: gaps,
      keys: fc.tuple(fc.integer({ min: 1, max: 2 }), few, few, few, few, few, few, few, few, few),
      amount: fc.oneof(
        { weight: 5, arbitrary: fc.integer({ min: 0, max: 30_000 }).map((cents) => cents / 100) },
        { weight: 1, arbitrary: fc.constant(Number.NaN) },
      ),
      words: fc.tuple(few, few, few, few),
      at: fc.option(fc.tuple(fc.integer({ min: -89, max: 89 }), fc.integer({ min: -180, max: 180 })), {
        nil: undefined,
      }),
      offset: fc.constantFrom(0, -300, 330, 720),
      fraud: fc.boolean(),
      refused: fc.boolean(),
    }),
    { minLength: 1, maxLength: 40 },
  )
  .map((rows) => {
    let time = T0;
    return rows.map(({ gap, keys, amount, words, at, offset, fraud, refused }, i): Known => {
      time += gap;
      const [country, category, channel, location] = words;
      const entities = Float64Array.from(keys);
      const [latitude, longitude] = at ?? [Number.NaN, Number.NaN];
      const more = { country, category, channel, location, latitude, longitude, accountAgeDays: i };
      return { event: { id: i + 1, type: 0, time, offsetMinutes: offset, amount, entities, ...more }, fraud, refused };
    });
  });

const code = { other: -2, codes: [[1, 0.5]] as [number, number][] };
const encodings = { category: code, channel: code, country: code };

for (const [name, catalogue] of [
  // Links have an oracle of their own: `links.test.ts`.
  ['default', trainingCatalogue(entityTypes).filter(({ operation }) => !Object.hasOwn(links, operation))],
  ['handbook', handbookBetter],
] as const) {
  test(`the ${name} catalogue equals its definitions, word for word`, () => {
    const extractor = compile(catalogue, { entityTypes, encodings });
    const vector = new Float64Array(extractor.names.length);
    fc.assert(
      fc.property(events, (rows) => {
        const profiles = createProfiles({ entityTypes, columns: extractor.columns });
        rows.forEach(({ event, fraud, refused }, i) => {
          const past = rows.slice(0, i);
          assert.equal(extractor.extract(profiles, event, vector), 0);
          catalogue.forEach((definition, f) => {
            const expected = naive(definition, past, event);
            const close = Math.abs(vector[f] - expected) <= 1e-9 * Math.max(1, Math.abs(expected));
            assert.ok(
              close || Object.is(vector[f], expected),
              `${definition.name}: ${vector[f]}, not ${expected}, at row ${i}`,
            );
          });
          profiles.learn(event, 3 * i + 1);
          if (fraud) profiles.label(event, [onlyWord(LABEL_FRAUD)], 3 * i + 2);
          if (refused) profiles.tell(event, REFUSED, 3 * i + 3);
        });
      }),
      { numRuns: 60 },
    );
  });
}

function plain(id: number, time: number, more: Partial<Event> = {}): Event {
  const entities = new Float64Array(entityTypes.length).fill(1);
  const words = { country: 0, category: 0, channel: 0, location: 0 };
  const rest = { latitude: Number.NaN, longitude: Number.NaN, accountAgeDays: Number.NaN };
  return { id, type: 0, time, offsetMinutes: 0, amount: 10, entities, ...words, ...rest, ...more };
}

test('a late event is read by later transactions only, and a transaction sees nothing later than itself', () => {
  const definition = { name: 'n', operation: 'count', entity: 'user', windowSeconds: 3600 };
  const { extract } = compile([definition], { entityTypes });
  const profiles = createProfiles({ entityTypes });
  const out = new Float64Array(1);
  profiles.learn(plain(1, T0), 1);
  profiles.learn(plain(2, T0 + 5000), 2);
  extract(profiles, plain(3, T0 + 1000), out);
  assert.equal(out[0], 1);
  profiles.learn(plain(3, T0 + 1000), 3);
  extract(profiles, plain(4, T0 + 6000), out);
  assert.equal(out[0], 3);
});

test('windows that reach past the oldest kept event are answered from buckets and marked', () => {
  const window = { entity: 'merchant', windowSeconds: 30 * 86_400 };
  const catalogue: FeatureDefinition[] = [
    { name: 'count', operation: 'count', ...window },
    { name: 'sum', operation: 'sum', ...window },
    { name: 'frauds', operation: 'frauds', ...window },
    { name: 'hour', operation: 'count', entity: 'merchant', windowSeconds: 3600 },
    { name: 'total', operation: 'total', entity: 'merchant' },
  ];
  const extractor = compile(catalogue, { entityTypes });
  const profiles = createProfiles({ entityTypes });
  const out = new Float64Array(catalogue.length);
  const many = 3000;
  for (let i = 1; i <= many; i++) profiles.learn(plain(i, T0 + i * 600_000), i);
  for (let i = 10; i <= 100; i += 10) profiles.label(plain(i, T0 + i * 600_000), [onlyWord(LABEL_FRAUD)], many + i);
  const marked = extractor.extract(profiles, plain(0, T0 + (many + 1) * 600_000), out);
  assert.deepEqual([...out], [many, 10 * many, 10, 5, many]);
  assert.equal(marked, 3);
  assert.deepEqual([...extractor.approximate], [1, 1, 1, 0, 0]);
  const other = createProfiles({ entityTypes });
  assert.equal(extractor.extract(other, plain(0, T0), out), 0);
  assert.deepEqual([...extractor.approximate], [0, 0, 0, 0, 0]);
});

test('distances agree with known ones', () => {
  // London to Paris is 343.6 km on a sphere of 6371.0088 km; half the equator is its half circumference.
  assert.ok(Math.abs(distanceKm(51.5074, -0.1278, 48.8566, 2.3522) - 343.56) < 0.1);
  assert.ok(Math.abs(distanceKm(0, 0, 0, 180) - Math.PI * 6371.0088) < 1e-6);
  assert.ok(distanceKm(10, 179.9, 10, -179.9) < 25);
  assert.equal(distanceKm(10, 10, 10, 10), 0);
  assert.ok(Number.isNaN(distanceKm(Number.NaN, 0, 0, 0)));
});

test('the schema changes with all that changes a value and with nothing else', () => {
  const schema = (definitions: FeatureDefinition[]) => compile(definitions, { entityTypes, encodings }).schema;
  const before = schema(defaultCatalogue);
  assert.match(before, /^[0-9a-f]{16}$/);
  assert.equal(schema(structuredClone(defaultCatalogue)), before);
  const [first, ...others] = defaultCatalogue;
  assert.equal(schema([{ operation: first.operation, name: first.name }, ...others]), before);
  assert.notEqual(schema([...others, first]), before);
  assert.notEqual(schema(defaultCatalogue.map((one) => ({ ...one, delaySeconds: 60 }))), before);
  assert.equal(before, featureSchemaHash(defaultCatalogue), 'the one that models carry');
});

test('a definition that makes no sense is refused by name', () => {
  const refuse = (definition: FeatureDefinition, pattern: RegExp) =>
    assert.throws(() => compile([definition], { entityTypes }), pattern);
  refuse({ name: 'a', operation: 'nothing' }, /a: no operation nothing/);
  refuse({ name: 'b', operation: 'count', entity: 'user' }, /b needs a window/);
  refuse({ name: 'c', operation: 'count', windowSeconds: 5 }, /c must name an entity/);
  refuse({ name: 'd', operation: 'count', entity: 'ship', windowSeconds: 5 }, /no entity type ship/);
  refuse({ name: 'e', operation: 'first', entity: 'user', field: 'shoes' }, /no field shoes/);
  assert.throws(
    () => compile([defaultCatalogue[0], defaultCatalogue[0]], { entityTypes }),
    /Two features have the same name/,
  );
  const narrow = createProfiles({ entityTypes, columns: {} });
  const definition = { name: 'f', operation: 'first', entity: 'user', field: 'country' };
  assert.throws(
    () => compile([definition], { entityTypes }).extract(narrow, plain(1, T0), new Float64Array(1)),
    /keep no column country/,
  );
});

test('what profiles do not keep is refused when features are compiled, not when they are asked', () => {
  const definition = { name: 'f', operation: 'distinct', entity: 'bin', field: 'payee', windowSeconds: 60 };
  assert.throws(
    () => compile([definition], { entityTypes }),
    /^Error: Profiles of bin do not keep payee: they keep country, user, card, device, ip, merchant\.$/,
  );
});

test('as far as the entity types go, the catalogue is the default one', () => {
  const core = catalogueFor(CORE_ENTITIES);
  assert.doesNotThrow(() => compile(core, { entityTypes: CORE_ENTITIES }));
  assert.deepEqual(
    core.filter(({ name }) => name === 'bin_cards_1h' || name === 'user_new_payee'),
    [],
  );
  assert.ok(core.some(({ name }) => name === 'card_refused_1h'));
});

test('an entity type that a configuration adds has features of its own', () => {
  const types = entityTypesWith(['terminal']);
  const catalogue = catalogueFor(types);
  assert.deepEqual(catalogueFor(entityTypes).slice(0, defaultCatalogue.length), defaultCatalogue);
  const extractor = compile(catalogue, { entityTypes: types, encodings });
  const profiles = createProfiles({ entityTypes: types, columns: extractor.columns });
  const out = new Float64Array(catalogue.length);
  const at = (id: number, user: number) =>
    plain(id, T0 + id, { entities: Float64Array.of(user, user, 1, 1, 1, 1, 8, 0, 0, 0, 0) });
  for (let user = 1; user <= 3; user++) profiles.learn(at(user, user), user);
  extractor.extract(profiles, at(4, 4), out);
  const value = (name: string) => out[extractor.names.indexOf(name)];
  const names = ['terminal_count_1h', 'terminal_users_1h', 'terminal_cards_24h', 'terminal_total', 'user_new_terminal'];
  assert.deepEqual(names.map(value), [4, 4, 4, 3, 1]);
});
