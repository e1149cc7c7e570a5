import type { Clock } from '../../domain/clock.ts';
import { AssayError } from '../../domain/errors.ts';
import { createOutage } from '../../domain/outage.ts';
import type { Journal, JournalRecord } from '../../journal/journal.ts';
import type { Log } from '../log.ts';
import type { Projector } from '../projector.ts';
import type { QueryStore } from '../store.ts';
import { sleep } from '../webhooks/sleep.ts';
import { paymentChange, userChange } from './rows.ts';
import type { Change, ReplicaPlace, ReplicaTarget } from './target.ts';

/** Carries what people query into a copy elsewhere, from a place in the log that the copy itself keeps. */
export interface Replica {
  start(): void;
  /** Brings these rows as they are now, whatever their place in the log. Resolves when they are there; rejects when it is closed. */
  refresh(payments: readonly string[], users: readonly string[]): Promise<void>;
  stats(): ReplicaStats;
  close(): Promise<void>;
}

export interface ReplicaStats {
  state: 'ok' | 'behind' | 'unavailable';
  lagRecords: number;
  /** Age of the oldest record that is not there yet. */
  lagSeconds: number;
  batches: number;
  failures: number;
  /** Why it does not answer, or what it was filled from. */
  problem?: string | undefined;
}

export interface ReplicaOptions {
  journal: Journal;
  projector: Projector;
  store: Pick<QueryStore, 'transactions' | 'users'>;
  target: ReplicaTarget;
  clock: Clock;
  log: Log;
  /** From this age of the oldest record on it is said to be behind. */
  maxLagMs: number;
  /** Records of one step. */
  batchSize?: number;
  lingerMs?: number;
  backoffMs?: number;
}

const LONGEST_BACKOFF_MS = 30_000;
/** Rows of one call, in characters: arguments there end at 16 MiB. */
const MOST_CHARACTERS = 2 * 1024 * 1024;
/** Another process of the fleet is at it: it goes on until it is gone. */
const OTHERS_TURN_MS = 5_000;
const IDLE_MS = 30_000;
/** Rows that are brought out of turn at once. */
const REFRESHED = 200;

interface Owed {
  payments: readonly string[];
  users: readonly string[];
  resolve(): void;
  reject(error: Error): void;
}

/**
 * It copies states, not changes: of whatever the next records touch, the rows as the database has them once it has applied these records.
 * So what was refused changes nothing, a repetition brings the same again, and nothing waits in memory but one batch.
 */
export function createReplica(options: ReplicaOptions): Replica {
  const { journal, projector, store, target, clock, log, maxLagMs } = options;
  const { batchSize = 200, lingerMs = 100, backoffMs: firstBackoffMs = 200 } = options;
  const owed: Owed[] = [];
  const closing = new AbortController();
  const outage = createOutage((reason) => log.warn({ reason }, 'the copy in Convex waits'));
  let wake = new AbortController();
  let place: ReplicaPlace | undefined;
  let oldestAt: number | undefined;
  let backoffMs = firstBackoffMs;
  const counts = { batches: 0, failures: 0 };
  let running: Promise<void> | undefined;
  const hurry = () => wake.abort();
  const unsubscribe = journal.subscribe(hurry);

  async function standing(): Promise<ReplicaPlace> {
    const found = await target.place();
    const begins = journal.status().begins ?? 1;
    const isKnown = found.sequence > 0 && found.sequence >= begins;
    if (isKnown && (await journal.get(found.sequence))?.key !== found.key)
      throw new Error(
        `The copy in Convex was made from another journal: it stands at record ${found.sequence} (${found.key}). ` +
          'assay convex rebuild empties it, and it is made anew from this one.',
      );
    return found;
  }

  /** One after the other until this write is done; false where it was not the turn of this process. */
  async function send(changes: Change[], through: { sequence: number; key: string }): Promise<boolean> {
    const parts = inParts(changes);
    for (const [i, part] of parts.entries()) {
      // The place moves with the last part: what came before it is brought again if need be.
      const { sequence, key } = i === parts.length - 1 ? through : place!;
      const { applied, ...now } = await target.apply({ turn: place!.turn, sequence, key, changes: part });
      place = now;
      if (!applied) return false;
      counts.batches++;
    }
    return true;
  }

  async function bring(payments: Iterable<string>, users: Iterable<string>): Promise<Change[]> {
    return Promise.all([
      ...Array.from(payments, async (id) => paymentChange(id, await store.transactions.get(id))),
      ...Array.from(users, async (id) => userChange(id, await store.users.get(id))),
    ]);
  }

  async function follow(): Promise<void> {
    const records: JournalRecord[] = [];
    for await (const record of journal.read(place!.sequence + 1)) if (records.push(record) >= batchSize) break;
    const last = records.at(-1);
    if (!last) return;
    oldestAt = records[0].at;
    await projector.settled(last.sequence);
    const { payments, users } = subjectsOf(records);
    if (await send(await bring(payments, users), last)) return;
    // The answer to an earlier attempt was lost, or another process writes.
    place = undefined;
    await sleep(journal.horizon ? OTHERS_TURN_MS : firstBackoffMs, closing.signal);
  }

  async function repay(one: Owed): Promise<void> {
    if (await send(await bring(one.payments, one.users), place!)) {
      owed.shift();
      one.resolve();
    } else place = undefined;
  }

  async function step(): Promise<void> {
    wake = new AbortController();
    place ??= await standing();
    if (place.clearing) {
      place = undefined;
      await sleep(firstBackoffMs, closing.signal);
    } else if (owed.length > 0) await repay(owed[0]);
    else if (place.sequence < journal.durable) {
      if (journal.durable - place.sequence < batchSize) await sleep(lingerMs, closing.signal);
      await follow();
    } else {
      oldestAt = undefined;
      await sleep(IDLE_MS, AbortSignal.any([wake.signal, closing.signal]));
      // It may have been emptied, or be away: nobody else would notice.
      if (!wake.signal.aborted) place = undefined;
    }
    outage.mended();
    backoffMs = firstBackoffMs;
  }

  async function run(): Promise<void> {
    while (!closing.signal.aborted) {
      try {
        await step();
      } catch (error) {
        if (closing.signal.aborted) return;
        counts.failures++;
        oldestAt ??= clock();
        // A database that is away is said by the projection.
        outage.failed(error, error instanceof AssayError && !projector.healthy);
        await sleep(backoffMs * (0.5 + Math.random() / 2), closing.signal);
        backoffMs = Math.min(backoffMs * 2, LONGEST_BACKOFF_MS);
        place = undefined;
      }
    }
  }

  return {
    start() {
      running ??= run();
    },
    async refresh(payments, users) {
      for (let from = 0; from < Math.max(payments.length, users.length); from += REFRESHED)
        await new Promise<void>((resolve, reject) => {
          if (closing.signal.aborted) return reject(stopping());
          const to = from + REFRESHED;
          owed.push({ payments: payments.slice(from, to), users: users.slice(from, to), resolve, reject });
          hurry();
        });
    },
    stats() {
      const lagRecords = place ? Math.max(0, journal.durable - place.sequence) : journal.durable;
      const lagMs = lagRecords > 0 && oldestAt !== undefined ? Math.max(0, clock() - oldestAt) : 0;
      const state = lagMs > maxLagMs ? 'behind' : outage.reason === undefined ? 'ok' : 'unavailable';
      return { state, lagRecords, lagSeconds: lagMs / 1_000, ...counts, problem: outage.reason };
    },
    async close() {
      closing.abort();
      hurry();
      unsubscribe();
      for (const one of owed.splice(0)) one.reject(stopping());
      await running;
    },
  };
}

const stopping = () => new AssayError('unavailable', 'Assay is stopping.', { retryAfterSeconds: 5 });

function subjectsOf(records: readonly JournalRecord[]): { payments: Set<string>; users: Set<string> } {
  const payments = new Set<string>();
  const users = new Set<string>();
  for (const { type, data } of records) {
    const id = data.transactionId ?? (data.transaction as { id?: string } | undefined)?.id;
    if (typeof id === 'string') payments.add(id);
    if (type.startsWith('user.')) users.add(data.userId as string);
  }
  return { payments, users };
}

/** At least one part, so that the place moves where there is nothing to write. */
function inParts(changes: Change[]): Change[][] {
  const parts: Change[][] = [[]];
  let size = 0;
  for (const change of changes) {
    const length = JSON.stringify(change).length;
    if (size > 0 && size + length > MOST_CHARACTERS) {
      parts.push([]);
      size = 0;
    }
    parts.at(-1)!.push(change);
    size += length;
  }
  return parts;
}
