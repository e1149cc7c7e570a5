import type { JournalRecord } from '../journal/journal.ts';
import type { KeyIndex, RepeatedRecord } from '../profiles/shared.ts';
import { eventOfRecord } from './event.ts';
import { labelOf } from './fold.ts';

/** What shared profiles and the index of keys take of a record, when the log's consumer repeats it. */
export function repetitionOf(record: JournalRecord): RepeatedRecord {
  const { offset } = record.position!;
  const keys = [record.key, ...(record.aliases ?? [])];
  if (record.type === 'decision') return { offset, keys, learn: eventOfRecord(record) };
  if (record.type === 'label') return { offset, keys, label: labelOf(record) };
  return { offset, keys };
}

/**
 * The records of one partition, in order, as repetitions. A record whose key was taken by an earlier one of the partition, or of this
 * very batch, is nobody's decision and teaches nothing.
 */
export async function repetitionsOf(records: readonly JournalRecord[], index: Pick<KeyIndex, 'get'>) {
  const holders = await Promise.all(records.map(({ key }) => index.get(key)));
  const here = new Set<string>();
  return records.map((record, i): RepeatedRecord => {
    const { partition, offset } = record.position!;
    const holder = holders[i];
    const taken = here.has(record.key) || (holder?.partition === partition && holder.offset < offset);
    here.add(record.key);
    return taken ? { offset, keys: [] } : repetitionOf(record);
  });
}
