import { readConfig } from '../../src/config.ts';
import type { DecisionData } from '../../src/domain/records.ts';
import { fold } from '../../src/engine/fold.ts';
import type { Journal } from '../../src/journal/journal.ts';
import { createProfiles } from '../../src/profiles/memory.ts';
import { fingerprint, type Profile } from '../../src/profiles/profiles.ts';
import type { SharedProfiles } from '../../src/profiles/shared.ts';

const { entityTypes } = readConfig({}, { modelDir: '' });

/** What a fleet's log says, folded by one process: each transaction's first record, and the profiles of all. */
export async function foldLog(journal: Journal) {
  const profiles = createProfiles({ entityTypes });
  const state = { profiles, undecided: new Map(), formerKeys: new Map<number, number>(), deleted: new Set<string>() };
  const minor = new Map<string, number>();
  const decided = new Map<string, { at: number; probability: number; degraded: boolean }>();
  const entities = entityTypes.map(() => new Set<number>());
  /** Of the partitions that profiles learn from, all but that of keys and models. */
  const ends = new Map<number, number>();
  let decisions = 0;
  let voids = 0;
  for await (const record of journal.read(1)) {
    const { partition, offset } = record.position!;
    if (!/^(key|model)\./.test(record.type)) ends.set(partition, offset + 1);
    if (record.type === 'void') voids++;
    if (record.type === 'decision') {
      const data = record.data as unknown as DecisionData;
      decisions++;
      minor.set(data.transaction.id, data.transaction.amountMinor ?? 0);
      const { probability, degraded = false } = data.decision;
      decided.set(data.transaction.id, { at: record.at, probability, degraded });
      for (const [type, key] of data.entities.entries()) if (key > 0) entities[type].add(key);
    }
    fold(state, record);
  }
  return { profiles, minor, decided, decisions, voids, entities, ends };
}

export type FoldedLog = Awaited<ReturnType<typeof foldLog>>;

/** How many profiles are not, row by row and bit for bit, what one process has of the same events. */
export async function differentProfiles(
  log: FoldedLog,
  shared: SharedProfiles,
): Promise<{ compared: number; different: string[] }> {
  const different: string[] = [];
  let compared = 0;
  for (const [type, keys] of log.entities.entries())
    for (const key of keys) {
      const only = new Float64Array(entityTypes.length);
      only[type] = key;
      const view = await shared.fetch(only);
      if (view.degraded) throw new Error('the shared profiles are degraded');
      compared++;
      const [own, theirs] = [log.profiles.get(type, key), view.profiles.get(type, key)];
      if (describe(own, log.profiles.layouts[type].width) !== describe(theirs, log.profiles.layouts[type].width))
        different.push(`${entityTypes[type]} ${key}: ${own?.total} here, ${theirs?.total} there`);
    }
  return { compared, different };
}

/** Everything of a profile but the sequences in its label cells. */
function describe(profile: Profile | undefined, width: number): string {
  if (!profile) return 'none';
  const { start, count, total, capacity, columns, offset, firstTime, frauds, buckets } = profile;
  const rows: number[][] = [];
  for (let column = 0; column < width; column++) {
    const from = offset + column * capacity + start;
    const cells = Array.from(columns.subarray(from, from + count));
    rows.push(column === 3 ? cells.map((cell) => cell & 3) : cells);
  }
  const kept =
    buckets &&
    [buckets.hours, buckets.days].map(({ size, cells, evicted }) => [Array.from(cells.subarray(0, 4 * size)), evicted]);
  return JSON.stringify([count, total, firstTime, frauds, fingerprint(profile), rows, kept ?? null]);
}
