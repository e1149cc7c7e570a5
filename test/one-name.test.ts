import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { openSnapshots } from '../src/adapters/embedded/snapshots.ts';
import { entityOfView } from '../src/adapters/postgres/rows.ts';
import { limitedAs } from '../src/domain/address.ts';
import { CORE_ENTITIES, canonicalEntity, entityKey, formerKeys } from '../src/domain/entity.ts';
import { createRates } from '../src/domain/rates.ts';
import { labelledEvent } from '../src/domain/records.ts';
import { entityKeys, entityName } from '../src/engine/event.ts';
import { type EngineState, fold, statePart } from '../src/engine/fold.ts';
import { takeIn } from '../src/intake/transaction.ts';
import type { JournalRecord } from '../src/journal/journal.ts';
import { openJournal } from '../src/journal/local/journal.ts';
import { createProfiles } from '../src/profiles/memory.ts';
import { addressSpellings, domainSpellings, mailboxSpellings } from './support/spellings.ts';

const TYPES = [...CORE_ENTITIES, 'network', 'mailbox'];
const NAMING = { entityTypes: TYPES, entityFields: {} };
const RULES = { rates: createRates('USD', {}), ratesMaxAgeDays: 30 };
const taken = (more: object) => takeIn({ userId: 'u', amount: 1, ...more }, { id: 't', receivedAt: 0 }, RULES) as never;
const viewNames = { types: TYPES, fields: {} };

/** All names that a payment is known by are the same in both spellings, and so is what people look it up by. */
function sameEverywhere(types: string[], one: object, other: object, written: [string, string]): void {
  const [keys, others] = [one, other].map((body) => entityKeys(taken(body), NAMING));
  for (const type of types) {
    const name = entityName(taken(one), type, NAMING);
    assert.ok(name);
    assert.equal(keys[TYPES.indexOf(type)], entityKey(type, name));
    assert.equal(others[TYPES.indexOf(type)], entityKey(type, name));
    // The case's entity, read of a view whose address may be of before there was one spelling.
    assert.equal(entityOfView(one as never, type, viewNames), name);
    assert.equal(entityOfView(other as never, type, viewNames), name);
    for (const text of written) assert.equal(canonicalEntity(type, text), name);
    assert.equal(canonicalEntity(type, name), name);
  }
}

test('any spelling of an address has one profile, one case and one limit', () => {
  fc.assert(
    fc.property(addressSpellings, ([one, other]) => {
      sameEverywhere(['ip', 'network'], { ip: one }, { ip: other }, [one, other]);
      assert.equal(limitedAs(one), limitedAs(other));
    }),
    { numRuns: 500 },
  );
});

test('any spelling of a domain has one profile and one case', () => {
  fc.assert(
    fc.property(domainSpellings, ([one, other]) => {
      sameEverywhere(['email'], { email: `a@${one}` }, { email: `a@${other}` }, [one, other]);
    }),
    { numRuns: 500 },
  );
});

test('any spelling of a mailbox has one profile and one case, and the address stays as it was written', () => {
  fc.assert(
    fc.property(mailboxSpellings, ([one, other]) => {
      sameEverywhere(['mailbox'], { email: one }, { email: other }, [one, other]);
      assert.equal((taken({ email: one }) as { email: string }).email, one);
    }),
    { numRuns: 500 },
  );
});

/** A journal and a snapshot of the version before entities had one spelling, with the spellings that it told apart. */
const fixture = join(import.meta.dirname, 'fixtures', 'spellings');

async function folded(snapshot: boolean) {
  const directory = mkdtempSync(join(tmpdir(), 'assay-spellings-'));
  const unpack = (name: string, to: string) =>
    writeFileSync(join(directory, to), gunzipSync(readFileSync(join(fixture, `${name}.gz`))));
  mkdirSync(join(directory, 'journal'));
  mkdirSync(join(directory, 'snapshots', '9'), { recursive: true });
  unpack('0000000000000001.journal', 'journal/0000000000000001.journal');
  unpack('profiles.bin', 'snapshots/9/profiles.bin');
  unpack('state.json', 'snapshots/9/state.json');
  const profiles = createProfiles({ entityTypes: CORE_ENTITIES });
  const state: EngineState = { profiles, undecided: new Map(), formerKeys: new Map(), deleted: new Set() };
  const journal = await openJournal({ directory: join(directory, 'journal') });
  const records: JournalRecord[] = [];
  try {
    const log = { info() {}, warn() {} };
    const parts = { engine: statePart(state) };
    const snapshots = openSnapshots({ directory: join(directory, 'snapshots'), profiles, parts, log });
    const from = snapshot ? await snapshots.restore(journal.durable) : 0;
    for await (const record of journal.read(from + 1)) {
      records.push(record);
      fold(state, record);
    }
  } finally {
    await journal.close();
    rmSync(directory, { recursive: true });
  }
  return { profiles, state, records };
}

const profileOf = (profiles: EngineState['profiles'], type: string, name: string) =>
  profiles.get(CORE_ENTITIES.indexOf(type as never), entityKey(type, name));

test('profiles of a journal that told spellings apart are one, with or without its snapshot', async () => {
  for (const snapshot of [false, true]) {
    const { profiles } = await folded(snapshot);
    const expected: [type: string, name: string, total: number, frauds: number][] = [
      ['ip', '198.51.100.7', 4, 1],
      ['ip', '2001:db8::1', 3, 1],
      ['email', 'example.com', 4, 1],
      ['email', 'xn--bcher-kva.example', 3, 1],
    ];
    for (const [type, name, total, frauds] of expected) {
      const profile = profileOf(profiles, type, name);
      assert.deepEqual([profile?.total, profile?.frauds], [total, frauds], name);
      // A payment of today finds it by any spelling.
      const own = type === 'ip' ? { ip: name } : { email: `z@${name}.` };
      const key = entityKeys(taken(own), NAMING)[TYPES.indexOf(type)];
      assert.equal(profiles.get(CORE_ENTITIES.indexOf(type as never), key), profile);
    }
    for (const [type, former] of [
      ['ip', '::ffff:198.51.100.7'],
      ['ip', '2001:0db8:0:0:0:0:0:1'],
      ['email', 'bücher.example'],
      ['email', 'example.com.'],
    ])
      assert.equal(profileOf(profiles, type, former), undefined, former);
  }
});

test('recorded keys stay what they are; a label of an old payment goes to the profile of today', async () => {
  const { records, state } = await folded(false);
  const old = records.find(({ key }) => key === 't:t2')!;
  const recorded = (old.data as { entities: number[] }).entities;
  assert.equal(recorded[CORE_ENTITIES.indexOf('ip')], entityKey('ip', '::ffff:198.51.100.7'));
  assert.equal(labelledEvent(old).entities[CORE_ENTITIES.indexOf('ip')], entityKey('ip', '198.51.100.7'));
  // Erased, the record has no value any more; what was learnt of its keys before is kept with the state.
  assert.equal(state.formerKeys.get(entityKey('ip', '::ffff:198.51.100.7')), entityKey('ip', '198.51.100.7'));
  const { personal: _, ...erased } = old;
  assert.deepEqual(labelledEvent(erased).entities, recorded);
});

test('what was written down under a usual spelling of before is found by it', () => {
  const found = (type: string, name: string, spelling: string) =>
    assert.ok(formerKeys(type, name).includes(entityKey(type, spelling)), spelling);
  found('ip', '198.51.100.7', '::ffff:198.51.100.7');
  found('ip', '198.51.100.7', '::ffff:c633:6407');
  found('ip', '2001:db8::1', '2001:0db8:0000:0000:0000:0000:0000:0001');
  found('ip', '2001:db8::1', '2001:db8:0:0:0:0:0:1');
  found('ip', '2001:db8::1', '2001:0db8::0001');
  found('email', 'xn--bcher-kva.example', 'bücher.example');
  found('email', 'example.com', 'example.com.');
  assert.deepEqual(formerKeys('user', 'u1'), []);
});
