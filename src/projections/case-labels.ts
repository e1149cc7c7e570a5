import { caseLabelId, caseLabelKey } from '../domain/case.ts';
import type { Clock } from '../domain/clock.ts';
import { AssayError } from '../domain/errors.ts';
import { RANK_ANALYST } from '../domain/label.ts';
import type { SubjectEvent } from '../domain/records.ts';
import type { Journal } from '../journal/journal.ts';
import { RemovedRecord } from '../journal/removed.ts';
import { undoOf } from './case-undo.ts';
import type { Log } from './log.ts';
import type { Projector } from './projector.ts';
import type { OwedLabels, QueryStore } from './store.ts';
import { createSubjectAt } from './subject-at.ts';

/**
 * Records the labels that a resolved case owes, and what takes them back where it is reopened, each under a name of its own, so
 * that to do it again does nothing: after the resolution, when its request is repeated, and at the start for what a crash left
 * undone. Labels are records and not part of the resolution, because profiles learn what is in the log, and a resolution may be
 * refused.
 */
export interface CaseLabels {
  /** Resolves with how many were recorded now, durable. */
  record(caseId: string): Promise<number>;
  /** The same after what stands: where the database has just gone away, they are recorded once it is back. */
  follow(caseId: string): Promise<void>;
  /** Goes through all cases that owe labels; waits for a database that is away. */
  repair(): void;
  close(): void;
}

export interface CaseLabelsOptions {
  journal: Journal;
  projector: Projector;
  store: QueryStore;
  clock: Clock;
  log: Log;
  retryMs?: number;
  /** Of a payment whose record was removed from the log; those are passed over without. */
  subjectOfView?: (view: Record<string, unknown>) => SubjectEvent;
}

const AT_ONCE = 100;
/** Labels looked up at a time. */
const LOOKED_UP = 32;
const ANALYST = { source: 'analyst', rank: RANK_ANALYST } as const;

export function createCaseLabels(options: CaseLabelsOptions): CaseLabels {
  const { journal, projector, store, clock, log, retryMs = 5_000 } = options;
  const subjectAt = createSubjectAt(journal, options.subjectOfView);
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  const working = new Map<string, Promise<number>>();

  /** One after the other for a case: a resolution that is taken back is so with all of the labels that it had on their way. */
  function record(caseId: string): Promise<number> {
    const before = working.get(caseId);
    const work = (async () => {
      await before?.then(() => projector.settled()).catch(() => {});
      return recordOwed(caseId);
    })();
    working.set(caseId, work);
    const done = () => {
      if (working.get(caseId) === work) working.delete(caseId);
    };
    work.then(done, done);
    return work;
  }

  async function recordOwed(caseId: string): Promise<number> {
    const owed = await store.cases.owed(caseId);
    if (!owed) return 0;
    const durable: Promise<void>[] = [];
    const { transactions } = owed;
    for (let from = 0; from < transactions.length; from += LOOKED_UP)
      await Promise.all(
        transactions.slice(from, from + LOOKED_UP).map(async (of) => {
          const event = await subjectAt(of.sequence, () => store.transactions.get(of.id));
          if (!event) return;
          const word = await owedWord(caseId, owed, of);
          if (!word || (await isRecorded(word.key))) return;
          const { key, type, data } = word;
          durable.push(journal.enqueue({ type, at: clock(), key, data: { ...data, event } }).durable);
        }),
      );
    await Promise.all(durable);
    return durable.length;
  }

  const isRecorded = (key: string) =>
    journal.find(key).then(
      (record) => record !== undefined,
      (error) => error instanceof RemovedRecord || Promise.reject(error),
    );

  /** What a transaction of the case is to be told: its label, or what takes that back. */
  async function owedWord(caseId: string, owed: OwedLabels, of: { id: string; sequence: number }) {
    const { resolution, round, by } = owed;
    const common = { transactionId: of.id, caseId, ...(by === null ? {} : { by }), ...ANALYST };
    if (resolution !== null) {
      const labelId = caseLabelId(caseId, of.sequence, round);
      const data = { ...common, labelId, label: resolution, ...(round === 0 ? {} : { round }) };
      return { key: caseLabelKey(caseId, of.sequence, round), type: 'label' as const, data };
    }
    const view = await store.transactions.get(of.id);
    const undo = view && undoOf(view);
    if (!undo) return undefined;
    const { labelId: undoes, label, time: occurredAt } = undo;
    const labelId = `${undoes}.undo`;
    const type = label === 'none' ? ('label.withdraw' as const) : ('label' as const);
    return { key: `c:${labelId}`, type, data: { ...common, labelId, label, occurredAt, undoes } };
  }

  async function pass(): Promise<void> {
    for (;;) {
      await projector.settled();
      const owing = await store.cases.owing(AT_ONCE);
      if (owing.length === 0 || closed) return;
      let recorded = 0;
      for (const caseId of owing) recorded += await record(caseId);
      log.info(
        { cases: owing.length, labels: recorded },
        'recorded the labels of cases that were resolved or reopened before',
      );
      // What is left owes a label that is in the log and was not applied: to go on would turn in circles.
      if (recorded === 0) return;
    }
  }

  function repair(): void {
    clearTimeout(timer);
    pass().catch(again);
  }

  function again(error: unknown): void {
    if (closed) return;
    if (!(error instanceof AssayError))
      log.error({ err: error }, 'the labels of resolved or reopened cases are not recorded');
    clearTimeout(timer);
    timer = setTimeout(repair, retryMs);
    timer.unref();
  }

  return {
    record,
    follow: (caseId) => record(caseId).then(() => {}, again),
    repair,
    close() {
      closed = true;
      clearTimeout(timer);
    },
  };
}
