import { AssayError } from '../domain/errors.ts';
import { createOutage } from '../domain/outage.ts';
import type { Journal, JournalRecord } from '../journal/journal.ts';
import { unlessRemoved } from '../journal/removed.ts';
import { createInbox } from './inbox.ts';
import type { Log } from './log.ts';
import type { QueryStore } from './store.ts';
import { createWaiters, late } from './waiters.ts';

/** Carries the journal into the query store: catches up, follows, waits out an outage, applies each record once. */
export interface Projector {
  /** Sequence that the store has committed. */
  readonly applied: number;
  /** The store answers. */
  readonly healthy: boolean;
  /** Why it does not. */
  readonly problem: string | undefined;
  /** How far it is behind while it catches up; undefined while it keeps up. */
  readonly behind: Behind | undefined;
  /**
   * Resolves once the store holds everything that was durable when it was called (or `sequence`).
   * Throws `AssayError('unavailable')` with Retry-After beyond the configured bound, or at once while the store is away.
   */
  settled(sequence?: number): Promise<void>;
  close(): Promise<void>;
}

export interface Behind {
  /** Durable and not in the store yet. */
  records: number;
  /** How long it takes at its pace since it began; undefined before its first batch. */
  seconds: number | undefined;
}

export interface ProjectorOptions {
  journal: Journal;
  store: QueryStore;
  /** Where another thread reads the log and applies it; then records stay out of this one, and it goes by their sequences. */
  thread?: ProjectionThread;
  log: Log;
  /** How long `settled` waits, milliseconds. */
  readWaitMs: number;
  /** Records of one transaction of the store. */
  batchSize?: number;
  /** How long records gather while nobody waits for them: fewer, larger transactions. */
  lingerMs?: number;
  /** Records that wait in memory; beyond, they are read from the journal again. */
  bufferSize?: number;
  /** Empties the store, where it belongs to this journal alone: then one that does not fit is filled anew. */
  rebuild?: () => Promise<void>;
}

export interface ProjectionThread {
  /** As `QueryStore.apply`, of the records from one sequence through another; up to `durable` more may be read ahead. */
  apply(from: number, through: number, durable: number): Promise<number>;
}

/** A record, or where one is that another thread reads. */
type Handed = Pick<JournalRecord, 'sequence'>;

/** Fewer records are those of a moment. */
const BEHIND_RECORDS = 2_000;
const MIN_BACKOFF_MS = 50;
const MAX_BACKOFF_MS = 2_000;
/** While another process applies the same records. */
const AGAIN_MS = 5;

/**
 * Resolves at once where the store is away, else when the first look at it is done. Throws where the store was filled
 * from another journal: to go on would mix two histories.
 */
export async function createProjector(options: ProjectorOptions): Promise<Projector> {
  const { journal, store, thread, log, readWaitMs } = options;
  const { batchSize = 200, lingerMs = 20, bufferSize = 20_000 } = options;
  const inbox = createInbox<Handed>(bufferSize);
  const waiters = createWaiters(readWaitMs);
  const unsubscribe = journal.subscribe(
    thread ? ({ sequence }) => inbox.push({ sequence }) : (record) => inbox.push(record),
  );
  let applied = 0;
  let healthy = false;
  let closed = false;
  /** Whether `applied` is the store's word since the last failure. */
  let placed = false;
  /** Of the catching up that is under way: when it began, and where. */
  let began: { at: number; applied: number } | undefined;
  let foreign: Error | undefined;
  let backoffMs = MIN_BACKOFF_MS;
  const outage = createOutage((reason) =>
    log.warn({ reason, applied }, 'the database is away; reads say so until it is back'),
  );

  /** Finds out where the store stands, and that it stands in this journal. */
  async function place(): Promise<void> {
    let { sequence, key } = await store.position();
    await reachedBy(sequence);
    let record = sequence === 0 ? undefined : await unlessRemoved(journal.get(sequence));
    const { begins = 1 } = journal.status();
    if (sequence < begins - 1)
      log.warn(
        { database: sequence, journal: begins },
        'the database lacks payments that were removed from the journal since; they cannot be made again',
      );
    const isForeign = () => sequence > journal.durable || (record && key !== undefined && record.key !== key);
    // What was removed from the log stands in the database alone.
    if (isForeign() && options.rebuild && begins === 1) {
      log.warn(
        { database: sequence, journal: journal.durable },
        'the database belongs to another journal; it is made anew',
      );
      await options.rebuild();
      ({ sequence, key } = await store.position());
      record = undefined;
    }
    if (isForeign()) {
      foreign = new Error(
        `The database was filled from another journal: it stands at record ${sequence} (${key}), and this journal ` +
          (record ? `has ${record.key} there.` : `ends at ${journal.durable}.`) +
          ' Point ASSAY_DATA_DIR at the journal it belongs to, or choose another ASSAY_NAMESPACE or an empty database.',
      );
      throw foreign;
    }
    applied = sequence;
    placed = true;
    up();
    if (journal.durable > applied)
      log.info({ applied, durable: journal.durable }, 'the database catches up with the journal');
  }

  /** Another process of a fleet may have applied what this one has not been handed yet. */
  async function reachedBy(sequence: number): Promise<void> {
    if (!journal.horizon || sequence <= journal.durable || sequence > (await journal.horizon())) return;
    const end = performance.now() + readWaitMs;
    while (journal.durable < sequence && performance.now() < end) await inbox.sleep(AGAIN_MS);
    if (journal.durable < sequence) throw late();
  }

  async function apply(records: Handed[]): Promise<void> {
    const last = records[records.length - 1].sequence;
    for (;;) {
      const reached =
        thread && !('data' in records[0])
          ? await thread.apply(records[0].sequence, last, journal.durable)
          : await store.apply(records as JournalRecord[]);
      if (reached > applied) {
        applied = reached;
        waiters.reached(applied);
      }
      up();
      if (closed || applied >= last) return;
      await inbox.sleep(AGAIN_MS);
    }
  }

  /** From the journal itself, up to what is durable now; what comes meanwhile gathers in the inbox. */
  async function catchUp(): Promise<void> {
    inbox.reset();
    began = { at: performance.now(), applied };
    let batch: Handed[] = [];
    let applying = Promise.resolve();
    // The next batch is read while the store has the one before.
    const hand = async () => {
      await applying;
      applying = apply(batch);
      // Whoever waits for it sees the failure.
      applying.catch(() => {});
      batch = [];
    };
    try {
      // What is left of segments that were cut out the thread does not read.
      const isCut = applied + 1 < (journal.status().begins ?? 1);
      for await (const record of thread && !isCut ? places(applied + 1) : journal.read(applied + 1)) {
        if (closed) return;
        if (record.sequence <= applied) continue;
        if (batch.push(record) >= batchSize) await hand();
      }
      if (batch.length > 0) await hand();
      await applying;
    } finally {
      await applying.catch(() => {});
      began = undefined;
    }
  }

  function* places(from: number): Generator<Handed> {
    for (let sequence = from; sequence <= journal.durable; sequence++) yield { sequence };
  }

  function behind(): Behind | undefined {
    const records = journal.durable - applied;
    if (!healthy || records < BEHIND_RECORDS) return undefined;
    const done = began ? applied - began.applied : 0;
    const seconds = done > 0 ? Math.ceil((records * (performance.now() - began!.at)) / done / 1000) : undefined;
    return { records, seconds };
  }

  async function step(): Promise<void> {
    if (!placed) await place();
    if (inbox.overflowed) return catchUp();
    inbox.dropThrough(applied);
    if (inbox.size === 0) return inbox.arrival();
    if (inbox.first !== applied + 1) return catchUp();
    if (inbox.size < batchSize && waiters.size === 0) await inbox.pause(lingerMs, batchSize);
    if (!closed && !inbox.overflowed && inbox.size > 0) await apply(inbox.take(batchSize));
  }

  function up(): void {
    if (!healthy) log.info({ applied }, 'the database answers');
    healthy = true;
    outage.mended();
    backoffMs = MIN_BACKOFF_MS;
  }

  function down(error: unknown): void {
    // An outage is said once. Anything else is a fault of ours, and worth each line.
    const isFault = !(error instanceof AssayError);
    if (isFault) log.error({ err: error }, 'the projection does not go on');
    outage.failed(error, isFault);
    healthy = false;
    placed = false;
    // What was taken and not applied is read from the journal again, and an outage holds no records in memory.
    inbox.overflow();
    waiters.fail(away());
  }

  function away(): AssayError {
    const detail = foreign
      ? 'The database belongs to another journal. Decisions go on, reads do not until that is mended.'
      : 'The database is away. Decisions go on, reads do not.';
    return new AssayError('unavailable', detail, { retryAfterSeconds: 2 });
  }

  /** What covers all that was acknowledged by any process when it is called. */
  async function covering(): Promise<number> {
    if (!journal.horizon) return journal.durable;
    const tooLate = new Promise<never>((_, reject) => setTimeout(() => reject(late()), readWaitMs).unref());
    return Promise.race([journal.horizon(), tooLate]);
  }

  async function run(): Promise<void> {
    while (!closed && !foreign) {
      try {
        await step();
      } catch (error) {
        if (closed) return;
        down(error);
        if (foreign) return;
        await inbox.sleep(backoffMs);
        backoffMs = Math.min(backoffMs * 2, MAX_BACKOFF_MS);
      }
    }
  }

  // The inbox begins empty and the journal may not be: the first step reads what lies before.
  inbox.overflow();
  await place().catch((error) => {
    down(error);
    if (foreign) {
      unsubscribe();
      throw foreign;
    }
  });
  const running = run();

  return {
    get applied() {
      return applied;
    },
    get healthy() {
      return healthy;
    },
    get problem() {
      return outage.reason;
    },
    get behind() {
      return behind();
    },
    async settled(asked) {
      if (!healthy) throw away();
      const sequence = asked ?? (await covering());
      if (applied >= sequence) return;
      const done = waiters.wait(sequence);
      inbox.hurry();
      await done;
    },
    async close() {
      closed = true;
      unsubscribe();
      inbox.hurry();
      waiters.fail(new AssayError('unavailable', 'Assay is stopping.', { retryAfterSeconds: 5 }));
      await running;
    },
  };
}
