import type { AmendData, DeleteData, FailedData } from '../../domain/records.ts';
import type { JournalRecord } from '../../journal/journal.ts';
import { auditOf, auditOfMerged } from '../../projections/audit.ts';
import { actOnCase } from '../../projections/case-acts.ts';
import { retireCases, withdrawAlert } from '../../projections/case-fold.ts';
import { addAlert, NotWhole } from '../../projections/case-joining.ts';
import type { CommandAnswer } from '../../projections/command-answer.ts';
import { withLabelState, withLifeOf } from '../../projections/life.ts';
import { alertOf } from './alert.ts';
import { foldDesk, foldTurn } from './desk.ts';
import { foldEntityNote } from './entity-notes.ts';
import { type Fold, put } from './fold-state.ts';
import { disputed, finalized, happened, labelled, reviewed, unknown } from './life-fold.ts';
import { amendRow, decisionRow, intakeRow, type TransactionRow } from './rows.ts';
import { foldSavedView } from './saved-views.ts';
import { createUser, deleteUser, updateUser } from './users-fold.ts';
import { foldWebhook, noteTold } from './webhooks-fold.ts';

/** Applies one record. A record that makes no sense is set aside, so that it does not stop the log for ever. */
export function foldRecord(fold: Fold, record: JournalRecord): void {
  try {
    const horizon = fold.horizonAt(record.at);
    if (horizon > fold.horizon) retire(fold, horizon);
    const answer = dispatch(fold, record);
    if (answer) fold.answers.push({ sequence: record.sequence, at: iso(record.at), answer });
    const audited = auditOf(record, answer ?? fold.outcomeOf?.(record.sequence));
    if (audited) fold.audit.push(audited);
  } catch (error) {
    if (error instanceof NotWhole) throw error;
    setAside(fold, record, (error as Error).message);
  }
}

export function setAside(fold: Fold, record: JournalRecord, reason: string): void {
  fold.rejected.push({ sequence: record.sequence, type: record.type, reason: reason.slice(0, 500) });
  if (record.key.startsWith('c:'))
    fold.answers.push({
      sequence: record.sequence,
      at: iso(Number.isFinite(record.at) ? record.at : 0),
      answer: { status: 500, error: { code: 'internal', detail: 'The command could not be applied.' } },
    });
}

function dispatch(fold: Fold, record: JournalRecord): CommandAnswer | undefined {
  switch (record.type) {
    case 'decision':
      return void decided(fold, record);
    case 'intake':
      return void add(fold, intakeRow(record, fold.names.types));
    case 'failed':
      return void failed(fold, record);
    case 'label':
    case 'label.withdraw':
      return labelled(fold, record);
    case 'dispute':
      return disputed(fold, record);
    case 'event':
      return happened(fold, record);
    case 'review':
      return reviewed(fold, record);
    case 'finalize':
      return finalized(fold, record);
    case 'amend':
      return amended(fold, record);
    case 'delete':
      return deleted(fold, record);
    case 'user.create':
      return createUser(fold, record);
    case 'user.update':
      return updateUser(fold, record);
    case 'user.delete':
      return deleteUser(fold, record);
    case 'case':
      return acted(fold, record);
    case 'webhook.create':
    case 'webhook.update':
    case 'webhook.delete':
    case 'webhook.resume':
      return foldWebhook(fold.webhooks, record);
    case 'view':
      return foldSavedView(fold.savedViews, record);
    case 'desk':
      return foldDesk(fold.desk, record);
    case 'entity':
      return foldEntityNote(fold.entityNotes, record);
    case 'webhook.told':
      return void noteTold(fold.webhooks, record);
    default:
      // Keys, models and the policy have projections of their own.
      return undefined;
  }
}

function acted(fold: Fold, record: JournalRecord): CommandAnswer {
  const answer = actOnCase(fold.cases, record);
  if (answer.error === undefined) foldTurn(fold.desk, record);
  return answer;
}

/** By each record and not by the batch, so that the answers do not depend on how a history is cut into batches. */
function retire(fold: Fold, horizon: number): void {
  fold.horizon = horizon;
  for (const [id, { createdAt }] of fold.taken)
    if (Date.parse(createdAt) < horizon) {
      fold.taken.delete(id);
      if (fold.transactions.delete(id)) fold.touched.add(id);
    }
  retireCases(fold.cases, horizon);
}

/** The first record of an id wins; only the decision of an intake comes second. */
function decided(fold: Fold, record: JournalRecord): void {
  const row = decisionRow(record, fold.names.types);
  if (fold.taken.has(row.id)) {
    const known = fold.transactions.get(row.id);
    if (!record.key.startsWith('d:') || !known || !undecided(known)) return;
    row.view = withLifeOf(row.view, known.view);
  }
  put(fold, row);
  if (row.decision === 'approve' || !fold.taken.has(row.id)) return;
  const merged = addAlert(fold.cases, alertOf(record, row, fold.names), row.view.suppressed === true);
  if (merged) fold.audit.push(auditOfMerged(record, row.id, merged));
}

function undecided({ status }: TransactionRow): boolean {
  return status === 'processing' || status === 'failed';
}

function add(fold: Fold, row: TransactionRow): void {
  if (!fold.taken.has(row.id)) put(fold, row);
}

function failed(fold: Fold, record: JournalRecord): void {
  const { transactionId, error } = record.data as unknown as FailedData;
  const row = fold.transactions.get(transactionId);
  if (!row || !undecided(row)) return;
  put(fold, { ...row, status: 'failed', view: { ...row.view, status: 'failed', error } });
}

function amended(fold: Fold, record: JournalRecord): CommandAnswer {
  const { transactionId, changes } = record.data as unknown as AmendData;
  const row = fold.transactions.get(transactionId);
  if (!row) return unknown(transactionId);
  const next = amendRow(row, { ...changes, ...record.personal }, record.at, fold.names);
  put(fold, next);
  return { status: 200, body: withLabelState(next.view, record.at, fold.maturityDays) };
}

/** Gone; what stays is the id, so that nobody else takes it. */
function deleted(fold: Fold, record: JournalRecord): CommandAnswer {
  const { transactionId } = record.data as unknown as DeleteData;
  const row = fold.transactions.get(transactionId);
  if (!row) return unknown(transactionId);
  fold.transactions.delete(transactionId);
  fold.touched.add(transactionId);
  withdrawAlert(fold.cases, transactionId);
  fold.audit = fold.audit.map((told) => (told.transactionId === transactionId ? { ...told, detail: null } : told));
  fold.deleted.add(transactionId);
  return { status: 204 };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
