import type { DeleteData, FailedData } from '../domain/records.ts';
import type { JournalRecord } from '../journal/journal.ts';
import type { Profiles } from '../profiles/profiles.ts';
import { lessonOf } from './lesson.ts';

/** What the engine knows besides the model: all of it a fold of the journal. */
export interface EngineState {
  profiles: Profiles;
  /** Transactions taken in and not decided yet, by id. */
  undecided: Map<string, Undecided>;
  /** Keys of entities that were recorded in another spelling than their one, and the key that they are read as. */
  formerKeys: Map<number, number>;
  /** Ids of transactions that were deleted: taken for ever, and shown no more. */
  deleted: Set<string>;
}

export interface Undecided {
  /** Sequence of the intake. */
  sequence: number;
  /** Its last attempt failed: waits for a retry. */
  failed: boolean;
}

/**
 * Folds one record into the state, in log order: the one place where the engine learns, online (in the tick in which the
 * record is handed to the journal), after a restart, and in a replay.
 */
export function fold(state: EngineState, record: JournalRecord): void {
  teach(state, record);
  switch (record.type) {
    case 'decision':
      state.undecided.delete((record.data as { transaction: { id: string } }).transaction.id);
      break;
    case 'intake':
      state.undecided.set((record.data as { transaction: { id: string } }).transaction.id, {
        sequence: record.sequence,
        failed: false,
      });
      break;
    case 'delete':
      state.deleted.add((record.data as unknown as DeleteData).transactionId);
      break;
    case 'failed': {
      const known = state.undecided.get((record.data as unknown as FailedData).transactionId);
      if (known) known.failed = true;
      break;
    }
  }
}

function teach({ profiles, formerKeys }: EngineState, record: JournalRecord): void {
  const { learn, label, told } = lessonOf(record, profiles.entityTypes, formerKeys);
  if (learn) profiles.learn(learn, record.sequence);
  if (label) profiles.label(label.event, label.words, record.sequence);
  if (told) profiles.tell(told.event, told.outcome, record.sequence);
}

/** What is not in the profiles, for a snapshot. Filled in place: others hold on to the same collections. */
export function statePart({ undecided, deleted, formerKeys }: EngineState) {
  return {
    save: () => ({ undecided: [...undecided], deleted: [...deleted], formerKeys: [...formerKeys] }),
    load(value: unknown) {
      const saved = value as {
        undecided: [string, Undecided][];
        deleted: string[];
        formerKeys?: [number, number][];
      };
      // Of before entities had one spelling: its profiles stand under keys that would never be asked for again.
      if (saved.formerKeys === undefined)
        throw new Error('The snapshot is of an earlier version; the journal is read whole.');
      formerKeys.clear();
      for (const [was, is] of saved.formerKeys) formerKeys.set(was, is);
      undecided.clear();
      for (const [id, what] of saved.undecided) undecided.set(id, what);
      deleted.clear();
      for (const id of saved.deleted) deleted.add(id);
    },
  };
}
