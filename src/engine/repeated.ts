import type { DeleteData } from '../domain/records.ts';
import type { JournalRecord } from '../journal/journal.ts';
import type { RepeatedRecord } from '../profiles/shared.ts';
import { eventOfRecord } from './event.ts';
import { labelOf } from './fold.ts';

/** What shared profiles take of a record when the log is repeated to them: the twin of `fold`. */
export function repeatedRecord(record: JournalRecord, formerKeys: Map<number, number>): RepeatedRecord {
  const { type, at, key, aliases = [], position } = record;
  return {
    offset: position!.offset,
    keys: [key, ...aliases],
    at,
    ...(type === 'decision' ? { learn: eventOfRecord(record, (was, is) => formerKeys.set(was, is)) } : {}),
    ...(type === 'label' ? { label: labelOf(record, formerKeys) } : {}),
  };
}

/** Ids of the transactions that the records delete. */
export function deletedIn(records: readonly JournalRecord[]): string[] {
  return records
    .filter(({ type }) => type === 'delete')
    .map(({ data }) => (data as unknown as DeleteData).transactionId);
}
