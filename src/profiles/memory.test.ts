import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Event, type LabelCode, onlyWord } from '../domain/event.ts';
import { TRUTH, WIDTH } from './buckets.ts';
import { ID, KEPT, LABEL, TIME } from './layout.ts';
import { createProfiles, type MemoryProfiles } from './memory.ts';
import { fingerprint } from './profiles.ts';
import { SnapshotError } from './record.ts';

const entityTypes = ['user', 'merchant'];
const HOUR = 3_600_000;

type Step = { event: Event; label?: LabelCode };

function event(id: number, time: number, user = 1, merchant = 0, amount = id % 97): Event {
  const entities = Float64Array.of(user, merchant);
  const words = { country: id % 3, category: 0, channel: 0, location: 0 };
  return {
    id,
    type: 0,
    time,
    offsetMinutes: 0,
    amount,
    entities,
    ...words,
    latitude: id,
    longitude: Number.NaN,
    accountAgeDays: 0,
  };
}

/** A log: the step's place in it is its sequence. `again` are places from which it is delivered once more. */
function apply(profiles: MemoryProfiles, log: Step[], again: number[] = []): MemoryProfiles {
  const deliver = (from: number, to: number) => {
    for (let i = from; i < to; i++) {
      const { event, label } = log[i];
      if (label === undefined) profiles.learn(event, i + 1);
      else profiles.label(event, [onlyWord(label)], i + 1);
    }
  };
  deliver(0, log.length);
  for (const from of again) deliver(from, log.length);
  return profiles;
}

/** Everything that reading can see. */
function content(profiles: MemoryProfiles, type: number, key: number) {
  const profile = profiles.get(type, key);
  if (profile === undefined) return undefined;
  const { columns, offset, capacity, start, count, total, firstTime, buckets } = profile;
  const rows = profiles.layouts[type].names.map((_, c) => {
    const base = offset + c * capacity + start;
    return Array.from(columns.subarray(base, base + count));
  });
  assert.equal(profile.frauds, rows[LABEL].filter((label) => label === 1).length);
  const series =
    buckets && [buckets.hours, buckets.days].map((one) => Array.from(one.cells.subarray(0, WIDTH * one.size)));
  return { rows, total, firstTime, series, fingerprint: fingerprint(profile) };
}

test('learning is a set union: order and repetition do not matter', () => {
  const times = fc.integer({ min: 0, max: 40 }).map((time) => 1e12 + time * 1000);
  const log = fc.array(fc.tuple(times, fc.integer({ min: 1, max: 3 }), fc.integer({ min: 0, max: 2 })), {
    maxLength: 60,
  });
  fc.assert(
    fc.property(log, fc.func(fc.nat()), fc.array(fc.nat({ max: 59 }), { maxLength: 2 }), (rows, rank, again) => {
      const events = rows.map(([time, user, merchant], i) => event(i + 1, time, user, merchant));
      const labels = events.filter((_, i) => i % 3 === 0).map((one) => ({ event: one, label: 1 as LabelCode }));
      const ordered: Step[] = [...events.map((one) => ({ event: one })), ...labels];
      const shuffled = ordered
        .map((step, i) => ({ step, by: rank(i) }))
        .sort((a, b) => a.by - b.by)
        .map(({ step }) => step);
      const one = apply(createProfiles({ entityTypes }), ordered);
      const other = apply(createProfiles({ entityTypes }), shuffled, again);
      for (let type = 0; type < 2; type++) {
        for (let key = 1; key <= 3; key++) assert.deepEqual(content(other, type, key), content(one, type, key));
      }
    }),
    { numRuns: 150 },
  );
});

test('the same holds past the 512 events that are kept', () => {
  // Ties in time, labels of events that are kept and of such that fell out, before and after their event.
  const events = Array.from({ length: 900 }, (_, i) => event(i + 1, 1e12 + Math.floor(i / 3) * HOUR));
  const labels = events.filter((one) => one.id % 7 === 0).map((one) => ({ event: one, label: 1 as LabelCode }));
  const ordered: Step[] = [...events.map((one) => ({ event: one })), ...labels];
  const expected = content(apply(createProfiles({ entityTypes }), ordered), 0, 1)!;
  assert.equal(expected.rows[TIME].length, KEPT);
  assert.equal(expected.rows[ID][0], 900 - KEPT + 1);
  assert.equal(expected.total, 900);
  const fallenFrauds = expected
    .series![1].filter((_, i) => i % WIDTH === TRUTH)
    .reduce((sum, frauds) => sum + frauds, 0);
  assert.equal(fallenFrauds, labels.filter(({ event: { id } }) => id <= 900 - KEPT).length);
  fc.assert(
    fc.property(fc.infiniteStream(fc.nat()), fc.nat({ max: 900 }), (ranks, again) => {
      const shuffled = ordered
        .map((step) => ({ step, by: ranks.next().value as number }))
        .sort((a, b) => a.by - b.by)
        .map(({ step }) => step);
      // A label follows its event in the log.
      const seen = new Set<number>();
      const late: Step[] = [];
      const causal = shuffled.filter((step) => {
        if (step.label === undefined) seen.add(step.event.id);
        else if (!seen.has(step.event.id)) {
          late.push(step);
          return false;
        }
        return true;
      });
      const profiles = apply(createProfiles({ entityTypes }), [...causal, ...late], [again]);
      assert.deepEqual(content(profiles, 0, 1), expected);
    }),
    { numRuns: 25 },
  );
});

test('a label that comes before its event waits for it', () => {
  const profiles = createProfiles({ entityTypes });
  const one = event(5, 1e12, 1, 2);
  profiles.label(one, [onlyWord(1)], 1);
  assert.equal(profiles.get(0, 1), undefined);
  profiles.learn(one, 2);
  assert.equal(content(profiles, 0, 1)!.rows[LABEL][0], 1);
  assert.equal(content(profiles, 1, 2)!.rows[LABEL][0], 1);
});

test('the latest label wins, also for an event that fell out', () => {
  const profiles = createProfiles({ entityTypes });
  for (let i = 1; i <= KEPT + 10; i++) profiles.learn(event(i, 1e12 + i * 1000), i);
  const frauds = () => content(profiles, 0, 1)!.series![0][TRUTH];
  const fallen = event(3, 1e12 + 3000);
  profiles.label(fallen, [onlyWord(1)], 1001);
  assert.equal(frauds(), 1);
  profiles.label(fallen, [onlyWord(2)], 1002);
  assert.equal(frauds(), 0);
  profiles.label(fallen, [onlyWord(1)], 1001);
  assert.equal(frauds(), 0, 'an old delivery changes nothing');
  const kept = event(100, 1e12 + 100_000);
  profiles.label(kept, [onlyWord(1)], 1003);
  profiles.label(kept, [onlyWord(2)], 1004);
  assert.equal(content(profiles, 0, 1)!.rows[LABEL][100 - 11], 2);
});

test('a label that waited can be corrected after its event fell out', () => {
  const profiles = createProfiles({ entityTypes });
  const one = event(1, 1e12);
  profiles.label(one, [onlyWord(1)], 1);
  for (let i = 1; i <= KEPT + 10; i++) profiles.learn(event(i, 1e12 + (i - 1) * 1000), i + 1);
  assert.equal(content(profiles, 0, 1)!.series![0][TRUTH], 1);
  profiles.label(one, [onlyWord(2)], 9999);
  assert.equal(content(profiles, 0, 1)!.series![0][TRUTH], 0);
});

test('the fingerprint tells contents apart, labels included', () => {
  const one = createProfiles({ entityTypes });
  const other = createProfiles({ entityTypes });
  for (const profiles of [one, other]) for (let i = 1; i < 9; i++) profiles.learn(event(i, 1e12 + i, 1, 1), i);
  assert.deepEqual(one.readSet(Float64Array.of(1, 7)), other.readSet(Float64Array.of(1, 7)));
  assert.deepEqual(one.readSet(Float64Array.of(0, 7)), [
    [0, 0],
    [0, 0],
  ]);
  const before = one.readSet(Float64Array.of(1, 1));
  one.label(event(4, 1e12 + 4, 1, 1), [onlyWord(1)], 99);
  assert.notDeepEqual(one.readSet(Float64Array.of(1, 1)), before);
});

test('a profile keeps only the columns that are wanted', () => {
  const profiles = createProfiles({ entityTypes, columns: { user: ['latitude', 'entity:merchant'] } });
  assert.deepEqual(profiles.layouts[0].names, ['time', 'id', 'amount', 'label', 'latitude', 'entity:merchant']);
  assert.deepEqual(profiles.layouts[1].names, ['time', 'id', 'amount', 'label']);
  profiles.learn(event(3, 1e12, 1, 8), 1);
  assert.deepEqual(content(profiles, 0, 1)!.rows, [[1e12], [3], [3], [0], [3], [8]]);
});

async function snapshot(profiles: MemoryProfiles): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  await profiles.save((chunk) => void chunks.push(chunk));
  return Buffer.concat(chunks);
}

function busy(): MemoryProfiles {
  const profiles = createProfiles({ entityTypes });
  for (let i = 1; i <= 3000; i++) profiles.learn(event(i, 1e12 + i * 60_000, 1 + (i % 40), 1 + (i % 2)), i);
  for (let i = 5; i <= 3000; i += 50)
    profiles.label(event(i, 1e12 + i * 60_000, 1 + (i % 40), 1 + (i % 2)), [onlyWord(1)], 3000 + i);
  profiles.label(event(9999, 5e12, 1, 1), [onlyWord(1)], 9000);
  return profiles;
}

test('a snapshot brings back the same profiles, whatever the chunks', async () => {
  const profiles = busy();
  const bytes = await snapshot(profiles);
  const loaded = createProfiles({ entityTypes });
  const pieces = [bytes.subarray(0, 5), bytes.subarray(5, 11), bytes.subarray(11, 70_000), bytes.subarray(70_000)];
  await loaded.load(pieces);
  assert.deepEqual([loaded.size(0), loaded.size(1)], [40, 2]);
  for (let key = 1; key <= 40; key++) assert.deepEqual(content(loaded, 0, key), content(profiles, 0, key));
  for (let key = 1; key <= 2; key++) assert.deepEqual(content(loaded, 1, key), content(profiles, 1, key));
  // What waits goes on waiting, and what comes next is learnt as it would have been.
  for (const both of [profiles, loaded]) both.learn(event(9999, 5e12, 1, 1), 9001);
  assert.deepEqual(content(loaded, 1, 1), content(profiles, 1, 1));
  assert.equal(content(loaded, 0, 1)!.rows[LABEL].at(-1), 1);
  assert.ok((await snapshot(loaded)).equals(await snapshot(profiles)));
});

test('replaying the log over a snapshot that was taken on the way changes nothing', async () => {
  const events = Array.from({ length: 1500 }, (_, i) => event(i + 1, 1e12 + i * 1000, 1, 2));
  const whole = createProfiles({ entityTypes });
  const cut = createProfiles({ entityTypes });
  const learn = (profiles: MemoryProfiles, from: number, to: number) => {
    for (let i = from; i < to; i++) profiles.learn(events[i], i + 1);
  };
  learn(whole, 0, 1500);
  learn(cut, 0, 900);
  const loaded = createProfiles({ entityTypes });
  await loaded.load([await snapshot(cut)]);
  learn(loaded, 300, 1500);
  assert.deepEqual(content(loaded, 0, 1), content(whole, 0, 1));
});

test('a snapshot that is written while learning goes on is made whole by replaying from where it began', async () => {
  const log: Step[] = [];
  for (let i = 1; i <= 24_000; i++) {
    const one = event(i, 1e12 + i * 60_000, 1 + ((i * 7) % 301), 1 + (i % 3));
    log.push({ event: one });
    // Some labels come soon, some when their event has fallen out of its merchant's profile; some are corrected.
    if (i > 50 && i % 5 === 0)
      log.push({
        event: event(i - 50, 1e12 + (i - 50) * 60_000, 1 + (((i - 50) * 7) % 301), 1 + ((i - 50) % 3)),
        label: 1,
      });
    if (i > 4000 && i % 9 === 0) {
      const old = i - 4000;
      log.push({ event: event(old, 1e12 + old * 60_000, 1 + ((old * 7) % 301), 1 + (old % 3)), label: i % 2 ? 1 : 2 });
    }
  }
  const deliver = (profiles: MemoryProfiles, from: number, to: number) => {
    for (let i = from; i < to; i++) {
      const { event: one, label } = log[i];
      if (label === undefined) profiles.learn(one, i + 1);
      else profiles.label(one, [onlyWord(label)], i + 1);
    }
  };
  const profiles = createProfiles({ entityTypes });
  let learnt = 15_000;
  deliver(profiles, 0, learnt);
  const noted = learnt;
  const chunks: Uint8Array[] = [];
  await profiles.save((chunk) => {
    chunks.push(Uint8Array.from(chunk));
    deliver(profiles, learnt, learnt + 500);
    learnt += 500;
  });
  assert.ok(chunks.length > 4, 'learning went on between blocks');
  const loaded = createProfiles({ entityTypes });
  await loaded.load(chunks);
  deliver(loaded, noted, log.length);
  deliver(profiles, learnt, log.length);
  for (let key = 1; key <= 301; key++) assert.deepEqual(content(loaded, 0, key), content(profiles, 0, key));
  for (let key = 1; key <= 3; key++) assert.deepEqual(content(loaded, 1, key), content(profiles, 1, key));
});

test('a damaged snapshot is refused and leaves nothing', async () => {
  const bytes = await snapshot(busy());
  const flipped = Buffer.from(bytes);
  flipped[bytes.length >> 1] ^= 1;
  const damaged: [string, Buffer][] = [
    ['a flipped bit', flipped],
    ['cut in a block', bytes.subarray(0, bytes.length - 3)],
    ['cut between blocks', bytes.subarray(0, bytes.length - 24)],
    ['nothing', Buffer.alloc(0)],
    ['something after the end', Buffer.concat([bytes, bytes])],
    ['another file', Buffer.from('hello, this is no snapshot')],
  ];
  for (const [what, content] of damaged) {
    const profiles = createProfiles({ entityTypes });
    await assert.rejects(profiles.load([content]), SnapshotError, what);
    assert.equal(profiles.size(0) + profiles.size(1), 0, what);
  }
  await assert.rejects(createProfiles({ entityTypes: ['user'] }).load([bytes]), SnapshotError);
});

test('an event that was recorded before an entity type was configured leaves that type alone', () => {
  const profiles = createProfiles({ entityTypes: [...entityTypes, 'terminal'] });
  profiles.learn(event(1, 1e12), 1);
  profiles.label(event(1, 1e12), [onlyWord(1)], 2);
  assert.deepEqual([profiles.size(0), profiles.size(1), profiles.size(2)], [1, 0, 0]);
});
