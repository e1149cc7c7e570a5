import type { Clock } from '../domain/clock.ts';
import type { ReviewData, SubjectEvent } from '../domain/records.ts';
import type { Journal } from '../journal/journal.ts';
import type { Commands } from './commands.ts';
import type { Log } from './log.ts';
import { createPasses, type Passes } from './passes.ts';
import type { Projector } from './projector.ts';
import type { QueryStore } from './store.ts';
import { createSubjectAt } from './subject-at.ts';

export interface ReviewExpiryOptions {
  journal: Journal;
  commands: Commands;
  projector: Projector;
  store: QueryStore;
  clock: Clock;
  log: Log;
  afterMs: number;
  action: ReviewData['action'];
  everyMs?: number;
  /** Of a payment whose record was removed from the log; those are passed over without. */
  subjectOfView?: (view: Record<string, unknown>) => SubjectEvent;
}

const PAGE = 200;

export function reviewExpiryKey(transactionId: string): string {
  return `v:${transactionId}`;
}

/**
 * Says what happens to a held payment that nobody reviewed in time: a record as a person's, under a name of its own by
 * payment, so that of several processes one records it, and in log order, so that whoever reviewed it first is not
 * overruled. It counts from when it was decided.
 */
export function createReviewExpiry(options: ReviewExpiryOptions): Passes {
  const { journal, commands, projector, store, clock, log, afterMs, action } = options;
  const { everyMs = Math.min(60_000, Math.max(1_000, afterMs / 100)) } = options;
  const subjectAt = createSubjectAt(journal, options.subjectOfView);

  async function once(isClosed: () => boolean): Promise<number> {
    let recorded = 0;
    let cursor: string | undefined;
    await projector.settled();
    const filter = { held: true, to: clock() - afterMs + 1 };
    for (;;) {
      const page = await store.transactions.list(filter, { limit: PAGE, ...(cursor ? { cursor } : {}) });
      for (const { id } of page.data) if (!isClosed() && (await expire(id))) recorded++;
      if (isClosed() || page.nextCursor === null) break;
      cursor = page.nextCursor;
    }
    if (recorded > 0) log.info({ payments: recorded, action }, 'nobody reviewed them in time');
    return recorded;
  }

  async function expire(id: string): Promise<boolean> {
    const sequence = await store.transactions.sequence(id);
    if (sequence === undefined) return false;
    const event = await subjectAt(sequence, () => store.transactions.get(id));
    if (!event) return false;
    const data: ReviewData = { transactionId: id, action, expired: true, event };
    const entry = { type: 'review' as const, at: clock(), key: reviewExpiryKey(id), data: { ...data } };
    const { replayed, answer } = await commands.submit({ ...entry, personal: { reason: reasonOf(afterMs) } });
    return !replayed && answer.error === undefined;
  }

  return createPasses({ once, everyMs, failed: 'held payments do not expire', log });
}

function reasonOf(afterMs: number): string {
  const hours = afterMs / 3_600_000;
  return `Nobody reviewed it within ${hours >= 48 ? `${Number((hours / 24).toFixed(1))} days` : `${Number(hours.toFixed(1))} h`}.`;
}
