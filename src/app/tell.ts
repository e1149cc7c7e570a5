import { AssayError } from '../domain/errors.ts';
import { newId } from '../domain/id.ts';
import { type DecisionData, labelledEvent, type SubjectEvent } from '../domain/records.ts';
import { type Subject, subjectDecided, subjectShown } from '../intake/life.ts';
import { faultsIn, type Telling, takeTelling } from '../intake/telling.ts';
import type { Journal, JournalEntry } from '../journal/journal.ts';
import { unlessRemoved } from '../journal/removed.ts';

type View = Record<string, unknown>;

export interface TellPorts {
  journal: Pick<Journal, 'find' | 'get'>;
  /** Ids of payments of which nothing is told any more. */
  deleted: ReadonlySet<string>;
  /** The payment as it is shown now, and the place of its record in the log; absent where there is no database to ask. */
  shown?: (id: string) => Promise<{ view: View; sequence: number } | undefined>;
  /** What profiles know a payment by whose record is no longer in the log. */
  ofView?: (view: View) => SubjectEvent;
}

/** Where it stands in the log: a key under which it is told once. `at`: milliseconds. */
export interface Place {
  key: string;
  at: number;
}

/**
 * The record of what is told of a payment; undefined where it was told before. Throws `not_found` where there is no such payment, or
 * no more, and `invalid_request` with the faults of what is told.
 */
export async function toldRecord(
  ports: TellPorts,
  { transactionId, kind, body, assertFits, warnings }: Telling,
  { key, at }: Place,
): Promise<{ record: JournalEntry; warnings: string[] } | undefined> {
  if (await ports.journal.find(key)) return undefined;
  const { of, event, unsure } = await subjectOf(ports, transactionId, at);
  assertFits?.(of.currency);
  let told: ReturnType<typeof takeTelling>;
  try {
    told = takeTelling({ kind, body }, of, newId(at));
  } catch (error) {
    throw faultsIn(kind, error);
  }
  const data = { transactionId, ...told.data, event };
  return { record: { type: told.type, at, key, data }, warnings: [...warnings, ...told.warnings, ...unsure] };
}

async function subjectOf(
  { journal, deleted, shown, ofView }: TellPorts,
  id: string,
  now: number,
): Promise<{ of: Subject; event: SubjectEvent; unsure: string[] }> {
  const unsure: string[] = [];
  const away = (error: unknown) => {
    if (!(error instanceof AssayError) || error.code !== 'unavailable') throw error;
    unsure.push('The database is away: this is taken for the payment as it was decided, whatever was amended since.');
    return undefined;
  };
  const seen = deleted.has(id) ? undefined : await shown?.(id).catch(away);
  const named = await unlessRemoved(journal.find(`t:${id}`));
  // A fleet's log knows names for a time only.
  const record = named ?? (seen && (await unlessRemoved(journal.get(seen.sequence))));
  if (deleted.has(id) || (!record && !seen)) {
    const why = unsure.length > 0 ? ' in the newer log, and the database is away: send this again' : '';
    throw new AssayError('not_found', `There is no transaction ${id}${why}.`);
  }
  const { transaction } = (record?.data ?? {}) as Partial<DecisionData>;
  return {
    of: seen ? subjectShown(seen.view, now) : subjectDecided(transaction!, now),
    event: record ? labelledEvent(record) : ofView!(seen!.view),
    unsure,
  };
}

/** Records it, durable when it resolves; what the log says meanwhile under this key is it. Returns what is to be told of it. */
export async function tell(
  ports: TellPorts & { journal: Pick<Journal, 'enqueue'> },
  telling: Telling,
  place: Place,
): Promise<string[]> {
  const told = await toldRecord(ports, telling, place);
  if (!told) return [];
  try {
    await ports.journal.enqueue(told.record).durable;
  } catch (error) {
    if (!(error instanceof AssayError) || error.code !== 'conflict') throw error;
  }
  return told.warnings;
}
