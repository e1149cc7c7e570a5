import type { Journal, JournalRecord } from '../../journal/journal.ts';
import type { CommandAnswer } from '../command-answer.ts';
import type { FeedEvent, FeedType } from '../feed-events.ts';
import { eventsOf, mayTell, SLOTS } from '../feed-events.ts';
import { sleep } from './sleep.ts';
import { createTurns } from './turns.ts';

/** The log as events, for readers that each have a place of their own. Readers that are level share the newest records. */
export interface Tail {
  /** Some of the wanted events after a `seq`, the oldest first; where there are none it waits for some, so long at most. */
  read(after: number, wanted: ReadonlySet<FeedType>, waitMs: number, signal: AbortSignal): Promise<Batch>;
  /** Keeps the newest records at hand for as long as somebody reads. Returns the way to end that. */
  retain(): () => void;
  close(): void;
}

export interface Batch {
  events: FeedEvent[];
  /** What was read ends here. */
  seq: number;
}

export interface TailOptions {
  journal: Journal;
  /** What a command came to, once applied; throws while that cannot be known. */
  outcome: (record: JournalRecord) => Promise<CommandAnswer | undefined>;
  hidden: (transactionId: string) => boolean;
}

/** Records at hand: twice as many at most. */
const KEPT = 1_000;
const MAX_EVENTS = 32;
const MAX_RECORDS = 1_000;
/** Records gather for so long, so that readers wake less often. */
const LINGER_MS = 20;
const AGAIN_MS = 1_000;

export function createTail({ journal, outcome, hidden }: TailOptions): Tail {
  let newest: JournalRecord[] = [];
  let readers = 0;
  const inTurn = createTurns();
  const waiting = new Set<() => void>();
  let timer: NodeJS.Timeout | undefined;

  const wake = () => {
    timer = undefined;
    for (const done of waiting) done();
  };
  const unsubscribe = journal.subscribe((record) => {
    if (readers === 0) return;
    newest.push(record);
    if (newest.length > 2 * KEPT) newest.splice(0, KEPT);
    timer ??= setTimeout(wake, LINGER_MS);
  });

  function atHand(from: number): JournalRecord[] | undefined {
    const at = newest.length === 0 ? -1 : from - newest[0].sequence;
    return at >= 0 ? newest.slice(at, at + MAX_RECORDS) : undefined;
  }

  /** Resolves once records have come, after the time, or when the signal is aborted. */
  function arrival(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(limit);
        waiting.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const limit = setTimeout(done, ms).unref();
      waiting.add(done);
      signal.addEventListener('abort', done);
      if (signal.aborted) done();
    });
  }

  /** A command is told once it is known whether it was refused, however long that takes. */
  async function settledOutcome(record: JournalRecord, signal: AbortSignal): Promise<CommandAnswer | undefined> {
    while (!signal.aborted) {
      try {
        return await outcome(record);
      } catch {
        // The projection is behind, or the database away; both are said elsewhere.
        await sleep(AGAIN_MS, signal);
      }
    }
    return undefined;
  }

  async function collect(
    records: Iterable<JournalRecord> | AsyncIterable<JournalRecord>,
    after: number,
    wanted: ReadonlySet<FeedType>,
    signal: AbortSignal,
  ): Promise<Batch> {
    const batch: Batch = { events: [], seq: after };
    let count = 0;
    for await (const record of records) {
      if (signal.aborted) break;
      if (mayTell(record, wanted)) {
        const events = await eventsOf(record, () => settledOutcome(record, signal), hidden);
        for (const event of events) if (event.seq > after && wanted.has(event.type)) batch.events.push(event);
      }
      batch.seq = record.sequence * SLOTS + SLOTS - 1;
      if (++count >= MAX_RECORDS || batch.events.length >= MAX_EVENTS) break;
    }
    return batch;
  }

  return {
    async read(after, wanted, waitMs, signal) {
      const from = Math.floor((after + 1) / SLOTS);
      if (journal.durable < from) await arrival(waitMs, signal);
      if (journal.durable < from || signal.aborted) return { events: [], seq: after };
      const records = atHand(from);
      const batch = records
        ? await collect(records, after, wanted, signal)
        : await inTurn(() => collect(journal.read(from), after, wanted, signal));
      // Durable already, and not handed out yet.
      if (batch.seq === after) await arrival(LINGER_MS, signal);
      return batch;
    },
    retain() {
      readers++;
      return () => {
        if (--readers === 0) newest = [];
      };
    },
    close() {
      unsubscribe();
      clearTimeout(timer);
    },
  };
}
