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
  /** When the latest decision was made, milliseconds. */
  newestAt?: number;
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

function teach(state: EngineState, record: JournalRecord): void {
  const { profiles, formerKeys } = state;
  const { learn, label, told } = lessonOf(record, profiles.entityTypes, formerKeys);
  if (learn) profiles.learn(learn, record.sequence);
  if (label) profiles.label(label.event, label.words, record.sequence);
  if (told) profiles.tell(told.event, told.outcome, record.sequence);
  if (record.type === 'decision') advance(state, record.at);
}

/** How late the log is, for what is forgotten; decisions alone say, since whoever reads the log by columns sees these. */
export function advance(state: Pick<EngineState, 'profiles' | 'newestAt'>, at: number): void {
  if (!(at > (state.newestAt ?? 0))) return;
  state.newestAt = at;
  state.profiles.advance?.(at);
}

/** `mustDo`: the journal does not reach back, so a snapshot that forgot by another time to live is gone on with. */
export interface Ttl {
  days: number;
  mustDo?: boolean;
}

/** What is not in the profiles, for a snapshot. Filled in place: others hold on to the same collections. */
export function statePart(state: EngineState, ttl: Ttl = { days: 0 }) {
  const { undecided, deleted, formerKeys } = state;
  return {
    save: () => ({
      ...{ undecided: [...undecided], deleted: [...deleted], formerKeys: [...formerKeys] },
      ...{ newestAt: state.newestAt, ttlDays: ttl.days },
    }),
    load(value: unknown) {
      const saved = value as {
        undecided: [string, Undecided][];
        deleted: string[];
        formerKeys?: [number, number][];
        newestAt?: number;
        ttlDays?: number;
      };
      if ((saved.ttlDays ?? 0) !== ttl.days && !ttl.mustDo)
        throw new Error(
          `The snapshot forgot by PROFILE_TTL_DAYS=${saved.ttlDays ?? 0}, and it is ${ttl.days} now; the journal is read whole.`,
        );
      // Of before entities had one spelling: its profiles stand under keys that would never be asked for again.
      if (saved.formerKeys === undefined)
        throw new Error('The snapshot is of an earlier version; the journal is read whole.');
      formerKeys.clear();
      for (const [was, is] of saved.formerKeys) formerKeys.set(was, is);
      undecided.clear();
      for (const [id, what] of saved.undecided) undecided.set(id, what);
      deleted.clear();
      for (const id of saved.deleted) deleted.add(id);
      state.newestAt = 0;
      advance(state, saved.newestAt ?? 0);
    },
  };
}
