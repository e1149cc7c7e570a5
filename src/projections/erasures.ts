import { canonicalAddress } from '../domain/address.ts';
import type { Clock } from '../domain/clock.ts';
import { mailbox } from '../domain/email.ts';
import { coreEntity, entityKey, keysToday } from '../domain/entity.ts';
import { AssayError } from '../domain/errors.ts';
import { withoutPersonal } from '../domain/personal.ts';
import type { Journal, JournalEntry, JournalRecord } from '../journal/journal.ts';
import type { Log } from './log.ts';
import type { Projector } from './projector.ts';
import type { Replica } from './replica/replica.ts';
import type { ErasureStore, QueryStore } from './store.ts';

export const SUBJECTS = ['userId', 'email', 'cardId', 'deviceId', 'ip'] as const;
export type Subject = (typeof SUBJECTS)[number];

export interface ErasureState {
  id: string;
  status: 'running' | 'done';
  /** Changed in the log; null until it is done. */
  records: number | null;
  finishedAt: string | null;
  /** What stays, until when, in words. */
  remains?: string[];
}

interface Ports {
  journal: Journal;
  clock: Clock;
  log: Log;
}

interface Work {
  projector: Projector;
  store: QueryStore;
  /** A copy elsewhere of what the database has, where there is one. */
  replica?: Pick<Replica, 'refresh'> | undefined;
  /** A copy of the log elsewhere, where there is one. */
  mirror?: { refresh(): Promise<void> } | undefined;
}

export const REMAINS = [
  'Ids of users, cards, devices and payments, amounts, times and coordinates: what decisions, profiles and statistics were computed from; until the journal is deleted.',
  'Hashes under which profiles are kept; until the journal is deleted.',
  'Entries of lists and texts of rules that name the subject; until they are removed there, and in the journal until it is deleted.',
  'Backups, copies of the journal and write-ahead logs that were archived elsewhere; until those are deleted.',
  'What receivers of webhooks were told before.',
];
const AGAIN_MS = 2_000;

export const erasureKey = (id: string) => `e:${id}`;
const doneKey = (id: string) => `e:${id}:done`;

export type Erasures = ReturnType<typeof createErasures>;

/**
 * Erasures are records, so a restart finds what is under way. One at a time; the database first, then the log: what depends on a
 * payment before the payment, so that whatever a crash leaves is found by the same subject again.
 */
export function createErasures({ journal, clock, log }: Ports) {
  /** Sequences of erasures that are not done, by id. */
  const pending = new Map<string, number>();
  /** What was changed by those of which only a copy is not told yet. */
  const changed = new Map<string, number>();
  let work: Work | undefined;
  let running: Promise<void> | undefined;
  let closed = false;
  let timer: NodeJS.Timeout | undefined;

  function fold({ type, data, sequence }: JournalRecord): void {
    if (type === 'erasure') pending.set(data.id as string, sequence);
    if (type === 'erasure.done') pending.delete(data.id as string);
  }

  function go(): void {
    if (closed || running || !work || pending.size === 0) return;
    running = pass(work)
      .catch((error) => {
        if (!(error instanceof AssayError)) log.error({ err: error }, 'an erasure does not go on; it is tried again');
        timer = setTimeout(go, AGAIN_MS);
        timer.unref();
      })
      .finally(() => {
        running = undefined;
        if (!timer) go();
        timer = undefined;
      });
  }

  async function pass({ projector, store, replica, mirror }: Work): Promise<void> {
    for (const [id, sequence] of [...pending]) {
      if (closed) return;
      const record = await journal.get(sequence);
      if (!record) throw new AssayError('unavailable', 'not durable yet');
      await projector.settled(sequence);
      const records = record.personal ? await erase(record, store.erasing, replica) : (changed.get(id) ?? 0);
      if (records === undefined) return;
      changed.set(id, records);
      // As long as the copy is away, an erasure is not done.
      await mirror?.refresh();
      changed.delete(id);
      const entry = { type: 'erasure.done' as const, at: clock(), key: doneKey(id), data: { id, records } };
      await journal.enqueue(entry).durable;
    }
  }

  /** How many records changed; undefined where it was told to stop. */
  async function erase(
    record: JournalRecord,
    store: ErasureStore,
    replica: Work['replica'],
  ): Promise<number | undefined> {
    const subject = record.personal as Partial<Record<Subject, string>>;
    const found = await find(subject, record.sequence);
    // The log may be shorter than the database.
    if ((journal.status().begins ?? 1) > 1)
      for (const id of await store.paymentsOf(keyOf(subject))) found.payments.add(id);
    const cases = new Set([...found.cases, ...(await store.casesOf([...found.payments]))]);
    await store.erase({
      payments: [...found.payments],
      users: [...found.users],
      cases: [...cases],
      keys: [...found.keys],
    });
    // Before the log forgets who it was: as long as a copy is away, an erasure is not done.
    await replica?.refresh([...found.payments], [...found.users]);
    const last: number[] = [];
    let records = 0;
    for await (const one of journal.read(1)) {
      if (closed) return undefined;
      if (one.type === 'erasure' || !concerns(one, found, cases)) continue;
      if (one.sequence < record.sequence && isAnchor(one, subject)) last.push(one.sequence);
      else if (await overwrite(one.sequence)) records++;
    }
    for (const sequence of last) if (!closed && (await overwrite(sequence))) records++;
    if (closed) return undefined;
    await store.reclaim();
    await overwrite(record.sequence);
    return records;
  }

  const overwrite = (sequence: number) =>
    journal.overwrite!(sequence, (record) => {
      const left = withoutPersonal(record);
      const { entities, named } = record.data;
      // Where the value beside a key said how it was spelled, the key is from now on as it is read.
      if (left && Array.isArray(entities) && named === undefined)
        left.data.entities = keysToday(entities, record.personal);
      return left;
    });

  async function find(subject: Partial<Record<Subject, string>>, before: number): Promise<Found> {
    const found: Found = { payments: new Set(), users: new Set(), cases: new Set(), keys: new Set([keyOf(subject)]) };
    for await (const record of journal.read(1)) {
      const { data, type, sequence } = record;
      if (sequence < before && isAnchor(record, subject)) {
        if (type.startsWith('user.')) found.users.add(data.userId as string);
        else found.payments.add(paymentOf(record)!);
        for (const key of notedKeys(record)) found.keys.add(key);
      }
    }
    for await (const { type, data } of journal.read(1))
      if (type.startsWith('label') && data.caseId && found.payments.has(data.transactionId as string))
        found.cases.add(data.caseId as string);
    return found;
  }

  async function submit(entry: JournalEntry) {
    if (!journal.overwrite)
      throw new AssayError(
        'unavailable',
        'Erasing is not possible in a fleet: Kafka keeps what was written until the retention of its topics ends.',
      );
    const earlier = (await journal.find(entry.key)) ?? journal.recent(entry.key)?.record;
    if (earlier) return { record: earlier, replayed: true };
    const { record, durable } = journal.enqueue(entry);
    await durable;
    go();
    return { record, replayed: false };
  }

  return {
    fold,
    /** Whether one is under way or waits. */
    get isWorking() {
      return pending.size > 0;
    },
    submit,
    async state(id: string): Promise<ErasureState | undefined> {
      if (!(await journal.find(erasureKey(id)))) return undefined;
      const done = await journal.find(doneKey(id));
      if (!done) return { id, status: 'running', records: null, finishedAt: null };
      const finishedAt = new Date(done.at).toISOString();
      return { id, status: 'done', records: done.data.records as number, finishedAt, remains: REMAINS };
    },
    start(ports: Work) {
      work = ports;
      go();
    },
    async close() {
      closed = true;
      clearTimeout(timer);
      await running;
    },
    part: {
      save: () => [...pending],
      load(value: unknown) {
        pending.clear();
        for (const [id, sequence] of (value ?? []) as [string, number][]) pending.set(id, sequence);
      },
    },
  };
}

const ENTITY_OF = { userId: 'user', cardId: 'card', deviceId: 'device', ip: 'ip', email: 'mailbox' } as const;

/** The key of the entity that a subject is. */
function keyOf(subject: Partial<Record<Subject, string>>): number {
  const name = SUBJECTS.find((one) => subject[one] !== undefined)!;
  const type = ENTITY_OF[name];
  return entityKey(type, coreEntity(type, subject));
}

interface Found {
  payments: Set<string>;
  users: Set<string>;
  cases: Set<string>;
  /** Of entities whose notes may say who somebody is. */
  keys: Set<number>;
}

/** What a payment names that one person has: what was written of it goes with them, though others may have it too. */
function notedKeys({ data, personal }: JournalRecord): number[] {
  const { entities, named } = data as { entities?: number[]; named?: Record<string, number> };
  const keys = Array.isArray(entities) ? keysToday(entities, personal).slice(0, NOTED.length) : [];
  return [...keys, named?.mailbox ?? 0].filter((key) => key !== 0);
}
/** Of CORE_ENTITIES. */
const NOTED = ['user', 'card', 'device', 'ip'];

function paymentOf({ data }: JournalRecord): string | undefined {
  return (data.transactionId ?? (data.transaction as { id?: string } | undefined)?.id) as string | undefined;
}

function concerns(record: JournalRecord, { payments, users, keys }: Found, cases: Set<string>): boolean {
  const { data, type } = record;
  if (type === 'entity') return keys.has(data.key as number);
  if (type.startsWith('user.')) return users.has(data.userId as string);
  const payment = paymentOf(record);
  return (payment !== undefined && payments.has(payment)) || (type === 'case' && cases.has(data.caseId as string));
}

/** Whether the record itself names the subject. */
function isAnchor({ type, data, personal }: JournalRecord, subject: Partial<Record<Subject, string>>): boolean {
  const given: Record<string, unknown> = {
    ...(data.transaction as object),
    ...(type === 'amend' ? (data.changes as object) : {}),
    ...(type.startsWith('user.') ? { userId: data.userId } : {}),
    ...personal,
  };
  if (!['decision', 'intake', 'amend'].includes(type) && !type.startsWith('user.')) return false;
  for (const name of SUBJECTS) {
    const wanted = subject[name];
    if (wanted !== undefined) return typeof given[name] === 'string' && same(name, given[name], wanted);
  }
  return false;
}

function same(name: Subject, a: string, b: string): boolean {
  if (a === b) return true;
  if (name === 'ip') return canonicalAddress(a) !== undefined && canonicalAddress(a) === canonicalAddress(b);
  if (name === 'email')
    return a.toLowerCase() === b.toLowerCase() || (mailbox(a) !== undefined && mailbox(a) === mailbox(b));
  return false;
}
