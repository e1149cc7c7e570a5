import { isDeepStrictEqual } from 'node:util';
import { isControl } from '../../src/adapters/kafka/layout.ts';
import { readConfig } from '../../src/config.ts';
import type { Event } from '../../src/domain/event.ts';
import type { DecisionData } from '../../src/domain/records.ts';
import { eventOfRecord } from '../../src/engine/event.ts';
import { fold } from '../../src/engine/fold.ts';
import type { Journal } from '../../src/journal/journal.ts';
import { profileKeys } from '../../src/profiles/keys.ts';
import { createProfiles } from '../../src/profiles/memory.ts';
import type { Profiles } from '../../src/profiles/profiles.ts';
import type { SharedProfiles } from '../../src/profiles/shared.ts';
import { contentOf, only } from './profile-events.ts';

const { entityTypes } = readConfig({}, { modelDir: '' });

/** What a log says, folded by one process: each transaction's first record, and the profiles of all. */
export async function foldLog(journal: Journal) {
  const profiles = createProfiles({ entityTypes });
  const state = { profiles, undecided: new Map(), formerKeys: new Map<number, number>(), deleted: new Set<string>() };
  const minor = new Map<string, number>();
  const decided = new Map<string, { at: number; probability: number; degraded: boolean }>();
  const entities = entityTypes.map(() => new Set<number>());
  /** Its event, by transaction. */
  const events = new Map<string, Event>();
  /** Of the partitions that profiles learn from, all but that of keys, models and the policy. */
  const ends = new Map<number, number>();
  /** Transactions whose review expired, one for each record that says so. */
  const expired: string[] = [];
  let decisions = 0;
  let voids = 0;
  for await (const record of journal.read(1)) {
    const { position } = record;
    if (position && !isControl(record.type)) ends.set(position.partition, position.offset + 1);
    if (record.type === 'void') voids++;
    if (record.type === 'review' && record.data.expired) expired.push(String(record.data.transactionId));
    if (record.type === 'decision') {
      const data = record.data as unknown as DecisionData;
      decisions++;
      minor.set(data.transaction.id, data.transaction.amountMinor ?? 0);
      const { probability, degraded = false } = data.decision;
      decided.set(data.transaction.id, { at: record.at, probability, degraded });
      const event = eventOfRecord(record, entityTypes);
      events.set(data.transaction.id, event);
      for (const [type, key] of profileKeys(event).entries()) if (key > 0) entities[type].add(key);
    }
    fold(state, record);
  }
  return { profiles, events, minor, decided, decisions, voids, entities, ends, expired };
}

export type FoldedLog = Awaited<ReturnType<typeof foldLog>>;

/** How many profiles are not, row by row and bit for bit, what one process has of the same events. */
export function differentProfiles(log: FoldedLog, shared: SharedProfiles) {
  return differentFrom(log, async (keys) => {
    const view = await shared.fetch(keys);
    if (view.degraded) throw new Error('the shared profiles are degraded');
    return view.profiles;
  });
}

/** The same of any profiles, asked for by keys of which one is not 0. */
export async function differentFrom(
  { profiles, entities }: FoldedLog,
  fetch: (keys: Float64Array) => Promise<Profiles>,
): Promise<{ compared: number; different: string[] }> {
  const different: string[] = [];
  let compared = 0;
  for (const [type, keys] of entities.entries())
    for (const key of keys) {
      const theirs = contentOf(await fetch(only(type, key, entityTypes.length)), type, key);
      const own = contentOf(profiles, type, key);
      compared++;
      if (!isDeepStrictEqual(own, theirs))
        different.push(`${entityTypes[type]} ${key}: ${JSON.stringify(own)} here, ${JSON.stringify(theirs)} there`);
    }
  return { compared, different };
}
