import type { CaseRow } from './case-fold.ts';

export type CaseView = ReturnType<typeof caseView>;

/** A case as the API shows it. */
export function caseView(row: CaseRow) {
  const time = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString());
  return {
    id: row.id,
    status: row.status,
    version: row.version,
    // Nameless where it was erased.
    entity: { type: row.entityType, id: row.entityValue === '' ? null : row.entityValue },
    score: row.score,
    amount: row.amount,
    amountAtRisk: row.amountAtRisk,
    disputes: row.disputes,
    transactionCount: row.transactions,
    reviews: row.reviews,
    declines: row.declines,
    openedAt: new Date(row.openedAt).toISOString(),
    lastAlertAt: new Date(row.lastAlertAt).toISOString(),
    assignee: row.assignee,
    firstActionAt: time(row.firstActionAt),
    resolution: row.resolution,
    resolvedAt: time(row.resolvedAt),
    resolvedBy: row.resolvedBy,
    reason: row.reason,
    note: row.note,
    mergedInto: row.mergedInto,
    dueAt: time(row.due),
    awaitingSince: time(row.awaitingSince),
    asked: row.asked && { ...row.asked, at: new Date(row.asked.at).toISOString() },
  };
}
