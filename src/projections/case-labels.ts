import { caseLabelKey } from '../domain/case.ts';
import type { Clock } from '../domain/clock.ts';
import { AssayError } from '../domain/errors.ts';
import { RANK_ANALYST } from '../domain/label.ts';
import { type LabelData, labelledEvent } from '../domain/records.ts';
import type { Journal } from '../journal/journal.ts';
import type { Log } from './log.ts';
import type { Projector } from './projector.ts';
import type { QueryStore } from './store.ts';

/**
 * Records the labels that a resolved case owes, each under a name of its own, so that to do it again does nothing: after
 * the resolution, when its request is repeated, and at the start for what a crash left undone. Labels are records and
 * not part of the resolution, because profiles learn what is in the log, and a resolution may be refused.
 */
export interface CaseLabels {
  /** Resolves with how many were recorded now, durable. */
  record(caseId: string): Promise<number>;
  /** The same after a resolution that stands: where the database has just gone away, they are recorded once it is back. */
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
}

const AT_ONCE = 100;
/** Labels looked up at a time. */
const LOOKED_UP = 32;

export function createCaseLabels(options: CaseLabelsOptions): CaseLabels {
  const { journal, projector, store, clock, log, retryMs = 5_000 } = options;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  async function record(caseId: string): Promise<number> {
    const owed = await store.cases.owed(caseId);
    if (!owed) return 0;
    const durable: Promise<void>[] = [];
    const { transactions, resolution: label, resolvedBy } = owed;
    for (let from = 0; from < transactions.length; from += LOOKED_UP)
      await Promise.all(
        transactions.slice(from, from + LOOKED_UP).map(async ({ id, sequence }) => {
          const key = caseLabelKey(caseId, sequence);
          const decided = await journal.get(sequence);
          if (!decided || (await journal.find(key))) return;
          const data: LabelData = {
            ...{ labelId: `${caseId}.${sequence}`, transactionId: id, label, source: 'analyst', caseId },
            rank: RANK_ANALYST,
            ...(resolvedBy === null ? {} : { by: resolvedBy }),
            event: labelledEvent(decided),
          };
          // Another request for the same case may have come first, within this very tick.
          const taken = journal.recent(key);
          if (taken) return taken.durable;
          durable.push(journal.enqueue({ type: 'label', at: clock(), key, data: { ...data } }).durable);
        }),
      );
    await Promise.all(durable);
    return durable.length;
  }

  async function pass(): Promise<void> {
    for (;;) {
      await projector.settled();
      const owing = await store.cases.owing(AT_ONCE);
      if (owing.length === 0 || closed) return;
      let recorded = 0;
      for (const caseId of owing) recorded += await record(caseId);
      log.info({ cases: owing.length, labels: recorded }, 'recorded the labels of cases that were resolved before');
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
    if (!(error instanceof AssayError)) log.error({ err: error }, 'the labels of resolved cases are not recorded');
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
