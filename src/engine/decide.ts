import type { CaseRule } from '../domain/case.ts';
import { AssayError } from '../domain/errors.ts';
import type { DecisionData, IntakeData } from '../domain/records.ts';
import type { Journal, JournalEntry, JournalRecord } from '../journal/journal.ts';
import { RemovedRecord } from '../journal/removed.ts';
import { type AssessPorts, assess, type RuleNumbers } from './assess.ts';
import type { Submission } from './engine.ts';
import { split } from './entry.ts';
import { type EntityNaming, entityKeys, eventOf } from './event.ts';
import { joiningOf } from './joining.ts';

export interface DecidePorts extends AssessPorts {
  /** Folds each record into `profiles` in the tick in which it is handed in: `learning` makes such a journal. */
  journal: Journal;
  /** Ids that were deleted: see `EngineState`. */
  deleted: ReadonlySet<string>;
  naming: EntityNaming;
  /** How alerts find their cases. */
  cases?: CaseRule;
  /** Epoch milliseconds. */
  clock: () => number;
  /** Monotonic milliseconds with fractions. */
  stopwatch: () => number;
}

export interface Recorded {
  record: JournalRecord;
  /** The answer was there already. */
  idempotent: boolean;
}

/** id look-up → [read → features → score → policy → enqueue, which learns: no await between] → durable. */
export async function decide(ports: DecidePorts, submission: Submission): Promise<Recorded> {
  const began = ports.stopwatch();
  const key = `t:${submission.transaction.id}`;
  const earlier = (await findEarlier(ports, key, submission)) ?? takenMeanwhile(ports, key, submission);
  if (earlier) return { record: await earlier, idempotent: true };
  const { record, durable } = ports.journal.enqueue(decisionEntry(ports, submission, key, began));
  await durable;
  return { record, idempotent: false };
}

/**
 * Decides many in the order given, durable together: history, replayed. `before` is told of each that is decided now, and throws
 * to end it there. Where an id is taken by another body, that error is the answer of the row.
 */
export async function decideInOrder(
  ports: DecidePorts,
  submissions: Submission[],
  before: (submission: Submission) => void,
): Promise<(Recorded | AssayError)[]> {
  const keyOf = (submission: Submission) => `t:${submission.transaction.id}`;
  const earlier = await Promise.all(submissions.map((each) => findEarlier(ports, keyOf(each), each).catch(asAnswer)));
  const answers = submissions.map((submission, i): AssayError | Promise<Recorded | AssayError> => {
    const key = keyOf(submission);
    const known = earlier[i] ?? takenMeanwhile(ports, key, submission);
    if (known instanceof AssayError) return known;
    if (known) return Promise.resolve(known).then((record) => ({ record, idempotent: true }), refusalOf);
    before(submission);
    const { record, durable } = ports.journal.enqueue(decisionEntry(ports, submission, key, ports.stopwatch()));
    return durable.then(() => ({ record, idempotent: false }));
  });
  return Promise.all(answers);
}

/** Of one row: that its id is taken. That nothing can be written is of all. */
function refusalOf(error: unknown): AssayError {
  if (error instanceof AssayError && /conflict$/.test(error.code)) return error;
  throw error;
}

/** An expected failure is an answer; anything else is thrown on. */
export function asAnswer(error: unknown): AssayError {
  if (error instanceof AssayError) return error;
  throw error;
}

/** The decision of a submission as a journal entry. Synchronous: nothing is learnt between reading and deciding. */
export function decisionEntry(
  ports: DecidePorts,
  submission: Submission,
  key: string,
  began: number,
  degraded = false,
): JournalEntry {
  const entities = entityKeys(submission.transaction, ports.naming);
  const at = ports.clock();
  const { decision, vector, readSet, rules } = assess(ports, submission.transaction, entities, at);
  if (degraded) decision.degraded = true;
  const { data, personal } = split(submission, entities, ports.naming.entityTypes);
  const latencyMs = Math.round((ports.stopwatch() - began) * 1000) / 1000;
  return {
    type: 'decision',
    at,
    key,
    aliases: submission.alias ? [submission.alias] : undefined,
    data: {
      ...{ ...data, decision, latencyMs, readSet, ...(rules ? ruleData(rules) : {}) },
      ...(ports.cases && decision.decision !== 'approve'
        ? {
            joining: joiningOf(ports.profiles, eventOf(submission.transaction, entities), ports.cases, {
              at,
              score: decision.score,
            }),
          }
        : {}),
    },
    personal,
    vector,
  };
}

/** The rules' numbers as the record holds them, apart from the model's: JSON keeps a double's bits, and null is NaN. */
function ruleData({ vector, schema, approximate }: RuleNumbers): Partial<DecisionData> {
  const ruleVector = Array.from(vector, (value) => (Number.isNaN(value) ? null : value));
  return { ruleVector, ruleSchema: schema, ...(approximate ? { ruleApproximate: approximate } : {}) };
}

/** The record that took the id or the Idempotency-Key before, if its body was the same; throws if it was another. */
export async function findEarlier(ports: Taken, key: string, submission: Submission) {
  const { alias } = submission;
  const { journal } = ports;
  const find = (name: string) => journal.find(name).catch((error) => refuseRemoved(error, submission, name === alias));
  return sameBody(ports, submission, await find(key), alias ? await find(alias) : undefined);
}

/** The id stays taken when its record is gone: what it was decided by cannot be told, so neither is its body compared. */
function refuseRemoved(error: unknown, { transaction }: Submission, byAlias: boolean): never {
  if (!(error instanceof RemovedRecord)) throw error;
  const since = 'and its record was removed when the days that the journal keeps it were over (JOURNAL_RETENTION_DAYS)';
  throw byAlias
    ? new AssayError('idempotency_conflict', `This Idempotency-Key was used before, ${since}. Use a new one.`)
    : new AssayError('conflict', `Transaction ${transaction.id} exists, ${since}; it is not decided again.`);
}

/**
 * The same for what another request handed in while this one was looking; told once that is durable, a refusal too: what is never
 * written took no id. Nothing may be awaited before it is looked at.
 */
export function takenMeanwhile(ports: Taken, key: string, submission: Submission): Promise<JournalRecord> | undefined {
  const { journal } = ports;
  const byId = journal.recent(key);
  const byAlias = submission.alias ? journal.recent(submission.alias) : undefined;
  const taken = byId ?? byAlias;
  return taken?.durable.then(() => sameBody(ports, submission, byId?.record, byAlias?.record)!);
}

type Taken = Pick<DecidePorts, 'journal' | 'deleted'>;

function sameBody(
  { deleted }: Taken,
  submission: Submission,
  byId: JournalRecord | undefined,
  byAlias: JournalRecord | undefined,
) {
  const earlier = byId ?? byAlias;
  const id = (earlier?.data as unknown as IntakeData | undefined)?.transaction.id;
  if (id !== undefined && deleted.has(id))
    throw new AssayError('conflict', `Transaction ${id} was deleted; its id stays taken.`);
  if (!earlier || isOf(earlier.data as unknown as IntakeData, submission)) return earlier;
  throw byId
    ? new AssayError('conflict', `Transaction ${submission.transaction.id} exists with another body.`)
    : new AssayError('idempotency_conflict', 'This Idempotency-Key was used with another body.');
}

/** Whether a record is of that body. Those of the first version name no type, and are compared by its own hash. */
function isOf({ transaction, bodyHash }: IntakeData, { bodyHash: sent, formerHash }: Submission): boolean {
  return bodyHash === (transaction.type === undefined ? (formerHash ?? sent) : sent);
}
