import type { Clock } from '../../domain/clock.ts';
import type { Event } from '../../domain/event.ts';
import { hash53 } from '../../domain/hash.ts';
import { FIRST_OUTCOME } from '../../profiles/cell.ts';
import { layoutsOf } from '../../profiles/counterparts.ts';
import { profileKeys } from '../../profiles/keys.ts';
import type { Layout } from '../../profiles/layout.ts';
import { fingerprint, type Profiles } from '../../profiles/profiles.ts';
import type { KeyIndex, ProfileLog, RepeatedRecord, SharedProfiles } from '../../profiles/shared.ts';
import { createCache } from './cache.ts';
import { type Answer, type Command, call, firstError, openConnection, type RedisLog } from './connection.ts';
import { createInserts } from './inserts.ts';
import { createDeletedIds, createKeyIndex, type DeletedIds, keyName } from './keys.ts';
import { LEARN } from './learn.ts';
import { createProfileLog } from './log.ts';
import { placeOf } from './places.ts';
import { refuseEviction } from './policy.ts';
import { KIND_EVENT, KIND_LABEL, KIND_OUTCOME, packHead, packRow, packWords } from './rows.ts';
import { READ } from './scripts.ts';
import { addNewest, addOwn, type Known, type Reply, wholeProfile } from './view.ts';

export interface RedisProfilesOptions {
  /** `redis://user:password@host:port/0`, or `rediss:`. */
  url: string;
  /** Authorities to trust instead of the system's, PEM; for `rediss:`. */
  ca?: string | undefined;
  namespace: string;
  entityTypes: readonly string[];
  /** Columns to keep by entity type, beyond those always kept; everything by default. The same in all processes. */
  columns?: Readonly<Record<string, readonly string[]>>;
  /** Of one's own columns, what users' profiles keep. The same in all processes. */
  own?: readonly string[];
  /** Of what a decision waits for. 50 by default. */
  deadlineMs?: number;
  /** Of what the log's consumer waits for. 5,000 by default. */
  logDeadlineMs?: number;
  /** An entity that is not seen for so long is forgotten. 180 by default. */
  ttlDays?: number;
  /** How long the key of a record leads to it. 30 by default. */
  keyTtlDays?: number;
  /** Bound on the profiles that this process remembers. 64 MiB by default. */
  cacheBytes?: number;
  /** Decisions are marked while the log's consumer has more than this to repeat of a partition. 10,000 by default. */
  behindRecords?: number;
  log?: RedisLog;
  clock?: Clock;
}

export interface RedisProfilesStats {
  healthy: boolean;
  /** Decisions' reads, and those that were degraded. */
  fetches: number;
  degraded: number;
  /** Profiles read: unchanged, by their newest events alone, whole, never seen. */
  unchanged: number;
  newest: number;
  whole: number;
  unseen: number;
  /** Inserts, and those that Redis did not take in time: the log's consumer repeats them. */
  inserts: number;
  insertErrors: number;
  cachedProfiles: number;
  cachedBytes: number;
}

export interface RedisProfiles extends SharedProfiles, ProfileLog, KeyIndex, DeletedIds {
  /** Why decisions are degraded, where Redis is why. */
  readonly problem: string | undefined;
  stats(): RedisProfilesStats;
  close(): Promise<void>;
}

const DAY_SECONDS = 86_400;
const DAY_MS = 1_000 * DAY_SECONDS;
const FIRST_READY_MS = 3_000;
/** Goes up when what lies under it changes: a version then fills its own from the log, beside those of the version before. */
const LAYOUT = 3;

/**
 * Profiles that many processes share over Redis, equal to those of `createProfiles` given the same events and labels.
 *
 *   <namespace>:3:p:<type>:<key>:s   string  what is known of it in a few numbers: see `learn.ts`
 *                                   :e   zset    rows by time: see `rows.ts`
 *                                   :b   string  hour and day buckets of what fell out
 *                                   :l   hash    what is known of events that are not among the rows, by id; :m the older ones
 *   <namespace>:3:v:<id>                 string  who said what of an event's truth: see `voices.ts`
 *   <namespace>:3:log:<p>                string  offset of the next record of partition p to repeat
 *   <namespace>:3:taken:<p>:<n>          string  a bit for each offset of a part of it: whether the record was taken
 *   <namespace>:k:<hash>                 string  where the first record of a key lies
 *   <namespace>:deleted                  set     ids of deleted transactions
 *
 * Resolves once Redis answers, or after three seconds without it: degraded, until it does. Rejects where Redis would drop profiles.
 */
export async function openRedisProfiles(options: RedisProfilesOptions): Promise<RedisProfiles> {
  const { url, ca, namespace, entityTypes, columns, own = [], clock = Date.now, log } = options;
  const { deadlineMs = 50, logDeadlineMs = 5_000, ttlDays = 180, keyTtlDays = 30, behindRecords = 10_000 } = options;
  const layouts = layoutsOf(entityTypes, columns, own);
  const connection = openConnection({ url, ca, name: 'profiles', clock, log });
  // Apart, so that decisions never wait behind what is repeated.
  const logConnection = openConnection({ url, ca, name: 'profile-log', clock, log, patience: 0 });
  const cache = createCache(options.cacheBytes ?? 64 * 1024 * 1024);
  const counts = { fetches: 0, degraded: 0, unchanged: 0, newest: 0, whole: 0, unseen: 0 };

  // Rows of other columns are other rows: profiles of a new schema are filled from the log, beside those of the one before.
  const root = `${namespace}:${LAYOUT}${own.length === 0 ? '' : `.${hash53(own.join()).toString(36)}`}`;
  const nameOf = (type: number, key: number) => `${root}:p:${entityTypes[type]}:${key}`;
  // By whole days, so that most inserts leave it as it is.
  const expiresAt = () => (Math.floor(clock() / 1000 / DAY_SECONDS) + 1 + ttlDays) * DAY_SECONDS;

  /** Not seen for so long that Redis may have forgotten it. */
  const isOld = ({ profile: { columns, offset, start, count } }: Known) =>
    columns[offset + start + count - 1] < clock() - ttlDays * DAY_MS;

  const positionKey = (partition: number) => `${root}:log:${partition}`;
  const marksKey = (partition: number) => `${root}:taken:${partition}`;

  /** The profiles of an event: type and name of each. */
  const namedBy = (event: Event) =>
    [...profileKeys(event).entries()]
      .filter(([type, key]) => type < layouts.length && key > 0)
      .map(([type, key]) => ({ type, name: nameOf(type, key) }));

  /** Takes a record: directly, or where the consumer's position is what it was. */
  function commandOf(record: RepeatedRecord, partition: number, position?: number): Command {
    const { offset, learn, label, told, keys } = record;
    const now = clock();
    // What would have expired is left out, so that a Redis that is filled from the log takes no more than it had.
    const livesMs = (record.at ?? now) + keyTtlDays * DAY_MS - now;
    const names = livesMs > 0 ? keys.map((key) => keyName(namespace, key)) : [];
    const event = learn ?? label?.event ?? told?.event;
    const profiles = event ? namedBy(event) : [];
    const head = event ? packHead(event, learn ? KIND_EVENT : label ? KIND_LABEL : KIND_OUTCOME) : '';
    const said = label ? packWords(label.words) : told ? told.outcome + FIRST_OUTCOME : '';
    const rows = profiles.map(({ type }) => (learn ? packRow(layouts[type], learn) : ''));
    return call(
      LEARN,
      [
        ...[positionKey(partition), marksKey(partition), `${root}:v:${event?.id ?? ''}`],
        ...profiles.map(({ name }) => name),
        ...names,
      ],
      [position ?? '', offset, expiresAt(), placeOf({ partition, offset }), livesMs, head, said, ...rows],
    );
  }

  /** What this process has inserted it need not read again. */
  function onTaken(event: Event, versions: Buffer[]): void {
    for (const [i, { type, name }] of namedBy(event).entries()) {
      const known = cache.get(name);
      if (known) addOwn(known, layouts[type], event, versions[i]);
    }
  }

  const inserts = createInserts(connection, {
    ...{ deadlineMs, behindRecords, positionKey, commandOf, onTaken, clock, log },
    onLost: () => profileLog.lookAgain(),
  });

  /** Takes in what Redis said of a profile; false where the whole has to be read. */
  function take(name: string, layout: Layout, answer: Answer): boolean {
    const known = cache.get(name);
    if (answer === 1) {
      counts.unchanged++;
      // Given up meanwhile, or changed by a later answer: as good as new, unless it is gone.
      return known !== undefined;
    }
    const reply = answer as Reply | null;
    // Totals only rise, until all is forgotten.
    if (known && !isOld(known) && (reply?.[0].readDoubleLE(0) ?? 0) < known.profile.total) inserts.lost();
    if (!reply) {
      counts.unseen++;
      cache.delete(name);
      return true;
    }
    if (reply.length === 3) {
      counts.whole++;
      cache.set(name, wholeProfile(layout, reply));
      return true;
    }
    if (!known || !addNewest(known, layout, reply)) return false;
    counts.newest++;
    cache.set(name, known);
    return true;
  }

  /** Reads profiles into the cache. Rejects where some could not be. */
  async function refresh(wanted: { type: number; name: string }[], knowing: boolean, endMs: number): Promise<void> {
    const names = wanted.map(({ name }) => name);
    const versions = names.map((name) => (knowing && cache.get(name)?.version) || '');
    const answers = await connection.run([call(READ, names, versions)], Math.max(1, endMs - performance.now()));
    const error = firstError(answers);
    if (error) throw error;
    const profiles = answers[0] as Answer[];
    const again = wanted.filter(({ type, name }, i) => !take(name, layouts[type], profiles[i]));
    if (again.length > 0) await refresh(again, false, endMs);
  }

  function viewOf(found: (Known | undefined)[], keys: Float64Array): Profiles {
    const get = (type: number, key: number) => (key > 0 && keys[type] === key ? found[type]?.profile : undefined);
    const readOnly = () => {
      throw new Error('Profiles that were fetched are for reading.');
    };
    return {
      ...{ entityTypes, layouts, get, learn: readOnly, label: readOnly, tell: readOnly },
      readSet: (asked) =>
        Array.from(asked, (key, type) => {
          const profile = get(type, key);
          return [profile?.total ?? 0, fingerprint(profile)];
        }),
    };
  }

  async function fetch(keys: Float64Array): Promise<{ profiles: Profiles; degraded: boolean }> {
    counts.fetches++;
    const wanted: { type: number; name: string }[] = [];
    for (let type = 0; type < entityTypes.length; type++)
      if (keys[type] > 0) wanted.push({ type, name: nameOf(type, keys[type]) });
    const degraded = await refresh(wanted, true, performance.now() + deadlineMs).then(
      () => inserts.refused || inserts.behind,
      () => true,
    );
    if (degraded) counts.degraded++;
    const found: (Known | undefined)[] = [];
    for (const { type, name } of wanted) found[type] = cache.get(name);
    return { profiles: viewOf(found, keys), degraded };
  }

  const deadlines = { namespace, deadlineMs, logDeadlineMs };
  const profileLog = createProfileLog(logConnection, { logDeadlineMs, positionKey, marksKey, commandOf });
  const close = async () => {
    await Promise.all([connection.close(), logConnection.close()]);
  };
  await Promise.all([connection.untilReady(FIRST_READY_MS), logConnection.untilReady(FIRST_READY_MS)]);
  await refuseEviction(connection, log).catch(async (error) => {
    await close();
    throw error;
  });

  return {
    ...{ entityTypes, fetch, insert: inserts.insert },
    ...profileLog,
    ...createKeyIndex(connection, namespace, deadlineMs),
    ...createDeletedIds(connection, deadlines),
    get healthy() {
      return connection.healthy && !inserts.refused;
    },
    get problem() {
      return connection.problem ?? inserts.problem;
    },
    stats: () => ({
      healthy: connection.healthy && !inserts.refused,
      ...counts,
      ...inserts.stats(),
      ...{ cachedProfiles: cache.size, cachedBytes: cache.bytes },
    }),
    close,
  };
}
