import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reached } from '../../test/support/reached.ts';
import {
  blankEvent,
  type Event,
  LABEL_FRAUD,
  LABEL_LEGITIMATE,
  LABEL_UNKNOWN,
  type LabelCode,
  onlyWord,
} from '../domain/event.ts';
import { createProfiles } from '../profiles/memory.ts';
import type { Profiles } from '../profiles/profiles.ts';
import { compile } from './compile.ts';
import type { FeatureDefinition } from './definition.ts';

const entityTypes = ['user', 'merchant'];
const T0 = Date.UTC(2026, 0, 5);
const MINUTE = 60_000;
const PAYMENTS = 2000;

const of = (days: number, delayDays: number): FeatureDefinition[] =>
  ['lastFraudPartyFrauds', 'lastFraudToMedian'].map((operation) => ({
    name: `${operation}_${days}d_${delayDays}d`,
    operation,
    entity: 'merchant',
    field: 'user',
    windowSeconds: days * 86_400,
    delaySeconds: delayDays * 86_400,
  }));

function randomOf(seed: number) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** By the book, over all that happened up to then, in order. */
function expected({ windowSeconds, delaySeconds, operation }: FeatureDefinition, past: Known[], event: Event): number {
  const until = event.time - delaySeconds! * 1000;
  const frauds = past.filter(
    (one) => one.code === LABEL_FRAUD && one.event.time <= until && one.event.time > until - windowSeconds! * 1000,
  );
  const last = frauds.findLast((one) => one.event.entities[1] === event.entities[1])?.event;
  if (last === undefined) return Number.NaN;
  if (operation === 'lastFraudPartyFrauds')
    return frauds.filter((one) => one.event.entities[0] === last.entities[0]).length;
  const paid = past.filter((one) => one.event.entities[0] === last.entities[0]).map((one) => one.event.amount);
  const newest = paid.slice(-100).sort((a, b) => a - b);
  return last.amount / Math.max(newest[(newest.length - 1) >> 1], 1);
}

interface Known {
  event: Event;
  code: LabelCode;
}

/** What a fleet hands out: the profiles of the keys that are asked for, and no others. */
const some = async (profiles: Profiles, keys: Float64Array): Promise<Profiles> => ({
  ...profiles,
  entityTypes: profiles.entityTypes,
  layouts: profiles.layouts,
  get: (type, key) => (keys[type] === key ? profiles.get(type, key) : undefined),
});

test('the party to the last fraud equals a search of all history, whatever came late, twice or turned, here and in a fleet', async () => {
  const definitions = [...of(5, 0), ...of(4, 3.5)];
  const extractor = compile(definitions, { entityTypes });
  assert.deepEqual(extractor.columns, { merchant: ['entity:user'], user: [] });
  const profiles = createProfiles({ entityTypes, columns: extractor.columns });
  const known = new Map<number, Known>();
  const events: Event[] = [];
  const random = randomOf(5);
  const pick = (below: number) => Math.floor(random() * below);
  const vector = new Float64Array(definitions.length);
  const seen = { told: 0, several: 0, rough: 0, turned: 0, apart: 0 };
  let sequence = 0;
  for (let i = 1; i <= PAYMENTS; i++) {
    const event = blankEvent(entityTypes.length);
    const time = T0 + (i - (random() < 0.05 ? pick(300) : 0)) * 5 * MINUTE;
    Object.assign(event, { id: i, time, amount: 0.5 + pick(9000) / 100 });
    // The first merchant has so many payments that its older ones fall out.
    event.entities.set([1 + pick(random() < 0.5 ? 4 : 80), 1001 + (random() < 0.6 ? 0 : pick(60))]);
    const rough = extractor.extract(profiles, event, vector);
    if (rough > 0) seen.rough++;
    const past = [...known.values()].filter((one) => one.event.time <= event.time);
    past.sort((a, b) => a.event.time - b.event.time || a.event.id - b.event.id);
    definitions.forEach((definition, f) => {
      if (extractor.approximate[f] === 1) return;
      const value = expected(definition, past, event);
      assert.ok(Object.is(vector[f], value), `${definition.name} of payment ${i}: ${vector[f]}, not ${value}`);
      if (!Number.isNaN(value)) seen.told++;
      if (f % 2 === 0 && value > 1) seen.several++;
    });
    if (!Object.is(vector[0], vector[2])) seen.apart++;
    if (i % 20 === 0) {
      const here = [...vector];
      const fetched = await reached((keys) => some(profiles, keys), event, extractor);
      assert.equal(extractor.extract(fetched, event, vector), rough);
      assert.deepEqual([...vector], here, `payment ${i} in a fleet`);
    }
    for (let times = random() < 0.02 ? 2 : 1; times > 0; times--) profiles.learn(event, ++sequence);
    known.set(i, { event, code: LABEL_UNKNOWN });
    events.push(event);
    // Frauds come from some customers more than from others.
    const about = events[Math.max(0, events.length - 1 - pick(150))];
    if (random() > (about.entities[0] <= 10 ? 0.5 : 0.04)) continue;
    // Some are taken back at once.
    const codes: LabelCode[] = random() < 0.2 ? [LABEL_FRAUD, LABEL_LEGITIMATE] : [LABEL_FRAUD];
    for (const code of codes) profiles.label(about, [onlyWord(code)], ++sequence);
    seen.turned += codes.length - 1;
    known.get(about.id)!.code = codes.at(-1)!;
  }
  assert.ok(seen.told > 2000 && seen.several > 400 && seen.turned > 20 && seen.apart > 400, JSON.stringify(seen));
  assert.ok(seen.rough > 0 && seen.rough < PAYMENTS / 2, JSON.stringify(seen));
});

test('what names no party, or one that is not kept, is refused by name', () => {
  const refuse = (more: Partial<FeatureDefinition>, pattern: RegExp) =>
    assert.throws(() => compile([{ ...of(5, 0)[0], name: 'p', ...more }], { entityTypes }), pattern);
  refuse({ field: undefined }, /p must name a field/);
  refuse({ entity: undefined }, /p must name an entity/);
  refuse({ field: 'ship' }, /no entity type ship/);
  refuse({ windowSeconds: undefined }, /p needs a window/);
  assert.throws(
    () =>
      compile([{ ...of(5, 0)[0], entity: 'bin', field: 'payee' }], { entityTypes: [...entityTypes, 'bin', 'payee'] }),
    /Profiles of bin do not keep payee/,
  );
});
