import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { type Event, type LabelCode, onlyWord, type Word } from '../../src/domain/event.ts';
import type { Position } from '../../src/domain/position.ts';
import { catalogueFor } from '../../src/features/catalogue.ts';
import { compile } from '../../src/features/compile.ts';
import { profileKeys } from '../../src/profiles/keys.ts';
import { KEPT, LABEL } from '../../src/profiles/layout.ts';
import { createProfiles, type MemoryProfiles, type ProfileOptions } from '../../src/profiles/memory.ts';
import type { Profiles } from '../../src/profiles/profiles.ts';
import type { ProfileLog, SharedProfiles } from '../../src/profiles/shared.ts';
import { naiveContent } from './naive-profile.ts';
import { deliver, type Schedule } from './profile-deliveries.ts';
import {
  assertBits,
  contentOf,
  ENTITY_TYPES,
  entitiesOf,
  event,
  isEvent,
  LABELS_AT,
  type LogEntry,
  labelled,
  logOf,
  only,
  type Step,
  T0,
} from './profile-events.ts';
import { reached } from './reached.ts';

/** Profiles of their own for one test; closed at its end. */
export interface PlacedProfiles extends Pick<SharedProfiles, 'insert'>, Pick<ProfileLog, 'repeat'> {
  fetch(entities: Float64Array): Promise<Profiles>;
}

export interface ProfilesPlace {
  open(t: TestContext, options: ProfileOptions): Promise<PlacedProfiles>;
  /** Random histories per property: fewer where each step is a round trip. */
  runs: number;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const entityTypes = ENTITY_TYPES;

/** What profiles show after a log, wherever they are kept: what a single process has that learnt it in its order, bit for bit. */
export function profilesContract(name: string, place: ProfilesPlace, skip?: string): void {
  const contract = (
    title: string,
    body: (open: (options?: ProfileOptions) => Promise<PlacedProfiles>) => Promise<void>,
  ) => test(`${name}: ${title}`, { skip }, (t) => body((options = { entityTypes }) => place.open(t, options)));

  async function assertShows(profiles: PlacedProfiles, log: readonly LogEntry[]): Promise<void> {
    for (const { type, key } of entitiesOf(log.map((entry) => entry.event))) {
      const view = await profiles.fetch(only(type, key));
      const expected = naiveContent(view.layouts[type], type, key, log);
      assert.deepEqual(contentOf(view, type, key), expected, `${entityTypes[type]} ${key}`);
      const readSet = view.readSet(only(type, key))[type];
      assert.deepEqual(readSet, expected ? [expected.total, expected.fingerprint] : [0, 0]);
    }
  }

  contract('random histories, delivered anyhow, end in what one process has', async (open) => {
    const extractor = compile(catalogueFor(entityTypes), { entityTypes });
    await fc.assert(
      fc.asyncProperty(histories(60), schedules(), async (steps, schedule) => {
        const log = logOf(steps);
        const profiles = await open();
        const applied: LogEntry[] = [];
        await deliver(profiles, log, schedule, async (entries) => {
          applied.push(...entries);
          // What waits for its event shows nothing, and neither does the same entry again.
          if (applied.length % 5 === 0) await assertShows(profiles, [...new Set(applied)]);
        });
        await assertShows(profiles, log);
        const single = inOneProcess(log);
        const [actual, expected] = [0, 1].map(() => new Float64Array(extractor.names.length));
        for (const probe of log.slice(-8).map(probeOf)) {
          const approximate = extractor.extract(await reached(profiles.fetch, probe, extractor), probe, actual);
          assert.equal(approximate, extractor.extract(single, probe, expected));
          assertBits(actual, expected, extractor.names, `at ${probe.time}`);
        }
      }),
      { numRuns: place.runs, seed: 11 },
    );
  });

  contract('past the 512 events that are kept, in hours and days, whatever comes late', async (open) => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), schedules(), async (seed, schedule) => {
        const log = logOf(longHistory(seed));
        const profiles = await open();
        await deliver(profiles, log, schedule);
        await assertShows(profiles, log);
      }),
      { numRuns: Math.ceil(place.runs / 10), seed: 5 },
    );
  });

  contract('features past what is kept have the same bits and are marked approximate', async (open) => {
    const extractor = compile(catalogueFor(entityTypes), { entityTypes });
    const log = logOf(longHistory(77));
    const profiles = await open();
    const single = createProfiles({ entityTypes });
    const [actual, expected] = [0, 1].map(() => new Float64Array(extractor.names.length));
    let approximate = 0;
    for (const [i, entry] of log.entries()) {
      if (i % 29 === 0) {
        const probe = probeOf(entry);
        const marked = extractor.extract(await reached(profiles.fetch, probe, extractor), probe, actual);
        assert.equal(marked, extractor.extract(single, probe, expected));
        assertBits(actual, expected, extractor.names, `before ${i}`);
        approximate += marked;
      }
      learn(single, entry, i + 1);
      await deliver(profiles, [entry], { direct: () => isEvent(entry), rank: () => 0, batch: () => 1 });
    }
    assert.ok(approximate > 0);
  });

  contract('the same event at another place counts once while it is kept, labelled or not', async (open) => {
    const profiles = await open();
    const events = Array.from({ length: 20 }, (_, i) => event(i + 1, T0 + i * 1000, [1, 0, 0, 0, 5, 0]));
    const labels = [4, 8].map((i) => labelled(events[i], 1));
    const log = logOf([...events.map((one) => ({ event: one })), ...labels]);
    await deliver(profiles, log, inOrder);
    const again = log.filter(isEvent);
    for (const entry of again) entry.position = { ...entry.position, offset: entry.position.offset + 100 };
    await deliver(profiles, again, inOrder);
    await assertShows(profiles, log);
  });

  contract('a label changes what features see once its delay has passed, and the latest wins', async (open) => {
    const extractor = compile(catalogueFor(entityTypes), { entityTypes });
    const at = (vector: Float64Array, feature: string) => vector[extractor.names.indexOf(feature)];
    const profiles = await open();
    const entities = [1, 2, 0, 0, 5, 0];
    const [first, second] = [event(1, T0, entities), event(2, T0 + DAY, entities)];
    await profiles.insert(first, { partition: 0, offset: 0 });
    await profiles.insert(second, { partition: 0, offset: 1 });
    const see = async (time: number) => {
      const probe = event(9, time, entities);
      const vector = new Float64Array(extractor.names.length);
      extractor.extract(await profiles.fetch(profileKeys(probe)), probe, vector);
      const seen = ['user_frauds_30d', 'merchant_fraud_share_30d', 'merchant_fraud_share_30d_delay_7d'];
      return seen.map((feature) => at(vector, feature));
    };
    const label = (offset: number, one: Event, code: LabelCode) =>
      profiles.repeat(LABELS_AT, [{ offset, keys: [], label: { event: one, words: [onlyWord(code)] } }], offset + 1);
    const before = await see(T0 + 2 * DAY);
    await label(0, first, 1);
    const after = await see(T0 + 2 * DAY);
    assert.deepEqual([before[0], after[0]], [0, 1]);
    assert.ok(after[1] > before[1]);
    assert.ok(Object.is(after[2], before[2]), 'not known yet at the time that the delay reaches back to');
    assert.equal((await see(T0 + 7 * DAY + 1000))[2], 1);
    assert.equal((await see(T0 + 8 * DAY + 1000))[2], 0.5);
    await label(1, first, 2);
    assert.equal((await see(T0 + 8 * DAY + 1000))[2], 0);
  });

  contract('several types, absent keys and entities that were never seen', async (open) => {
    const profiles = await open();
    const log = logOf([{ event: event(7, T0, [3, 0, 3, 0, 4, 0]) }, { event: event(8, T0, [3, 9, 0, 0, 0, 0]) }]);
    await deliver(profiles, log, inOrder);
    await assertShows(profiles, log);
    const view = await profiles.fetch(Float64Array.of(4, 0, 3, 1, 4, 0));
    const totals = [4, 0, 3, 1, 4, 0].map((key, type) => view.get(type, key)?.total);
    assert.deepEqual(totals, [undefined, undefined, 1, undefined, 1, undefined]);
    const readSet = view.readSet(Float64Array.of(4, 0, 3, 1, 4, 0));
    assert.deepEqual(
      readSet.map(([count]) => count),
      [0, 0, 1, 0, 1, 0],
    );
  });

  contract('an event from before an entity type was configured leaves that type alone', async (open) => {
    const types = [...entityTypes, 'terminal'];
    const profiles = await open({ entityTypes: types });
    await profiles.insert(event(1, T0, [1, 2, 0, 0, 5, 0]), { partition: 0, offset: 0 });
    const view = await profiles.fetch(Float64Array.of(1, 2, 0, 0, 5, 0, 1));
    assert.deepEqual(
      [0, 1, 4, 6].map((type) => view.get(type, [1, 2, 0, 0, 5, 0, 1][type])?.total),
      [1, 1, 1, undefined],
    );
  });

  contract('only the columns that are wanted are kept', async (open) => {
    const profiles = await open({ entityTypes, columns: { user: ['latitude', 'entity:merchant'] } });
    const log = logOf(longHistory(3).slice(0, 700));
    await deliver(profiles, log, inOrder);
    const view = await profiles.fetch(only(0, 1));
    assert.deepEqual(view.layouts[0].names, ['time', 'id', 'amount', 'label', 'latitude', 'entity:merchant']);
    assert.deepEqual(view.layouts[4].names, ['time', 'id', 'amount', 'label']);
    await assertShows(profiles, log);
  });

  contract('a profile that grows is seen growing, one event at a time', async (open) => {
    const profiles = await open();
    const log: LogEntry[] = [];
    for (let i = 0; i < KEPT + 160; i++) {
      const one = event(i + 1, T0 + i * 60_000, [1, 0, 0, 0, 0, 0]);
      const position = { partition: 0, offset: i };
      await profiles.insert(one, position);
      log.push({ event: one, position });
      const view = await profiles.fetch(only(0, 1));
      assert.equal(view.get(0, 1)!.total, i + 1);
      if (i % 37 === 0 || i > KEPT + 120) await assertShows(profiles, log);
    }
    const label = { event: log[600].event, words: [onlyWord(1)] };
    await profiles.repeat(LABELS_AT, [{ offset: 0, keys: [], label }], 1);
    const content = contentOf(await profiles.fetch(only(0, 1)), 0, 1)!;
    assert.equal(
      content.rows[LABEL].reduce((sum, code) => sum + code, 0),
      1,
    );
  });
}

const inOrder: Schedule = { direct: () => false, rank: () => 0, batch: () => 50 };

/** A transaction that asks, at about the time of an entry. */
function probeOf({ event: one }: LogEntry): Event {
  return { ...one, id: one.id + 500_000, time: one.time + 60_000, amount: one.amount + 1 };
}

function learn(profiles: Profiles, { event: one, words, told }: LogEntry, sequence: number): void {
  if (words) profiles.label(one, words, sequence);
  else if (told !== undefined) profiles.tell(one, told, sequence);
  else profiles.learn(one, sequence);
}

function inOneProcess(log: readonly LogEntry[]): Profiles {
  const profiles = createProfiles({ entityTypes });
  for (const [i, entry] of log.entries()) learn(profiles, entry, i + 1);
  return profiles;
}

/**
 * Few entities that meet, ties in time, some late, some without an amount, some logins; of some, what was said and told, by many
 * voices that contradict and take back.
 */
function histories(maxLength: number) {
  const key = fc.integer({ min: 0, max: 2 });
  const one = fc.record({
    ...{ time: fc.nat({ max: 40 }), unit: fc.constantFrom(1000, 20 * 60_000, DAY) },
    ...{ keys: fc.tuple(key, key, key, key, fc.integer({ min: 1, max: 2 }), key) },
    ...{ amount: fc.integer({ min: -1, max: 2_000_000 }), type: fc.constantFrom(0, 0, 0, 1, 2) },
    ...{ said: fc.array(statements(), { maxLength: 3 }), told: fc.array(fc.nat({ max: 4 }), { maxLength: 2 }) },
  });
  return fc.array(one, { minLength: 1, maxLength }).map((rows) => {
    const events = rows.map(({ time, unit, keys, amount, type }, i) =>
      event(i + 1, T0 + time * unit, keys, { amount: amount < 0 ? Number.NaN : amount / 100, type }),
    );
    const after = rows.flatMap(({ said, told }, i): Step[] => [
      ...said.map((words) => ({ event: events[i], words })),
      ...told.map((outcome) => ({ event: events[i], told: outcome })),
    ]);
    return [...events.map((one) => ({ event: one })), ...after];
  });
}

/** Of the customer, an analyst, the scheme, two disputes and a pin; from before ranks; and one that speaks for two voices. */
function statements(): fc.Arbitrary<Word[]> {
  const ranks = [0, 3, 2, 1, 3, 3, 4];
  const code = fc.constantFrom<LabelCode>(0, 1, 2);
  const one = fc.record({
    voice: fc.nat({ max: 6 }),
    source: fc.integer({ min: 1, max: 3 }),
    time: fc.nat({ max: 3 }),
    code,
  });
  return one.map(({ voice, source, time, code }) => {
    const own = voice === 0 ? source : voice;
    const word = { voice, source: own, rank: ranks[own], time, code };
    return voice === 3 && code === 0 ? [word, { ...word, voice: 6, source: 6, rank: 4 }] : [word];
  });
}

function schedules(): fc.Arbitrary<Schedule> {
  const stream = () => fc.infiniteStream(fc.nat({ max: 1000 }));
  return fc.tuple(stream(), stream(), stream()).map(([directs, ranks, batches]) => ({
    direct: () => directs.next().value % 3 > 0,
    rank: () => ranks.next().value,
    batch: () => 1 + (batches.next().value % 60),
  }));
}

/** One merchant and two users beyond 512 events, over more days than are kept; labels of old and new. */
function longHistory(seed: number) {
  let state = seed >>> 0;
  const int = (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 0x100000000) * below);
  };
  const length = 1300 + int(300);
  const step = [60_000, HOUR / 4, 2 * HOUR][seed % 3];
  const events = Array.from({ length }, (_, i) => {
    const late = int(40) === 0 ? int(i) * step : 0;
    const time = T0 + Math.floor(i / 2) * step - late;
    return event(i + 1, time, [1 + int(2), int(30), 0, int(3), 5, 0], { amount: int(1_000_000) / 100 });
  });
  const steps: Step[] = [];
  const say = (one: Event) => {
    const voice = 1 + int(3);
    const word = { voice, source: voice, rank: 4 - voice, time: int(2), code: int(3) as LabelCode };
    steps.push({ event: one, words: [word] });
  };
  events.forEach((one, i) => {
    steps.push({ event: one });
    if (i > 20 && int(6) === 0) say(events[i - int(20)]);
    if (i > 20 && int(3) === 0) steps.push({ event: events[i - int(20)], told: int(5) });
    if (i > 900 && int(4) === 0) say(events[int(i)]);
    if (i > 900 && int(4) === 0) steps.push({ event: events[int(i)], told: int(5) });
  });
  return steps;
}

/** A process numbers what it learns as it comes; what comes again has its number. */
export function ofOneProcess(profiles: MemoryProfiles): PlacedProfiles {
  const sequences = new Map<string, number>();
  const sequenceOf = ({ partition, offset }: Position) => {
    const name = `${partition}:${offset}`;
    if (!sequences.has(name)) sequences.set(name, sequences.size + 1);
    return sequences.get(name)!;
  };
  return {
    insert: async (one, position) => profiles.learn(one, sequenceOf(position)),
    async repeat(partition, records) {
      for (const { offset, learn, label, told } of records) {
        const sequence = sequenceOf({ partition, offset });
        if (learn) profiles.learn(learn, sequence);
        if (label) profiles.label(label.event, label.words, sequence);
        if (told) profiles.tell(told.event, told.outcome, sequence);
      }
    },
    fetch: async () => profiles,
  };
}
