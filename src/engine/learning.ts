import type { Journal, JournalRecord } from '../journal/journal.ts';

/**
 * The journal with a fold in front: whatever is handed in is learnt in the same tick, in log order, so that the next
 * decision sees it. A record that never becomes durable ends the process, so nothing learnt outlives its record.
 */
export function learning(journal: Journal, fold: (record: JournalRecord) => void): Journal {
  return {
    get durable() {
      return journal.durable;
    },
    get last() {
      return journal.last;
    },
    enqueue(entry) {
      const appended = journal.enqueue(entry);
      fold(appended.record);
      return appended;
    },
    find: (key) => journal.find(key),
    recent: (key) => journal.recent(key),
    get: (sequence) => journal.get(sequence),
    read: (from) => journal.read(from),
    subscribe: (listener) => journal.subscribe(listener),
    ...(journal.overwrite ? { overwrite: (sequence, change) => journal.overwrite!(sequence, change) } : {}),
    ...(journal.cut ? { cut: (options) => journal.cut!(options) } : {}),
    status: () => journal.status(),
    close: () => journal.close(),
  };
}
