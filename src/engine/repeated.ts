import type { DeleteData } from '../domain/records.ts';
import type { JournalRecord } from '../journal/journal.ts';
import type { RepeatedRecord } from '../profiles/shared.ts';
import { lessonOf } from './lesson.ts';

/** What shared profiles take of a record when the log is repeated to them: the twin of `fold`. */
export function repeatedRecord(
  record: JournalRecord,
  entityTypes: readonly string[],
  formerKeys: Map<number, number>,
): RepeatedRecord {
  const { at, key, aliases = [], position } = record;
  return { offset: position!.offset, keys: [key, ...aliases], at, ...lessonOf(record, entityTypes, formerKeys) };
}

/** Ids of the transactions that the records delete. */
export function deletedIn(records: readonly JournalRecord[]): string[] {
  return records
    .filter(({ type }) => type === 'delete')
    .map(({ data }) => (data as unknown as DeleteData).transactionId);
}
