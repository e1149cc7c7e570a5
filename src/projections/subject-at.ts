import { labelledEvent, type SubjectEvent } from '../domain/records.ts';
import type { Journal } from '../journal/journal.ts';
import { unlessRemoved } from '../journal/removed.ts';

type View = Record<string, unknown>;
export type SubjectAt = (sequence: number, view: () => Promise<View | undefined>) => Promise<SubjectEvent | undefined>;

/** What profiles learn of a payment by: from its record, or, where that was removed from the log, from how the database shows it. */
export function createSubjectAt(journal: Pick<Journal, 'get'>, ofView?: (view: View) => SubjectEvent): SubjectAt {
  return async (sequence, view) => {
    const record = await unlessRemoved(journal.get(sequence));
    if (record) return labelledEvent(record);
    const shown = ofView && (await view());
    return shown && ofView(shown);
  };
}
