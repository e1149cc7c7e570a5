import { labelStateOf } from '../../domain/label-state.ts';
import type { FinalizeData, LabelData, ReviewData } from '../../domain/records.ts';
import type { JournalRecord } from '../../journal/journal.ts';
import { settleLabel } from '../../projections/case-fold.ts';
import { reassess } from '../../projections/case-stake.ts';
import type { CommandAnswer } from '../../projections/command-answer.ts';
import {
  disputesOf,
  stakeOf,
  truthIn,
  withDispute,
  withEvent,
  withLabel,
  withLabelState,
  withReview,
} from '../../projections/life.ts';
import type { TransactionView } from '../../projections/store.ts';
import { type Fold, put } from './fold-state.ts';
import { refusal } from './refusal.ts';
import type { TransactionRow } from './rows.ts';

/** What is told of a transaction after its decision, applied to its row. */

export function labelled(fold: Fold, record: JournalRecord): CommandAnswer {
  const data = record.data as unknown as LabelData;
  if (data.caseId !== undefined) settleLabel(fold.cases, data);
  return tell(fold, record, withLabel);
}

export function disputed(fold: Fold, record: JournalRecord): CommandAnswer {
  return tell(fold, record, withDispute);
}

export function happened(fold: Fold, record: JournalRecord): CommandAnswer {
  return tell(fold, record, withEvent);
}

function tell(
  fold: Fold,
  record: JournalRecord,
  change: (view: TransactionView, record: JournalRecord) => { view: TransactionView; shown: object },
): CommandAnswer {
  const { transactionId } = record.data as { transactionId: string };
  const row = fold.transactions.get(transactionId);
  if (!row) return unknown(transactionId);
  const { view, shown } = change(row.view, record);
  if (view !== row.view) update(fold, { ...row, view });
  return { status: 201, body: { transactionId, ...shown, ...standing(fold, view, record.at) } };
}

/** A transaction as a command leaves it. */
function whole(fold: Fold, view: TransactionView, at: number) {
  return { transactionId: view.id, ...withLabelState(view, at, fold.maturityDays) };
}

/** What is in force now, beside what was said. */
function standing(fold: Fold, view: TransactionView, at: number) {
  return { effective: view.effective ?? null, labelState: labelStateOf(truthIn(view), at, fold.maturityDays) };
}

function update(fold: Fold, row: TransactionRow): void {
  put(fold, row);
  reassess(fold.cases, row.id, {
    amountAtRisk: (row.probability ?? 0) * stakeOf(row.view),
    disputes: disputesOf(row.view),
    worked: row.view.label !== undefined || row.view.review !== undefined || row.view.status === 'finalized',
  });
}

export function reviewed(fold: Fold, record: JournalRecord): CommandAnswer {
  const { transactionId, action } = record.data as unknown as ReviewData;
  const row = fold.transactions.get(transactionId);
  if (!row) return unknown(transactionId);
  const conflict = (detail: string) => refusal(409, 'conflict', `Transaction ${transactionId} ${detail}`);
  if (row.review === action) return { status: 200, body: whole(fold, row.view, record.at) };
  if (row.review !== null) return conflict(`was ${PAST[row.review]} before.`);
  if (row.status === 'processing')
    return refusal(409, 'processing', `Transaction ${transactionId} is still being decided.`);
  if (row.status === 'failed') return conflict('could not be decided; retry it first.');
  if (row.status === 'finalized') return conflict('is finalized.');
  if (row.decision !== 'review')
    return conflict(`is not held: it was ${DECIDED[row.decision ?? ''] ?? 'not decided'}.`);
  const view = withReview(row.view, record);
  update(fold, { ...row, view });
  return { status: 200, body: whole(fold, view, record.at) };
}

const PAST = { release: 'released', cancel: 'cancelled' };
const DECIDED: Record<string, string> = { approve: 'approved', decline: 'declined' };

export function finalized(fold: Fold, record: JournalRecord): CommandAnswer {
  const { transactionId, override, reason } = record.data as unknown as FinalizeData;
  const row = fold.transactions.get(transactionId);
  if (!row) return unknown(transactionId);
  if (row.status === 'finalized') return { status: 200, body: whole(fold, row.view, record.at) };
  if (row.status === 'processing')
    return refusal(409, 'processing', `Transaction ${transactionId} is still being decided.`);
  if (row.status === 'failed')
    return refusal(409, 'conflict', `Transaction ${transactionId} could not be decided; retry it first.`);
  if (row.review === 'cancel') return refusal(409, 'conflict', `Transaction ${transactionId} was cancelled in review.`);
  if (row.decision === 'decline' && !override)
    return refusal(409, 'declined', `Transaction ${transactionId} was declined.`);
  const view = {
    ...row.view,
    status: 'finalized',
    finalizedAt: new Date(record.at).toISOString(),
    ...(row.decision === 'decline' ? { overridden: true } : {}),
    ...(row.decision === 'decline' && reason !== undefined ? { overrideReason: reason } : {}),
  };
  update(fold, { ...row, status: 'finalized', view });
  return { status: 200, body: whole(fold, view, record.at) };
}

export function unknown(id: string): CommandAnswer {
  return refusal(404, 'not_found', `There is no transaction ${id}.`);
}
