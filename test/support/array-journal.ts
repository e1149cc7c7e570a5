import { AssayError } from '../../src/domain/errors.ts';
import type { Journal, JournalEntry, JournalRecord } from '../../src/journal/journal.ts';

/** A journal in memory, durable at once: for tests of those who read it. `append` is `enqueue` without the ceremony. */
export function arrayJournal(): Journal & { records: JournalRecord[]; append(...entries: JournalEntry[]): number } {
  const records: JournalRecord[] = [];
  const listeners = new Set<(record: JournalRecord) => void>();
  const byKey = (key: string) => records.find((record) => record.key === key || record.aliases?.includes(key));
  const journal = {
    records,
    get durable() {
      return records.length;
    },
    get last() {
      return records.length;
    },
    enqueue(entry: JournalEntry) {
      if (byKey(entry.key)) throw new AssayError('conflict', entry.key);
      const record = { ...entry, sequence: records.length + 1, version: 1 };
      records.push(record);
      for (const listener of listeners) listener(record);
      return { record, durable: Promise.resolve() };
    },
    append(...entries: JournalEntry[]) {
      for (const entry of entries) journal.enqueue(entry);
      return records.length;
    },
    find: async (key: string) => byKey(key),
    recent(key: string) {
      const record = byKey(key);
      return record && { record, durable: Promise.resolve() };
    },
    get: async (sequence: number) => records[sequence - 1],
    async *read(fromSequence: number) {
      for (let sequence = fromSequence; sequence <= records.length; sequence++) yield records[sequence - 1];
    },
    subscribe(listener: (record: JournalRecord) => void) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    status: () => ({ ok: true, durable: records.length, segments: 1, bytes: 0 }),
    async close() {},
  };
  return journal;
}
