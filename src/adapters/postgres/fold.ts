import type { AmendData, DeleteData, FailedData, FinalizeData, LabelData } from '../../domain/records.ts';
import type { JournalRecord } from '../../journal/journal.ts';
import { type AuditRow, auditOf } from '../../projections/audit.ts';
import {
  actOnCase,
  addAlert,
  type CaseFold,
  emptyCaseFold,
  retireCases,
  settleLabel,
  withdrawAlert,
} from '../../projections/case-fold.ts';
import type { CommandAnswer } from '../../projections/command-answer.ts';
import { alertOf } from './alert.ts';
import { refusal } from './refusal.ts';
import { amendRow, decisionRow, type EntityNames, intakeRow, type TransactionRow } from './rows.ts';
import { createUser, deleteUser, type UserFold, updateUser } from './users-fold.ts';
import { emptyWebhookFold, foldWebhook, noteTold, type WebhookFold } from './webhooks-fold.ts';

/** Where a transaction stands: the key of its rows. */
export interface Place {
  createdAt: string;
  sequence: number;
}

/** What a batch needs to know of the database, and what it changes. Pure: the database is before and after it. */
export interface Fold extends UserFold {
  names: EntityNames;
  /** What was decided before is retired: gone from every read, its id free again. Milliseconds. */
  horizon: number;
  /** The horizon that a record of this time brings. */
  horizonAt: (at: number) => number;
  /** What became of commands that are settled elsewhere, as the policy's are. */
  outcomeOf: OutcomeOf | undefined;
  /** Loaded, then as the records left them. A plain decision whose id is new need not be loaded. */
  transactions: Map<string, TransactionRow>;
  /** As they were loaded. */
  before: Map<string, TransactionRow>;
  /** Ids that a transaction has or, before it was deleted, had. */
  taken: Map<string, Place>;
  /** Ids with a row of their own, as they were loaded. */
  placed: Map<string, Place>;
  touched: Set<string>;
  cases: CaseFold;
  webhooks: WebhookFold;
  audit: AuditRow[];
  /** Transactions deleted, in this batch. */
  deleted: Set<string>;
  answers: { sequence: number; at: string; answer: CommandAnswer }[];
  rejected: { sequence: number; type: string; reason: string }[];
}

export type OutcomeOf = (sequence: number) => CommandAnswer | undefined;

export function emptyFold(
  names: EntityNames,
  horizon: number,
  horizonAt: (at: number) => number,
  outcomeOf?: OutcomeOf,
): Fold {
  return {
    outcomeOf,
    names,
    horizon,
    horizonAt,
    transactions: new Map(),
    before: new Map(),
    taken: new Map(),
    placed: new Map(),
    touched: new Set(),
    users: new Map(),
    emails: new Map(),
    touchedUsers: new Set(),
    cases: emptyCaseFold(),
    webhooks: emptyWebhookFold(),
    audit: [],
    deleted: new Set(),
    answers: [],
    rejected: [],
  };
}

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
    case 'webhook.create':
    case 'webhook.update':
    case 'webhook.delete':
    case 'webhook.resume':
      return foldWebhook(fold.webhooks, record);
    case 'webhook.told':
      return void noteTold(fold.webhooks, record);
    default:
      // Keys, models and the policy have projections of their own.
      return undefined;
  }
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
  }
  put(fold, row);
  if (row.decision !== 'approve' && fold.taken.has(row.id)) addAlert(fold.cases, alertOf(record, row, fold.names));
}

function undecided({ status }: TransactionRow): boolean {
  return status === 'processing' || status === 'failed';
}

function add(fold: Fold, row: TransactionRow): void {
  if (!fold.taken.has(row.id)) put(fold, row);
}

function put(fold: Fold, row: TransactionRow): void {
  const { id, createdAt, sequence } = row;
  fold.touched.add(id);
  // So late that it is retired when it comes.
  if (Date.parse(createdAt) < fold.horizon) {
    fold.transactions.delete(id);
    fold.taken.delete(id);
    return;
  }
  fold.transactions.set(id, row);
  fold.taken.set(id, { createdAt, sequence });
}

function failed(fold: Fold, record: JournalRecord): void {
  const { transactionId, error } = record.data as unknown as FailedData;
  const row = fold.transactions.get(transactionId);
  if (!row || !undecided(row)) return;
  put(fold, { ...row, status: 'failed', view: { ...row.view, status: 'failed', error } });
}

function labelled(fold: Fold, record: JournalRecord): CommandAnswer {
  const data = record.data as unknown as LabelData;
  if (data.caseId !== undefined) settleLabel(fold.cases, data.transactionId);
  const row = fold.transactions.get(data.transactionId);
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
  const labels = [...((row.view.labels as unknown[]) ?? []), body];
  put(fold, { ...row, label, view: { ...row.view, label, labels } });
  return { status: 201, body };
}

function finalized(fold: Fold, record: JournalRecord): CommandAnswer {
  const { transactionId, override, reason } = record.data as unknown as FinalizeData;
  const row = fold.transactions.get(transactionId);
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
  put(fold, { ...row, status: 'finalized', view });
  return { status: 200, body: { transactionId, ...view } };
}

function amended(fold: Fold, record: JournalRecord): CommandAnswer {
  const { transactionId, changes } = record.data as unknown as AmendData;
  const row = fold.transactions.get(transactionId);
  if (!row) return unknown(transactionId);
  const next = amendRow(row, { ...changes, ...record.personal }, record.at, fold.names);
  put(fold, next);
  return { status: 200, body: next.view };
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

function unknown(id: string): CommandAnswer {
  return refusal(404, 'not_found', `There is no transaction ${id}.`);
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
