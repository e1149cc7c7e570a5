import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { openColdProfiles } from '../src/adapters/embedded/cold-profiles.ts';
import { LABEL_FRAUD, onlyWord } from '../src/domain/event.ts';
import { catalogueFor } from '../src/features/catalogue.ts';
import { compile } from '../src/features/compile.ts';
import { seeded } from '../src/journal/local/test-support.ts';
import { profileKeys } from '../src/profiles/keys.ts';
import { createProfiles, type MemoryProfiles, type ProfileOptions } from '../src/profiles/memory.ts';
import { contentOf, ENTITY_TYPES, event, only, T0 } from './support/profile-events.ts';
import { ofOneProcess, profilesContract } from './support/profiles-contract.ts';

/** Profiles of which next to nothing stays in memory. */
function bounded(t: TestContext, options: ProfileOptions, bytes = 40_000): MemoryProfiles {
  const directory = mkdtempSync(join(tmpdir(), 'assay-cold-'));
  const cold = openColdProfiles(join(directory, 'cold'));
  t.after(async () => {
    await cold.close();
    rmSync(directory, { recursive: true, force: true });
  });
  return createProfiles({ ...options, bound: { bytes, cold } });
}

profilesContract('mostly elsewhere', {
  runs: 8,
  async open(t, options) {
    return ofOneProcess(bounded(t, options));
  },
});

const features = compile(catalogueFor(ENTITY_TYPES), { entityTypes: ENTITY_TYPES, encodings: {} });

/** A history of many who come once, some who come often, and one who outgrows what is kept exactly. */
function* history(seed: number, count: number) {
  const random = seeded(seed);
  const someone = (of: number) => (random() < 0.3 ? 1 : 1 + Math.floor(random() * of));
  for (let id = 1; id <= count; id++) {
    const entities = [
      someone(400),
      someone(600),
      someone(300),
      someone(900),
      1 + Math.floor(random() * 5),
      someone(20),
    ];
    const time = T0 + id * 40_000 - (random() < 0.2 ? Math.floor(random() * 80 * 3_600_000) : 0);
    yield { one: event(id, time, entities, { amount: id % 97 }), isFraud: random() < 0.1 };
  }
}

/** Every vector and read-set on the way. */
function live(profiles: MemoryProfiles, seed: number, count: number, from = 1): string[] {
  const seen: string[] = [];
  const vector = new Float64Array(features.names.length);
  let sequence = 0;
  for (const { one, isFraud } of history(seed, count)) {
    const isNew = ++sequence >= from;
    if (isNew) {
      const read = profiles.readSet(profileKeys(one));
      features.extract(profiles, one, vector);
      seen.push(JSON.stringify([read, Buffer.from(vector.buffer).toString('base64')]));
    }
    if (isNew) profiles.learn(one, sequence);
    if (isFraud && ++sequence >= from) profiles.label(one, [onlyWord(LABEL_FRAUD)], sequence);
  }
  return seen;
}

test('decisions see the same bits, whatever is in memory', (t) => {
  for (const [seed, bytes] of [
    [1, 20_000],
    [2, 400_000],
  ]) {
    const whole = createProfiles({ entityTypes: ENTITY_TYPES });
    const small = bounded(t, { entityTypes: ENTITY_TYPES }, bytes);
    assert.deepEqual(live(small, seed, 1_500), live(whole, seed, 1_500));
    for (const type of ENTITY_TYPES.keys()) assert.equal(small.size(type), whole.size(type));
  }
});

test('columns of one’s own are kept, in memory and elsewhere', (t) => {
  const options = { entityTypes: ENTITY_TYPES, own: ['number:metadata.size', 'word:metadata.job'] };
  const [whole, small] = [createProfiles(options), bounded(t, options, 20_000)];
  for (const { one } of history(3, 600)) {
    const details = { metadata: { size: one.id % 50, job: one.id % 3 ? 'cook' : 'nurse' } };
    for (const profiles of [whole, small]) profiles.learn({ ...one, details }, one.id);
  }
  assert.deepEqual(whole.layouts[0].names.slice(-2), options.own);
  for (let user = 1; user <= 400; user++) {
    const key = profileKeys(event(1, T0, only(0, user)))[0];
    const [a, b] = [small, whole].map((profiles) => contentOf(profiles, 0, key));
    assert.deepEqual(a, b, `user ${user}`);
    assert.ok(b === undefined || b.rows.at(-2)!.every((size, row) => size === b.rows[1][row] % 50), `user ${user}`);
  }
});

test('a snapshot taken while profiles learn, leave and come back is whole once the log behind it is learnt', async (t) => {
  for (const bytes of [50_000, 400_000]) {
    const whole = createProfiles({ entityTypes: ENTITY_TYPES });
    const small = bounded(t, { entityTypes: ENTITY_TYPES }, bytes);
    live(whole, 5, 1_500);
    live(small, 5, 1_000);
    const noted = [...history(5, 1_000)].reduce((sum, { isFraud }) => sum + (isFraud ? 2 : 1), 0);
    const chunks: Uint8Array[] = [];
    let more = 1_000;
    await small.save((chunk) => {
      chunks.push(chunk);
      // Learning goes on between any two blocks.
      if (more < 1_500) live(small, 5, (more += 100), noted + 1);
    });
    for (const loaded of [
      createProfiles({ entityTypes: ENTITY_TYPES }),
      bounded(t, { entityTypes: ENTITY_TYPES }, bytes),
    ]) {
      await loaded.load(chunks);
      live(loaded, 5, 1_500, noted + 1);
      for (const type of ENTITY_TYPES.keys()) {
        assert.equal(loaded.size(type), whole.size(type));
        for (let key = 1; key <= 300; key++) {
          const [a, b] = [loaded, whole].map((one) =>
            contentOf(one, type, profileKeys(event(1, T0, only(type, key)))[type]),
          );
          assert.deepEqual(a, b, `${ENTITY_TYPES[type]} ${key}`);
        }
      }
    }
  }
});

test('who is asked for all the time stays in memory, however few of its type there are', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'assay-cold-'));
  const cold = openColdProfiles(directory);
  t.after(async () => {
    await cold.close();
    rmSync(directory, { recursive: true, force: true });
  });
  const fetched = ENTITY_TYPES.map(() => 0);
  const counting = {
    ...cold,
    get(type: number, key: number) {
      const cells = cold.get(type, key);
      if (cells) fetched[type]++;
      return cells;
    },
  };
  const profiles = createProfiles({ entityTypes: ENTITY_TYPES, bound: { bytes: 1_000_000, cold: counting } });
  const random = seeded(1);
  const [user, merchant] = [ENTITY_TYPES.indexOf('user'), ENTITY_TYPES.indexOf('merchant')];
  for (let id = 1; id <= 12_000; id++) {
    const entities = ENTITY_TYPES.map(() => 0);
    entities[user] = 1 + Math.floor(random() * 3_000);
    entities[merchant] = 1 + (id % 4);
    const one = event(id, T0 + id * 1_000, entities, { amount: 1 });
    profiles.readSet(profileKeys(one));
    profiles.learn(one, id);
  }
  assert.ok(fetched[user] > 1_000, `${fetched}`);
  assert.equal(fetched[merchant], 0);
});

test('the cold store is a cache: what an earlier process left is not read', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'assay-cold-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  const first = openColdProfiles(directory);
  first.atOnce(() => first.put(1, 7, Float64Array.of(1, 2, Number.NaN, 4), 3));
  assert.deepEqual([...first.get(1, 7)!.subarray(0, 3)], [1, 2, Number.NaN]);
  assert.equal(first.get(0, 7), undefined);
  await first.close();
  const second = openColdProfiles(directory);
  assert.equal(second.get(1, 7), undefined);
  assert.deepEqual([...second.records()], []);
  await second.close();
});
