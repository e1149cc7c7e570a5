import type { JournalEntry, JournalRecord } from '../journal/journal.ts';
import type { CommandAnswer } from './store.ts';

/** Appends a command and answers as the projection settled it, in log order. */
export interface Commands {
  /**
   * Durable first, then applied. Throws `unavailable` (with Retry-After) where the projection does not get there within
   * the bound; the command stays and a retry with the same Idempotency-Key gets its answer.
   */
  submit(entry: JournalEntry): Promise<{ record: JournalRecord; answer: CommandAnswer; replayed: boolean }>;
}
