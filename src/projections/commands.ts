import { AssayError } from '../domain/errors.ts';
import type { Journal, JournalEntry, JournalRecord } from '../journal/journal.ts';
import { RemovedRecord } from '../journal/removed.ts';
import type { CommandAnswer } from './command-answer.ts';
import type { Projector } from './projector.ts';
import type { QueryStore } from './store.ts';

/** Appends a command and answers as the projection settled it, in log order. */
export interface Commands {
  /**
   * Durable first, then applied. Throws `unavailable` (with Retry-After): where the database is known to be away, before
   * anything is recorded; where the projection then does not get there within the bound, after. The detail says which: in
   * the second case the command stays, takes effect, and a retry with the same Idempotency-Key gets its answer.
   */
  submit(entry: JournalEntry): Promise<{ record: JournalRecord; answer: CommandAnswer; replayed: boolean }>;
}

interface CommandPorts {
  journal: Journal;
  projector: Projector;
  store: QueryStore;
}

const NOTHING_RECORDED = 'The database is away: nothing was recorded. Send it again later.';
const RECORDED =
  'The database is behind: this is recorded and will take effect. Repeating it with the same Idempotency-Key gives its answer.';

const FORGOTTEN = 'That Idempotency-Key was used before, and its answer is no longer kept. Use a new one.';

const unavailable = (detail: string) => new AssayError('unavailable', detail, { retryAfterSeconds: 2 });

export function createCommands({ journal, projector, store }: CommandPorts): Commands {
  /** The same command twice at once: the one that came second takes the first one's record. */
  async function append(entry: JournalEntry): Promise<{ record: JournalRecord; replayed: boolean }> {
    const earlier = await journal.find(entry.key).catch((error) => {
      throw error instanceof RemovedRecord ? new AssayError('idempotency_conflict', FORGOTTEN) : error;
    });
    if (earlier) return { record: await ordered(earlier), replayed: true };
    const taken = journal.recent(entry.key);
    if (taken) {
      await taken.durable;
      return { record: await ordered(taken.record), replayed: true };
    }
    if (!projector.healthy) throw unavailable(NOTHING_RECORDED);
    const { record, durable } = journal.enqueue(entry);
    await durable;
    // In a fleet another process may have been quicker by a moment.
    const holder = journal.recent(entry.key)?.record ?? record;
    if (holder.position?.offset === record.position?.offset) return { record, replayed: false };
    return { record: await ordered((await journal.find(entry.key)) ?? holder), replayed: true };
  }

  /** In a fleet another process's record may be found before the log's order says which sequence it has. */
  async function ordered(record: JournalRecord): Promise<JournalRecord> {
    if (record.sequence > 0 || !journal.horizon) return record;
    await journal.horizon();
    return (await journal.find(record.key)) ?? record;
  }

  async function answerTo(record: JournalRecord): Promise<CommandAnswer | undefined> {
    try {
      await projector.settled(record.sequence);
      return await store.answer(record.sequence);
    } catch (error) {
      throw error instanceof AssayError && error.code === 'unavailable' ? unavailable(RECORDED) : error;
    }
  }

  return {
    async submit(entry) {
      const { record, replayed } = await append(entry);
      const answer = await answerTo(record);
      if (answer) return { record, answer, replayed };
      if (replayed) throw new AssayError('idempotency_conflict', FORGOTTEN);
      throw new Error(`Record ${record.sequence} (${record.type}) was applied and left no answer.`);
    },
  };
}
