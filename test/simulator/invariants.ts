import { CORE_ENTITIES } from '../../src/domain/entity.ts';
import { hash53 } from '../../src/domain/hash.ts';
import type { DecisionData, LabelData } from '../../src/domain/records.ts';
import type { Transaction } from '../../src/domain/transaction.ts';
import { eventOfRecord } from '../../src/engine/event.ts';
import { type EngineState, fold } from '../../src/engine/fold.ts';
import type { Journal, JournalRecord } from '../../src/journal/journal.ts';
import { openJournal } from '../../src/journal/local/journal.ts';
import { verifyJournal } from '../../src/journal/local/verify.ts';
import { RemovedRecord } from '../../src/journal/removed.ts';
import { profileKeys } from '../../src/profiles/keys.ts';
import { createProfiles, type MemoryProfiles } from '../../src/profiles/memory.ts';
import { contentOf } from '../support/profile-events.ts';
import type { Past } from '../support/velocity-oracle.ts';
import { answerOf } from './clients.ts';
import { applyRecord, emptyTables } from './database.ts';
import { slowVector } from './model.ts';
import { DIRECTORY, SEGMENT_BYTES, type Seams } from './server.ts';
import { Violation } from './violation.ts';
import type { World } from './world.ts';

const MAX_AHEAD_MS = 5 * 60_000;

function expect(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Violation(what);
}

/** Everything that was promised and shown, against what is on the disk at the end. The server of the end is still up. */
export async function checkAll(world: World, _seams: Seams): Promise<{ records: number; cut: number }> {
  const { journal, profiles } = world.servers[0];
  const left = await everyRecord(journal);
  const here = new Set(left.map(({ sequence }) => sequence));
  const gone = [...world.archive.values()].filter(({ sequence }) => !here.has(sequence));
  checkCut(journal, gone);
  const records = [...gone, ...left].sort((a, b) => a.sequence - b.sequence);
  checkLog(world, journal, records);
  await checkFound(world, journal);
  checkDatabase(world, records);
  checkProfiles(profiles, records, 'of the running server');
  checkCausality(world, records);
  await world.servers[0].close();
  const found = await verifyJournal(DIRECTORY, world.disk.files);
  // Half of an erasure is what a lying disk may have lost: it is found and told.
  const problems = found.problems.filter(({ why }) => world.losses === 0 || !/half erased/.test(why));
  expect(problems.length === 0, `durability: ${problems[0]?.why}`);
  return { records: records.length, cut: gone.length };
}

async function everyRecord(journal: Journal): Promise<JournalRecord[]> {
  const records: JournalRecord[] = [];
  for await (const record of journal.read(1)) records.push(record);
  return records;
}

/** Only what lies before the log's beginning is gone. */
function checkCut(journal: Journal, gone: JournalRecord[]): void {
  const { begins = 1 } = journal.status();
  for (const { sequence } of gone)
    expect(sequence < begins, `durability: ${sequence} is gone, and the log begins at ${begins}`);
}

const isGone = (journal: Journal, { sequence }: JournalRecord) => sequence < (journal.status().begins ?? 1);

/** Durability and uniqueness; visibility of the feed. What was cut out may have been told to nobody, and could not be erased any more. */
function checkLog({ promised }: World, journal: Journal, records: JournalRecord[]): void {
  const byId = new Map<string, JournalRecord>();
  const keys = new Set<string>();
  for (const [i, record] of records.entries()) {
    expect(record.sequence === i + 1, `durability: record ${i + 1} is ${record.sequence}`);
    for (const key of [record.key, ...(record.aliases ?? [])]) {
      expect(!keys.has(key), `uniqueness: ${key} stands twice`);
      keys.add(key);
    }
    if (record.type !== 'decision') continue;
    const { id } = (record.data as unknown as DecisionData).transaction;
    expect(!byId.has(id), `uniqueness: ${id} was decided twice`);
    byId.set(id, record);
  }
  const told = new Set(promised.told.values());
  for (const [id, record] of byId)
    if (!isGone(journal, record)) expect(told.has(id), `visibility: the feed never told ${id}`);
  for (const [id, { record, body }] of promised.paid) {
    const kept = byId.get(id);
    checkTime(id, JSON.parse(body).body.transactionDate, record);
    expect(kept !== undefined, `durability: ${id} was acknowledged and is lost`);
    expect(answerOf(kept) === answerOf(record), `uniqueness: the record of ${id} is not what was answered`);
    const isErased = kept.personal === undefined || !('email' in kept.personal);
    if (isGone(journal, kept)) continue;
    if (promised.erased.has(id)) expect(isErased, `erasure: ${id} was erased and is there`);
    if (!promised.askedToErase.has(id)) expect(!isErased, `durability: ${id} lost its personal fields`);
  }
  for (const [id, sequence] of promised.labelled)
    expect(
      (records[sequence - 1]?.data as unknown as LabelData | undefined)?.transactionId === id,
      `durability: label ${sequence} of ${id} is lost`,
    );
  for (const [seq, id] of promised.told) {
    const record = records[Math.floor(seq / 4) - 1];
    const named = (record?.data as unknown as DecisionData | undefined)?.transaction?.id;
    expect(named === id, `visibility: the feed told ${id}, which is not in the log`);
  }
}

/** T is what the payment says of itself, unless that is ahead of its receipt. */
function checkTime(id: string, said: string | undefined, { data }: JournalRecord): void {
  const { time, receivedAt } = (data as unknown as DecisionData).transaction;
  const own = said === undefined ? Number.NaN : Date.parse(said);
  const T = own <= receivedAt + MAX_AHEAD_MS ? own : receivedAt;
  expect(time === T, `causality: ${id} is dated ${time}, not ${T}`);
}

async function checkFound({ promised }: World, journal: Journal): Promise<void> {
  for (const [id, { record, body }] of promised.paid) {
    const { alias } = JSON.parse(body);
    for (const name of [`t:${id}`, ...(alias === undefined ? [] : [alias])]) {
      const found = await journal.find(name).catch((error) => error);
      const isRight = isGone(journal, record)
        ? found instanceof RemovedRecord
        : (found as JournalRecord | undefined)?.sequence === record.sequence;
      expect(isRight, `uniqueness: ${name} is not found`);
    }
  }
}

/** The database is one fold of the records. */
function checkDatabase({ database }: World, records: JournalRecord[]): void {
  const expected = emptyTables();
  for (const record of records) applyRecord(expected, record);
  const { tables } = database;
  expect(tables.sequence === records.length, `convergence: the database stands at ${tables.sequence}`);
  for (const name of ['count', 'amountMinor', 'labels'] as const)
    expect(tables[name] === expected[name], `uniqueness: ${name} is ${tables[name]}, not ${expected[name]}`);
  for (const [id, row] of expected.rows)
    expect(JSON.stringify(tables.rows.get(id)) === JSON.stringify(row), `convergence: row ${id}`);
}

/** Profiles are the fold of the log, whatever came between. */
function checkProfiles(profiles: MemoryProfiles, records: JournalRecord[], whose: string): void {
  const fresh = createProfiles({ entityTypes: CORE_ENTITIES });
  const state: EngineState = { profiles: fresh, undecided: new Map(), formerKeys: new Map(), deleted: new Set() };
  const keys = CORE_ENTITIES.map(() => new Set<number>());
  for (const record of records) {
    fold(state, record);
    if (record.type !== 'decision') continue;
    profileKeys(eventOfRecord(record, CORE_ENTITIES)).forEach((key, type) => void (key > 0 && keys[type].add(key)));
  }
  for (const [type, all] of keys.entries()) {
    expect(profiles.size(type) === all.size, `convergence: ${profiles.size(type)} profiles ${whose}, not ${all.size}`);
    for (const key of all) {
      const [is, should] = [profiles, fresh].map((one) => JSON.stringify(contentOf(one, type, key)));
      expect(is === should, `convergence: profile ${CORE_ENTITIES[type]} ${key} ${whose} is ${is}, not ${should}`);
    }
  }
}

/** Each vector is what the records before it give, by the engine's own features and by a slow reading that knows only the log. */
function checkCausality({ serving }: World, records: JournalRecord[]): void {
  const profiles = createProfiles({ entityTypes: CORE_ENTITIES });
  const state: EngineState = { profiles, undecided: new Map(), formerKeys: new Map(), deleted: new Set() };
  const past = new Map<string, Past>();
  const words = new Map<string, number>();
  for (const record of records) {
    if (record.type === 'decision') {
      const data = record.data as unknown as DecisionData;
      const transaction = { ...data.transaction, ...record.personal } as unknown as Transaction;
      const { id, time, receivedAt } = transaction;
      expect(time <= receivedAt + MAX_AHEAD_MS, `causality: ${id} happened ahead of its receipt`);
      // Its keys as they were recorded: an erasure may have taken the names.
      const event = eventOfRecord(record, CORE_ENTITIES);
      const readSet = JSON.stringify(profiles.readSet(profileKeys(event)));
      expect(
        JSON.stringify(data.readSet) === readSet,
        `causality: ${id} read ${JSON.stringify(data.readSet)}, not ${readSet}`,
      );
      const vector = new Float64Array(serving.features.names.length);
      serving.features.extract(profiles, event, vector);
      const told = Array.from(record.vector ?? []);
      expect(
        vector.every((value, i) => Object.is(value, told[i])),
        `causality: the vector of ${id} is another`,
      );
      for (const [i, value] of slowVector([...past.values()], transaction).entries())
        expect(
          Object.is(value, told[i]) || Math.abs(value - told[i]) < 1e-6,
          `causality: ${serving.features.names[i]} of ${id} is ${told[i]}, not ${value}`,
        );
      past.set(id, { transaction, order: hash53(id), label: undefined, outcomes: new Set() });
    }
    if (record.type === 'label') {
      const { transactionId, label } = record.data as unknown as LabelData;
      const one = past.get(transactionId);
      // A source's newest word by time counts, of equal ones the later.
      if (one && record.at >= (words.get(transactionId) ?? 0)) {
        words.set(transactionId, record.at);
        one.label = label === 'none' ? undefined : label;
      }
    }
    fold(state, record);
  }
}

/**
 * A disk that lied has lost what was acknowledged. What is there must still be a beginning of what was promised, or the journal must
 * have refused and said where: false then.
 */
export async function checkAfterLies(world: World, seams: Seams): Promise<boolean> {
  let records: JournalRecord[];
  try {
    const files = { ...seams.files(world.disk.files), lock: async () => async () => {} };
    const journal = await openJournal({
      ...{ directory: DIRECTORY, segmentBytes: SEGMENT_BYTES, files, markAfterMs: 1e9 },
      ...{ onFatal: () => {}, onWarning: () => {} },
    });
    records = await everyRecord(journal);
    await journal.close();
  } catch (error) {
    expect(/damaged (?:at offset|on disk)/.test(String(error)), `durability: after lies of the disk: ${error}`);
    return false;
  }
  // The server refuses to start then, and says so.
  const snapshots = await world.disk.files.list('/disk/snapshots');
  if (snapshots.some((name) => Number(name) > records.length)) return false;
  const { promised } = world;
  world.losses++;
  for (const [id, { record }] of [...promised.paid]) {
    const kept = records[record.sequence - 1];
    if (kept === undefined) promised.paid.delete(id);
    else expect(answerOf(kept) === answerOf(record), `durability: record ${record.sequence} is another after lies`);
  }
  for (const [id, sequence] of [...promised.labelled])
    if (sequence > records.length || !promised.paid.has(id)) promised.labelled.delete(id);
  for (const [seq] of [...promised.told]) if (Math.floor(seq / 4) > records.length) promised.told.delete(seq);
  promised.erased.clear();
  promised.deleted.clear();
  return true;
}
