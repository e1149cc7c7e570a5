import { type AskedResolution, CASE_MAX_MERGED } from '../domain/case.ts';
import type { ErrorCode } from '../domain/errors.ts';
import { addWork, workBetween } from '../domain/office-hours.ts';
import type { CaseData } from '../domain/records.ts';
import type { JournalRecord } from '../journal/journal.ts';
import { alertsOf, type CaseFold, type CaseRow, dueOf, moveAlerts, openCase } from './case-fold.ts';
import { absorb } from './case-joining.ts';
import { caseView } from './case-view.ts';
import type { CommandAnswer } from './command-answer.ts';

/**
 * What people do to a case: refused where it is not what the person saw. The alerts and links of a case that is resolved,
 * reopened or merged must all be loaded.
 */
export function actOnCase(fold: CaseFold, record: JournalRecord): CommandAnswer {
  const data = record.data as unknown as CaseData;
  const { caseId, version, action } = data;
  const row = fold.cases.get(caseId);
  const refusal = row ? refusalOf(row, version, action) : unknown(caseId);
  if (!row || refusal) return refusal!;
  let more = {};
  switch (data.action) {
    case 'assign':
      row.assignee = data.assignee;
      break;
    case 'resolve': {
      const result = resolve(fold, row, data, record);
      if ('status' in result) return result;
      more = result;
      break;
    }
    case 'reopen':
      more = reopen(fold, row, data.by);
      break;
    case 'comment':
      awaits(fold, row, data, record.at);
      break;
    case 'escalate':
      return escalate(fold, row, data.due);
    case 'merge':
      return merge(fold, row, data.into, record.at);
  }
  acted(fold, row, record.at);
  return { status: action === 'comment' ? 201 : 200, body: { ...caseView(row), ...more } };
}

function refusalOf(row: CaseRow, version: number | undefined, action: CaseData['action']): CommandAnswer | undefined {
  const { id, status } = row;
  if (status === 'merged') return conflict(`Case ${id} was merged into ${row.mergedInto}.`);
  if (row.transactions === 0) return unknown(id);
  if (version !== undefined && version !== row.version)
    return conflict(
      `Case ${id} has changed since: it is at version ${row.version}, this saw ${version}. Read it again.`,
    );
  if (action === 'reopen') return status === 'open' && !row.asked ? conflict(`Case ${id} is open.`) : undefined;
  if (action === 'merge' && status === 'open' && row.asked)
    return conflict(
      `Case ${id} waits for a second person to confirm its resolution: confirm it or take it back first.`,
    );
  if (status === 'resolved' && action !== 'comment')
    return conflict(`Case ${id} is resolved as ${row.resolution}${action === 'merge' ? '; reopen it first' : ''}.`);
  return undefined;
}

function acted(fold: CaseFold, row: CaseRow, at: number): void {
  row.version++;
  row.firstActionAt ??= at;
  fold.touchedCases.add(row.id);
}

/** What else there is to say of it, or why it is refused. */
function resolve(
  fold: CaseFold,
  row: CaseRow,
  data: CaseData & { action: 'resolve' },
  record: JournalRecord,
): CommandAnswer | { exceptCaseId?: string } {
  if (data.transactions !== undefined && data.transactions !== row.transactions)
    return conflict(
      `Case ${row.id} has ${row.transactions} transactions by now, this saw ${data.transactions}. Read it again.`,
    );
  const alerts = alertsOf(fold, row.id);
  const except = new Set(data.except);
  const apart = alerts.filter(({ transactionId }) => except.has(transactionId));
  if (apart.length < except.size) {
    const known = new Set(apart.map(({ transactionId }) => transactionId));
    const strangers = [...except].filter((id) => !known.has(id));
    return refused(422, 'invalid_request', `/except: not in case ${row.id}: ${strangers.slice(0, 5).join(', ')}.`);
  }
  if (apart.length > 0 && apart.length === alerts.length)
    return refused(422, 'invalid_request', '/except: nothing of the case is left to resolve.');
  const { asked } = row;
  const isConfirmed = asked !== null && isSame(asked, data);
  const note = (record.personal?.note as string | undefined) ?? (isConfirmed ? row.note : null);
  if (data.secondFrom !== undefined && row.amountAtRisk >= data.secondFrom) {
    const by = data.by ?? null;
    if (!isConfirmed) {
      const { resolution, reason = null, except: without = [] } = data;
      row.asked = { resolution, reason, except: without, by, at: record.at };
      row.note = note;
      return {};
    }
    if (by === null || asked.by === null || by === asked.by)
      return refused(403, 'forbidden', 'Whoever asked for a resolution cannot confirm it: that takes another key.');
  } else if (!isConfirmed) row.asked = null;
  // Before it is resolved, so that what it owes is counted once.
  if (apart.length > 0) moveAlerts(fold, apart, row, openCase(fold, record.sequence, record.at, apart[0].time));
  const own = alertsOf(fold, row.id);
  // Whatever a resolution before this one gave is older than what this one gives.
  for (const alert of own.filter(({ labelled }) => labelled)) {
    alert.labelled = false;
    fold.touchedAlerts.add(alert.transactionId);
  }
  Object.assign(row, { status: 'resolved', resolution: data.resolution, resolvedAt: record.at });
  row.resolvedBy = data.by ?? null;
  row.note = note;
  row.reason = data.reason ?? (isConfirmed ? asked.reason : null);
  row.labelsDue = data.resolution === 'unsure' ? 0 : own.length;
  row.withdrawalsDue = 0;
  row.due = null;
  row.awaitingSince = null;
  return apart.length > 0 ? { exceptCaseId: apart[0].caseId } : {};
}

function isSame(asked: AskedResolution, { resolution, except = [] }: CaseData & { action: 'resolve' }): boolean {
  const same = new Set(asked.except);
  return asked.resolution === resolution && except.length === same.size && except.every((id) => same.has(id));
}

/** Whether the customer is awaited. Once the answer is there, so much time is left to each alert as there was before. */
function awaits(fold: CaseFold, row: CaseRow, data: CaseData & { action: 'comment' }, at: number): void {
  if (data.awaits === undefined || row.status !== 'open') return;
  if (data.awaits) row.awaitingSince ??= at;
  else if (row.awaitingSince !== null) {
    const since = row.awaitingSince;
    row.awaitingSince = null;
    const alerts = alertsOf(fold, row.id);
    for (const alert of alerts) {
      // What was late before is late still.
      if (alert.due === null || alert.due <= since) continue;
      const left = workBetween(data.hours, Math.max(since, alert.at), alert.due);
      alert.due = addWork(data.hours, at, left);
      fold.touchedAlerts.add(alert.transactionId);
    }
    row.due = dueOf(row, alerts);
  }
}

/** It is due and nobody worked it: told once. It changes nothing that a person saw. */
function escalate(fold: CaseFold, row: CaseRow, due: number): CommandAnswer {
  if (row.due !== due || row.awaitingSince !== null || row.escalatedDue === due)
    return conflict(`Case ${row.id} is not due as of then any more.`);
  row.escalatedDue = due;
  fold.touchedCases.add(row.id);
  return { status: 200, body: { ...caseView(row) } };
}

/** What stood before the resolution stands again; the labels that it gave are owed a withdrawal. One that waited gave none. */
function reopen(fold: CaseFold, row: CaseRow, by: string | undefined): { withdrawn?: true } {
  row.asked = null;
  if (row.status === 'open') {
    row.note = null;
    return { withdrawn: true };
  }
  Object.assign(row, { status: 'open', resolution: null, resolvedAt: null, resolvedBy: null, note: null });
  row.reason = null;
  row.labelsDue = 0;
  const alerts = alertsOf(fold, row.id);
  row.withdrawalsDue = alerts.filter(({ labelled }) => labelled).length;
  row.due = dueOf(row, alerts);
  row.reopened++;
  row.reopenedBy = by ?? null;
  return {};
}

/** Everything of a case becomes another's; what was said and done stays with it and is read with the other's. */
function merge(fold: CaseFold, row: CaseRow, into: string, at: number): CommandAnswer {
  const target = fold.cases.get(into);
  if (into === row.id) return refused(422, 'invalid_request', '/into: a case is not merged into itself.');
  const refusal = target ? refusalOf(target, undefined, 'merge') : unknown(into);
  if (!target || refusal) return refusal!;
  if (row.transactions + target.transactions > CASE_MAX_MERGED)
    return conflict(`Together they hold more than ${CASE_MAX_MERGED} transactions.`);
  absorb(fold, row, target);
  target.assignee ??= row.assignee;
  acted(fold, row, at);
  acted(fold, target, at);
  return { status: 200, body: { ...caseView(target) } };
}

function unknown(id: string): CommandAnswer {
  return refused(404, 'not_found', `There is no case ${id}.`);
}

function conflict(detail: string): CommandAnswer {
  return refused(409, 'conflict', detail);
}

function refused(status: number, code: ErrorCode, detail: string): CommandAnswer {
  return { status, error: { code, detail } };
}
