import {
  CASE_ENTITIES,
  CASE_MAX_TRANSACTIONS,
  CASE_WINDOW_MS,
  type CaseEntity,
  type CaseStatus,
  type Resolution,
} from '../domain/case.ts';
import type { Outcome } from '../domain/decision.ts';
import type { ErrorCode } from '../domain/errors.ts';
import type { CaseData } from '../domain/records.ts';
import type { JournalRecord } from '../journal/journal.ts';
import type { CommandAnswer } from './command-answer.ts';

/** Times in milliseconds; amounts in major units of the base currency. */
export interface CaseRow {
  id: string;
  /** Of the record that opened it. */
  sequence: number;
  /** Goes up with everything that people do to it. */
  version: number;
  status: CaseStatus;
  /** The entity that most of its transactions share; of equals the stronger type, then the one seen first. */
  entityType: CaseEntity;
  entityKey: number;
  entityValue: string;
  entityAlerts: number;
  /** 0 once all of them are deleted: then it is shown nowhere. */
  transactions: number;
  reviews: number;
  declines: number;
  /** The highest of its transactions. */
  score: number;
  amount: number;
  /** Σ probability × amount, net of what was voided, refunded, refused or cancelled. */
  amountAtRisk: number;
  /** Disputes of its transactions that stand. */
  disputes: number;
  /** Event times of its first and last transaction. */
  firstTime: number;
  lastTime: number;
  openedAt: number;
  lastAlertAt: number;
  firstActionAt: number | null;
  assignee: string | null;
  resolution: Resolution | null;
  resolvedAt: number | null;
  resolvedBy: string | null;
  note: string | null;
  /** Transactions whose label its resolution has yet to record. */
  labelsDue: number;
}

/** An entity of a case, and how many of its transactions name it. */
export interface LinkRow {
  caseId: string;
  type: CaseEntity;
  key: number;
  value: string;
  alerts: number;
}

/** A reviewed or declined transaction. Each belongs to exactly one case. */
export interface AlertRow {
  transactionId: string;
  caseId: string;
  sequence: number;
  at: number;
  /** Event time. */
  time: number;
  decision: Exclude<Outcome, 'approve'>;
  score: number;
  amount: number;
  /** Net, as its case's. */
  amountAtRisk: number;
  disputes: number;
  /** Keys of CASE_ENTITIES, in order; 0 where absent. */
  keys: number[];
  labelled: boolean;
}

/** The cases that a batch of records meets, loaded whole as far as it meets them, then as the records left them. */
export interface CaseFold {
  cases: Map<string, CaseRow>;
  /** By `linkName`, then by case. */
  links: Map<string, Map<string, LinkRow>>;
  /** By transaction. */
  alerts: Map<string, AlertRow>;
  touchedCases: Set<string>;
  touchedLinks: Set<LinkRow>;
  touchedAlerts: Set<string>;
}

export function emptyCaseFold(): CaseFold {
  return {
    cases: new Map(),
    links: new Map(),
    alerts: new Map(),
    touchedCases: new Set(),
    touchedLinks: new Set(),
    touchedAlerts: new Set(),
  };
}

export function linkName(type: string, key: number): string {
  return `${type} ${key}`;
}

export function holdLink(fold: CaseFold, link: LinkRow): void {
  const name = linkName(link.type, link.key);
  const known = fold.links.get(name);
  if (known) known.set(link.caseId, link);
  else fold.links.set(name, new Map([[link.caseId, link]]));
}

export type Alert = Omit<AlertRow, 'caseId' | 'labelled' | 'disputes'> & {
  /** Names of the entities, in the order of `keys`. */
  values: (string | undefined)[];
};

/** Puts an alert into the case that it belongs to, or opens one; `joinOnly`: or leaves it. */
export function addAlert(fold: CaseFold, { values, ...alert }: Alert, joinOnly = false): void {
  if (fold.alerts.has(alert.transactionId)) return;
  const row = caseFor(fold, alert) ?? (joinOnly ? undefined : openCase(fold, alert));
  if (!row) return;
  row.transactions++;
  if (alert.decision === 'review') row.reviews++;
  else row.declines++;
  row.score = Math.max(row.score, alert.score);
  row.amount += alert.amount;
  row.amountAtRisk += alert.amountAtRisk;
  row.firstTime = Math.min(row.firstTime, alert.time);
  row.lastTime = Math.max(row.lastTime, alert.time);
  row.lastAlertAt = Math.max(row.lastAlertAt, alert.at);
  fold.touchedCases.add(row.id);
  fold.alerts.set(alert.transactionId, { ...alert, caseId: row.id, labelled: false, disputes: 0 });
  fold.touchedAlerts.add(alert.transactionId);
  CASE_ENTITIES.forEach((type, index) => {
    const key = alert.keys[index];
    if (key === 0) return;
    let link = fold.links.get(linkName(type, key))?.get(row.id);
    if (!link) {
      link = { caseId: row.id, type, key, value: values[index] ?? '', alerts: 0 };
      holdLink(fold, link);
    }
    link.alerts++;
    fold.touchedLinks.add(link);
    if (leads(link, row)) lead(row, link);
  });
}

/** The open case that shares the strongest entity with the alert and is near in time; of several the newest. */
function caseFor(fold: CaseFold, alert: Pick<AlertRow, 'keys' | 'time'>): CaseRow | undefined {
  for (const [index, type] of CASE_ENTITIES.entries()) {
    const key = alert.keys[index];
    if (key === 0) continue;
    let found: CaseRow | undefined;
    for (const link of fold.links.get(linkName(type, key))?.values() ?? []) {
      const row = fold.cases.get(link.caseId);
      if (!row || link.alerts === 0 || row.status !== 'open' || row.transactions >= CASE_MAX_TRANSACTIONS) continue;
      const near = alert.time <= row.lastTime + CASE_WINDOW_MS && alert.time >= row.firstTime - CASE_WINDOW_MS;
      if (near && (!found || row.sequence > found.sequence)) found = row;
    }
    if (found) return found;
  }
  return undefined;
}

function openCase(fold: CaseFold, alert: Pick<AlertRow, 'sequence' | 'at' | 'time'>): CaseRow {
  const { sequence, at, time } = alert;
  const row: CaseRow = {
    ...{ id: `case_${sequence}`, sequence, version: 1, status: 'open' },
    ...{ entityType: 'user', entityKey: 0, entityValue: '', entityAlerts: 0 },
    ...{ transactions: 0, reviews: 0, declines: 0, score: 0, amount: 0, amountAtRisk: 0, disputes: 0 },
    ...{ firstTime: time, lastTime: time, openedAt: at, lastAlertAt: at, firstActionAt: null },
    ...{ assignee: null, resolution: null, resolvedAt: null, resolvedBy: null, note: null, labelsDue: 0 },
  };
  fold.cases.set(row.id, row);
  return row;
}

function leads(link: LinkRow, row: CaseRow): boolean {
  if (link.type === row.entityType && link.key === row.entityKey) return true;
  if (link.alerts !== row.entityAlerts) return link.alerts > row.entityAlerts;
  return CASE_ENTITIES.indexOf(link.type) < CASE_ENTITIES.indexOf(row.entityType);
}

function lead(row: CaseRow, { type, key, value, alerts }: LinkRow): void {
  Object.assign(row, { entityType: type, entityKey: key, entityValue: value, entityAlerts: alerts });
}

/** Takes a deleted transaction out of its case. The case's alerts and links must all be loaded. */
export function withdrawAlert(fold: CaseFold, transactionId: string): void {
  const alert = fold.alerts.get(transactionId);
  const row = alert && fold.cases.get(alert.caseId);
  if (!alert || !row) return;
  fold.alerts.delete(transactionId);
  fold.touchedAlerts.add(transactionId);
  fold.touchedCases.add(row.id);
  const rest = [...fold.alerts.values()].filter(({ caseId }) => caseId === row.id);
  rest.sort((a, b) => a.sequence - b.sequence);
  row.transactions = rest.length;
  row.reviews = rest.filter(({ decision }) => decision === 'review').length;
  row.declines = rest.length - row.reviews;
  row.score = rest.reduce((highest, { score }) => Math.max(highest, score), 0);
  row.amount = rest.reduce((sum, { amount }) => sum + amount, 0);
  row.amountAtRisk = rest.reduce((sum, { amountAtRisk }) => sum + amountAtRisk, 0);
  row.disputes = rest.reduce((sum, { disputes }) => sum + disputes, 0);
  if (row.labelsDue > 0 && !alert.labelled) row.labelsDue--;
  CASE_ENTITIES.forEach((type, index) => {
    const link = fold.links.get(linkName(type, alert.keys[index]))?.get(row.id);
    if (!link) return;
    link.alerts--;
    fold.touchedLinks.add(link);
  });
  Object.assign(row, { entityType: 'user', entityKey: 0, entityValue: '', entityAlerts: 0 });
  for (const link of linksInOrder(fold, rest)) if (link.alerts > 0 && leads(link, row)) lead(row, link);
}

/**
 * Alerts older than the horizon, milliseconds, go, and so does a case without any other. One that stays keeps the sums of
 * all that it was made of; nothing more is owed for what went.
 */
export function retireCases(fold: CaseFold, horizon: number): void {
  for (const { transactionId, caseId, at, labelled } of fold.alerts.values()) {
    if (at >= horizon) continue;
    fold.alerts.delete(transactionId);
    fold.touchedAlerts.add(transactionId);
    const row = fold.cases.get(caseId);
    if (!row || labelled || row.labelsDue === 0) continue;
    row.labelsDue--;
    fold.touchedCases.add(caseId);
  }
  for (const { id, lastAlertAt } of fold.cases.values()) {
    if (lastAlertAt >= horizon) continue;
    fold.cases.delete(id);
    fold.touchedCases.delete(id);
    for (const links of fold.links.values()) {
      const link = links.get(id);
      if (link) fold.touchedLinks.delete(link);
      links.delete(id);
    }
  }
}

/** The links of alerts of one case, in the order in which they were seen first. */
function linksInOrder(fold: CaseFold, alerts: AlertRow[]): Set<LinkRow> {
  const links = new Set<LinkRow>();
  for (const { keys, caseId } of alerts)
    CASE_ENTITIES.forEach((type, index) => {
      const link = fold.links.get(linkName(type, keys[index]))?.get(caseId);
      if (link) links.add(link);
    });
  return links;
}

/** A label that a resolution owed has been recorded. */
export function settleLabel(fold: CaseFold, transactionId: string): void {
  const alert = fold.alerts.get(transactionId);
  if (!alert || alert.labelled) return;
  alert.labelled = true;
  fold.touchedAlerts.add(transactionId);
  const row = fold.cases.get(alert.caseId);
  if (!row || row.labelsDue === 0) return;
  row.labelsDue--;
  fold.touchedCases.add(row.id);
}

/** Assign, comment or resolve: refused where the case is not what the person saw. */
export function actOnCase(fold: CaseFold, record: JournalRecord): CommandAnswer {
  const data = record.data as unknown as CaseData;
  const { caseId, version } = data;
  const row = fold.cases.get(caseId);
  if (!row || row.transactions === 0) return refused(404, 'not_found', `There is no case ${caseId}.`);
  if (version !== undefined && version !== row.version)
    return refused(
      409,
      'conflict',
      `Case ${caseId} has changed since: it is at version ${row.version}, this saw ${version}. Read it again.`,
    );
  if (row.status === 'resolved' && data.action !== 'comment')
    return refused(409, 'conflict', `Case ${caseId} is resolved as ${row.resolution}.`);
  if (data.action === 'resolve' && data.transactions !== undefined && data.transactions !== row.transactions)
    return refused(
      409,
      'conflict',
      `Case ${caseId} has ${row.transactions} transactions by now, this saw ${data.transactions}. Read it again.`,
    );
  row.version++;
  row.firstActionAt ??= record.at;
  fold.touchedCases.add(caseId);
  if (data.action === 'assign') row.assignee = data.assignee;
  if (data.action === 'resolve') {
    Object.assign(row, { status: 'resolved', resolution: data.resolution, resolvedAt: record.at });
    row.resolvedBy = data.by ?? null;
    row.note = (record.personal?.note as string | undefined) ?? null;
    row.labelsDue = data.resolution === 'unsure' ? 0 : row.transactions;
  }
  return { status: data.action === 'comment' ? 201 : 200, body: { ...caseView(row) } };
}

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
    note: row.note,
  };
}

function refused(status: number, code: ErrorCode, detail: string): CommandAnswer {
  return { status, error: { code, detail } };
}
