import assert from 'node:assert/strict';
import { test } from 'node:test';
import { entityTypesWith } from '../domain/entity.ts';
import { blankEvent, type Event, LABEL_FRAUD, LABEL_LEGITIMATE, LABEL_UNKNOWN, onlyWord } from '../domain/event.ts';
import { counterpartsOf } from '../profiles/counterparts.ts';
import { createProfiles } from '../profiles/memory.ts';
import { linkFeatures } from './catalogue.ts';
import { compile } from './compile.ts';
import { LINKED_ENTITIES } from './links.ts';

/** As many as the long run asks for, which takes a minute: `LINKS_PAYMENTS=50000`. */
const PAYMENTS = Number(process.env.LINKS_PAYMENTS ?? 4000);
const entityTypes = entityTypesWith();
const HUB = 50;
const STEPS = 2;
const T0 = Date.UTC(2026, 0, 5);
const MINUTE = 60_000;
const WINDOW_MS = 1440 * MINUTE;

function randomOf(seed: number) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** All of history as lists by entity, and a walk over it by the book. */
function createOracle() {
  const pastOf = new Map<number, Event[]>();
  const codes = new Map<number, number>();
  const typeOf = new Map<number, string>();
  const known = (key: number, until: number, windowMs: number) =>
    (pastOf.get(key) ?? []).filter(({ time }) => time <= until && time > until - windowMs);
  const othersOf = (key: number, until: number, windowMs: number) => {
    const kept = counterpartsOf(typeOf.get(key)!, entityTypes).filter((name) =>
      LINKED_ENTITIES.includes(name as never),
    );
    const others = new Set<number>();
    for (const { entities } of known(key, until, windowMs))
      for (const name of kept) {
        const other = entities[entityTypes.indexOf(name)];
        if (other > 0) others.add(other);
      }
    return others;
  };
  return {
    learn(event: Event) {
      for (const name of LINKED_ENTITIES) {
        const key = event.entities[entityTypes.indexOf(name)];
        if (!(key > 0)) continue;
        typeOf.set(key, name);
        const past = pastOf.get(key) ?? [];
        if (!past.some(({ id }) => id === event.id)) past.push(event);
        pastOf.set(key, past);
      }
    },
    label: (event: Event, code: number) => void codes.set(event.id, code),
    walk(event: Event, windowMs: number): [size: number, frauds: number, distance: number] {
      const steps = new Map<number, number>();
      for (const name of LINKED_ENTITIES) {
        const key = event.entities[entityTypes.indexOf(name)];
        if (key > 0) steps.set(key, 0);
      }
      if (steps.size === 0) return [Number.NaN, Number.NaN, Number.NaN];
      const frauds = new Set<number>();
      let size = 0;
      let nearest = Number.NaN;
      // A Map is read on while it grows: breadth first.
      for (const [key, step] of steps) {
        const others = othersOf(key, event.time, windowMs);
        if (others.size > HUB) {
          if (step === 0) size++;
          continue;
        }
        size++;
        for (const { id } of known(key, event.time, windowMs)) {
          if (codes.get(id) !== LABEL_FRAUD) continue;
          frauds.add(id);
          nearest = Number.isNaN(nearest) ? step : Math.min(nearest, step);
        }
        if (step < STEPS) for (const other of others) if (!steps.has(other)) steps.set(other, step + 1);
      }
      return [size, frauds.size, nearest];
    },
  };
}

/** Ordinary people with things of their own, families, rings that share devices and mailboxes, and devices that stand in shops. */
function* stream(count: number, seed: number): Generator<{ event: Event; late: boolean }> {
  const random = randomOf(seed);
  const pick = (below: number) => Math.floor(random() * below);
  const people = Math.max(200, Math.floor(count / 8));
  const key = (type: string, name: number) => LINKED_ENTITIES.indexOf(type as never) * 1e9 + name + 1;
  for (let i = 1; i <= count; i++) {
    const roll = random();
    const user = pick(people);
    const ring = pick(Math.floor(people / 40));
    const names: Partial<Record<(typeof LINKED_ENTITIES)[number], number>> = { user };
    if (roll < 0.08) {
      // A ring: its accounts, over a few devices and mailboxes.
      names.user = 1e6 + ring * 20 + pick(20);
      if (random() < 0.7) names.device = 1e6 + ring * 3 + pick(3);
      if (random() < 0.5) names.mailbox = 1e6 + ring;
      names.card = 1e6 + ring * 20 + pick(25);
      if (random() < 0.4) names.payee = 1e6 + ring;
    } else if (roll < 0.16) {
      names.device = 2e6 + pick(3);
      names.card = user;
    } else {
      if (random() < 0.8) names.card = user * 2 + pick(2);
      if (random() < 0.7) names.device = random() < 0.1 ? Math.floor(user / 4) : 1e5 + user;
      if (random() < 0.5) names.mailbox = user;
      if (random() < 0.1) names.payee = pick(40);
    }
    const event = blankEvent(entityTypes.length);
    const late = random() < 0.03;
    Object.assign(event, { id: i, amount: 10, time: T0 + (i - (late ? pick(200) : 0)) * MINUTE });
    for (const [type, name] of Object.entries(names)) event.entities[entityTypes.indexOf(type)] = key(type, name);
    yield { event, late };
  }
}

test('links equal a walk in breadth over all of history, whatever came late, twice or turned', (context) => {
  const ever = linkFeatures(entityTypes);
  const late = ever.map((definition) => ({
    ...definition,
    name: `${definition.name}_1d`,
    windowSeconds: WINDOW_MS / 1000,
  }));
  const definitions = [...ever, ...late];
  const extractor = compile(definitions, { entityTypes });
  const profiles = createProfiles({ entityTypes, columns: extractor.columns });
  const oracle = createOracle();
  const random = randomOf(7);
  const vector = new Float64Array(definitions.length);
  const past: Event[] = [];
  const seen = { near: 0, linked: 0, older: 0, rough: 0 };
  let sequence = 0;
  for (const { event } of stream(PAYMENTS, 11)) {
    const rough = extractor.extract(profiles, event, vector) > 0;
    const expected = oracle.walk(event, Number.POSITIVE_INFINITY);
    const lately = oracle.walk(event, WINDOW_MS);
    if (rough) seen.rough++;
    else assert.deepEqual([...vector], [...expected, ...lately], `payment ${event.id}`);
    if (expected[2] > 0) seen.near++;
    if (expected[1] > 1) seen.linked++;
    if (lately[0] < expected[0]) seen.older++;
    for (const one of random() < 0.02 ? [event, event] : [event]) {
      profiles.learn(one, ++sequence);
      oracle.learn(one);
    }
    past.push(event);
    const isRing = event.entities[0] > 1e6 && event.entities[0] < 2e6;
    if (random() < (isRing ? 0.3 : 0.01)) {
      // What is said of one of the last hundred: fraud, mostly, and at times taken back.
      const of = past[Math.max(0, past.length - 1 - Math.floor(random() * (isRing ? 1 : 100)))];
      const roll = random();
      const code = roll < 0.75 ? LABEL_FRAUD : roll < 0.9 ? LABEL_LEGITIMATE : LABEL_UNKNOWN;
      profiles.label(of, [onlyWord(code)], ++sequence);
      oracle.label(of, code);
    }
  }
  context.diagnostic(`${PAYMENTS} payments: ${JSON.stringify(seen)}`);
  // The walk is not about nothing; devices of shops lose their older events, which changes nothing: they stay hubs.
  assert.ok(
    seen.near > PAYMENTS / 50 && seen.linked > PAYMENTS / 50 && seen.older > PAYMENTS / 50,
    JSON.stringify(seen),
  );
  assert.equal(seen.rough, 0);
});

test('what a payment does not name has no links, and one nobody else shares has its own alone', () => {
  const extractor = compile(linkFeatures(entityTypes), { entityTypes });
  const profiles = createProfiles({ entityTypes, columns: extractor.columns });
  const vector = new Float64Array(extractor.names.length);
  extractor.extract(profiles, blankEvent(entityTypes.length), vector);
  assert.deepEqual([...vector], Array(3).fill(Number.NaN));
  const event = blankEvent(entityTypes.length);
  event.entities[0] = 5;
  extractor.extract(profiles, event, vector);
  assert.deepEqual([...vector], [1, 0, Number.NaN]);
  assert.equal(extractor.describe(0, 1), 'nobody else is seen with what this payment names');
});

test('there are links only where two kinds of them are profiled', () => {
  assert.deepEqual(linkFeatures(['user', 'merchant']), []);
  assert.equal(linkFeatures(['user', 'card']).length, 3);
});
