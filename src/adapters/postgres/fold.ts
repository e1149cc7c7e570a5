import type { AmendData, DeleteData, FailedData, FinalizeData, LabelData } from '../../domain/records.ts';
import type { JournalRecord } from '../../journal/journal.ts';
import { type AuditRow, auditOf } from '../../projections/audit.ts';
import {
  actOnCase,
  addAlert,
  type CaseFold,
  emptyCaseFold,
  settleLabel,
  withdrawAlert,
} from '../../projections/case-fold.ts';
import type { CommandAnswer } from '../../projections/store.ts';
import { alertOf } from './alert.ts';
import { refusal } from './refusal.ts';
import { amendRow, decisionRow, type EntityNames, intakeRow, type TransactionRow } from './rows.ts';
import { createUser, deleteUser, type UserRow, updateUser } from './users-fold.ts';

/** What a batch needs to know of the database, and what it changes. Pure: the database is before and after it. */
export interface Fold {
  names: EntityNames;
  /** Loaded, then as the records left them. A plain decision whose id is new need not be loaded. */
  transactions: Map<string, TransactionRow>;
  users: Map<string, UserRow>;
  /** Address in lower case → user id. */
  emails: Map<string, string>;
  inserted: Set<string>;
  updated: Set<string>;
  labels: LabelRow[];
  touchedUsers: Set<string>;
  cases: CaseFold;
  audit: AuditRow[];
  /** Transactions deleted, in this batch. */
  deleted: Set<string>;
  answers: { sequence: number; at: string; answer: CommandAnswer }[];
  rejected: { sequence: number; type: string; reason: string }[];
}

export interface LabelRow {
  id: string;
  sequence: number;
  transactionId: string;
  label: string;
  source: string;
  note: string | null;
  occurredAt: string | null;
  recordedAt: string;
}

export function emptyFold(names: EntityNames): Fold {
  return {
    names,
    transactions: new Map(),
    users: new Map(),
    emails: new Map(),
    inserted: new Set(),
    updated: new Set(),
    labels: [],
    touchedUsers: new Set(),
    cases: emptyCaseFold(),
    audit: [],
    deleted: new Set(),
    answers: [],
    rejected: [],
  };
}

/** Applies one record. A record that makes no sense is set aside, so that it does not stop the log for ever. */
export function foldRecord(fold: Fold, record: JournalRecord): void {
  try {
    const answer = dispatch(fold, record);
    if (answer) fold.answers.push({ sequence: record.sequence, at: iso(record.at), answer });
    const audited = auditOf(record, answer);
    if (audited) fold.audit.push(audited);
  } catch (error) {
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
      return labelled(fold, record);
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
      return actOnCase(fold.cases, record);
    default:
      // Keys and models have projections of their own.
      return undefined;
  }
}

/** The first record of an id wins; only the decision of an intake comes second. */
function decided(fold: Fold, record: JournalRecord): void {
  const row = decisionRow(record, fold.names.types);
  const known = fold.transactions.get(row.id);
  if (!known) add(fold, row);
  else if (record.key.startsWith('d:') && !known.deleted && undecided(known))
    change(fold, { ...row, viewId: known.viewId });
  else return;
  if (row.decision !== 'approve') addAlert(fold.cases, alertOf(record, row, fold.names));
}

function undecided({ status }: TransactionRow): boolean {
  return status === 'processing' || status === 'failed';
}

function add(fold: Fold, row: TransactionRow): void {
  if (fold.transactions.has(row.id)) return;
  fold.transactions.set(row.id, row);
  fold.inserted.add(row.id);
}

function change(fold: Fold, row: TransactionRow): void {
  fold.transactions.set(row.id, row);
  if (!fold.inserted.has(row.id)) fold.updated.add(row.id);
}

function failed(fold: Fold, record: JournalRecord): void {
  const { transactionId, error } = record.data as unknown as FailedData;
  const row = fold.transactions.get(transactionId);
  if (!row || row.deleted || !undecided(row)) return;
  change(fold, { ...row, status: 'failed', view: { ...row.view, status: 'failed', error } });
}

function labelled(fold: Fold, record: JournalRecord): CommandAnswer {
  const data = record.data as unknown as LabelData;
  if (data.caseId !== undefined) settleLabel(fold.cases, data.transactionId);
  const row = living(fold, data.transactionId);
  if (!row) return unknown(data.transactionId);
  const { labelId: id, transactionId, label, source, note } = data;
  const occurredAt = data.occurredAt === undefined ? undefined : iso(data.occurredAt);
  const recordedAt = iso(record.at);
  const body = {
    id,
    transactionId,
    label,
    source,
    ...(note === undefined ? {} : { note }),
    ...(occurredAt === undefined ? {} : { occurredAt }),
    ...(data.caseId === undefined ? {} : { caseId: data.caseId }),
    recordedAt,
  };
  fold.labels.push({
    ...{ id, sequence: record.sequence, transactionId, label, source },
    note: note ?? null,
    occurredAt: occurredAt ?? null,
    recordedAt,
  });
  const labels = [...((row.view.labels as unknown[]) ?? []), body];
  change(fold, { ...row, label, view: { ...row.view, label, labels } });
  return { status: 201, body };
}

function finalized(fold: Fold, record: JournalRecord): CommandAnswer {
  const { transactionId, override, reason } = record.data as unknown as FinalizeData;
  const row = living(fold, transactionId);
  if (!row) return unknown(transactionId);
  if (row.status === 'finalized') return { status: 200, body: { transactionId, ...row.view } };
  if (row.status === 'processing')
    return refusal(409, 'processing', `Transaction ${transactionId} is still being decided.`);
  if (row.status === 'failed')
    return refusal(409, 'conflict', `Transaction ${transactionId} could not be decided; retry it first.`);
  if (row.decision === 'decline' && !override)
    return refusal(409, 'declined', `Transaction ${transactionId} was declined.`);
  const view = {
    ...row.view,
    status: 'finalized',
    finalizedAt: iso(record.at),
    ...(row.decision === 'decline' ? { overridden: true } : {}),
    ...(row.decision === 'decline' && reason !== undefined ? { overrideReason: reason } : {}),
  };
  change(fold, { ...row, status: 'finalized', view });
  return { status: 200, body: { transactionId, ...view } };
}

function amended(fold: Fold, record: JournalRecord): CommandAnswer {
  const { transactionId, changes } = record.data as unknown as AmendData;
  const row = living(fold, transactionId);
  if (!row) return unknown(transactionId);
  const next = amendRow(row, { ...changes, ...record.personal }, record.at, fold.names);
  change(fold, next);
  return { status: 200, body: next.view };
}

/** Gone from every read; what stays is the id, so that nobody else takes it. */
function deleted(fold: Fold, record: JournalRecord): CommandAnswer {
  const { transactionId } = record.data as unknown as DeleteData;
  const row = living(fold, transactionId);
  if (!row) return unknown(transactionId);
  const { id, createdAt } = row;
  change(fold, { ...row, deleted: true, userId: '', entities: [], reasons: null, view: { id, createdAt } });
  fold.labels = fold.labels.filter((label) => label.transactionId !== transactionId);
  withdrawAlert(fold.cases, transactionId);
  fold.audit = fold.audit.map((told) => (told.transactionId === transactionId ? { ...told, detail: null } : told));
  fold.deleted.add(transactionId);
  return { status: 204 };
}

function living(fold: Fold, id: string): TransactionRow | undefined {
  const row = fold.transactions.get(id);
  return row?.deleted ? undefined : row;
}

function unknown(id: string): CommandAnswer {
  return refusal(404, 'not_found', `There is no transaction ${id}.`);
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
