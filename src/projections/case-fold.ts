import {
  type AskedResolution,
  CASE_ENTITIES,
  type CaseEntity,
  type CaseStatus,
  type Resolution,
} from '../domain/case.ts';
import type { Outcome } from '../domain/decision.ts';
import type { LabelData } from '../domain/records.ts';

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
  /** How often it was reopened. */
  reopened: number;
  reopenedBy: string | null;
  /** Transactions whose label, which a resolution gave that was taken back since, has yet to be withdrawn. */
  withdrawalsDue: number;
  /** The case that has its transactions now. */
  mergedInto: string | null;
  /** Cases that an alert belonged to as well, and that were not merged with it. */
  proposed: string[];
  /** The earliest of its alerts that nobody worked yet; null where none is due, and once it is resolved. Milliseconds. */
  due: number | null;
  /** Since when the customer is awaited: its time stands still. */
  awaitingSince: number | null;
  /** The time that it was told as missed. */
  escalatedDue: number | null;
  /** Ids of rules that hit live in its alerts, in order of the alphabet: queues go by them. */
  rules: string[];
  /** Why it was resolved so, a word of CASE_REASONS. */
  reason: string | null;
  /** A resolution that a second person had to confirm: while the case is open it waits. */
  asked: AskedResolution | null;
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
  /** A label that its case gave stands. */
  labelled: boolean;
  /** When it is to be worked, milliseconds. */
  due: number | null;
  /** Somebody reviewed, labelled or finalized it. */
  worked: boolean;
  /** Ids of rules that hit live. */
  rules: string[];
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
  /** Cases all of whose alerts and links are loaded. */
  whole: Set<string>;
}

export function emptyCaseFold(): CaseFold {
  return {
    cases: new Map(),
    links: new Map(),
    alerts: new Map(),
    touchedCases: new Set(),
    touchedLinks: new Set(),
    touchedAlerts: new Set(),
    whole: new Set(),
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

/** One more alert of a case names an entity. */
export function linkOnce(fold: CaseFold, caseId: string, type: CaseEntity, key: number, value: string): LinkRow {
  let link = fold.links.get(linkName(type, key))?.get(caseId);
  if (!link) {
    link = { caseId, type, key, value, alerts: 0 };
    holdLink(fold, link);
  }
  link.alerts++;
  fold.touchedLinks.add(link);
  return link;
}

/** An empty case of a record, which the caller fills. */
export function openCase(fold: CaseFold, sequence: number, at: number, time: number): CaseRow {
  const row: CaseRow = {
    ...{ id: `case_${sequence}`, sequence, version: 1, status: 'open' },
    ...{ entityType: 'user', entityKey: 0, entityValue: '', entityAlerts: 0 },
    ...{ transactions: 0, reviews: 0, declines: 0, score: 0, amount: 0, amountAtRisk: 0, disputes: 0 },
    ...{ firstTime: time, lastTime: time, openedAt: at, lastAlertAt: at, firstActionAt: null },
    ...{ assignee: null, resolution: null, resolvedAt: null, resolvedBy: null, note: null, labelsDue: 0 },
    ...{ reopened: 0, reopenedBy: null, withdrawalsDue: 0, mergedInto: null, proposed: [] },
    ...{ due: null, awaitingSince: null, escalatedDue: null, rules: [], reason: null, asked: null },
  };
  fold.cases.set(row.id, row);
  fold.whole.add(row.id);
  return row;
}

export function leads(link: LinkRow, row: CaseRow): boolean {
  if (link.type === row.entityType && link.key === row.entityKey) return true;
  if (link.alerts !== row.entityAlerts) return link.alerts > row.entityAlerts;
  return CASE_ENTITIES.indexOf(link.type) < CASE_ENTITIES.indexOf(row.entityType);
}

export function lead(row: CaseRow, { type, key, value, alerts }: LinkRow): void {
  Object.assign(row, { entityType: type, entityKey: key, entityValue: value, entityAlerts: alerts });
}

/** Takes a deleted transaction out of its case. The case's alerts and links must all be loaded. */
export function withdrawAlert(fold: CaseFold, transactionId: string): void {
  const alert = fold.alerts.get(transactionId);
  const row = alert && fold.cases.get(alert.caseId);
  if (!alert || !row) return;
  fold.alerts.delete(transactionId);
  fold.touchedAlerts.add(transactionId);
  unlink(fold, alert, row.id);
  recount(fold, row);
}

/** Makes alerts of one case another's. Both cases' alerts and links must all be loaded. */
export function moveAlerts(fold: CaseFold, alerts: AlertRow[], from: CaseRow, to: CaseRow): void {
  for (const alert of alerts) {
    const names = unlink(fold, alert, from.id);
    alert.caseId = to.id;
    fold.touchedAlerts.add(alert.transactionId);
    names.forEach(({ type, key, value }) => {
      linkOnce(fold, to.id, type, key, value);
    });
    to.firstTime = Math.min(to.firstTime, alert.time);
    to.lastTime = Math.max(to.lastTime, alert.time);
    to.lastAlertAt = Math.max(to.lastAlertAt, alert.at);
  }
  recount(fold, from);
  recount(fold, to);
}

/** Of an alert that its case loses: the entities that it names. */
function unlink(fold: CaseFold, alert: AlertRow, caseId: string): LinkRow[] {
  return CASE_ENTITIES.flatMap((type, index) => {
    const link = fold.links.get(linkName(type, alert.keys[index]))?.get(caseId);
    if (!link) return [];
    link.alerts--;
    fold.touchedLinks.add(link);
    return [link];
  });
}

/** What a case adds up to, anew from all of its alerts. */
function recount(fold: CaseFold, row: CaseRow): void {
  const rest = alertsOf(fold, row.id);
  fold.touchedCases.add(row.id);
  row.transactions = rest.length;
  row.reviews = rest.filter(({ decision }) => decision === 'review').length;
  row.declines = rest.length - row.reviews;
  row.score = rest.reduce((highest, { score }) => Math.max(highest, score), 0);
  row.amount = rest.reduce((sum, { amount }) => sum + amount, 0);
  row.amountAtRisk = rest.reduce((sum, { amountAtRisk }) => sum + amountAtRisk, 0);
  row.disputes = rest.reduce((sum, { disputes }) => sum + disputes, 0);
  const labelled = rest.filter((alert) => alert.labelled).length;
  row.labelsDue = row.labelsDue > 0 ? rest.length - labelled : 0;
  row.withdrawalsDue = row.status === 'open' ? labelled : 0;
  row.due = dueOf(row, rest);
  row.rules = unitedRules(rest.flatMap(({ rules }) => rules));
  Object.assign(row, { entityType: 'user', entityKey: 0, entityValue: '', entityAlerts: 0 });
  for (const link of linksInOrder(fold, rest)) if (link.alerts > 0 && leads(link, row)) lead(row, link);
}

/** Each once, in order of the alphabet. */
export const unitedRules = (rules: readonly string[]): string[] => [...new Set(rules)].sort();

/** When a case is due, from all of its alerts. */
export function dueOf(row: Pick<CaseRow, 'status'>, alerts: readonly AlertRow[]): number | null {
  if (row.status !== 'open') return null;
  return alerts.reduce<number | null>(
    (due, alert) => (alert.worked || alert.due === null ? due : Math.min(due ?? alert.due, alert.due)),
    null,
  );
}

/** The alerts of a case, all of which must be loaded, in the order of the log. */
export function alertsOf(fold: CaseFold, caseId: string): AlertRow[] {
  return [...fold.alerts.values()].filter((alert) => alert.caseId === caseId).sort((a, b) => a.sequence - b.sequence);
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
    if (row) pay(fold, row, labelled ? 'withdrawalsDue' : 'labelsDue');
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

/** A label of a case has been recorded, or one that takes such a label back. */
export function settleLabel(fold: CaseFold, data: Pick<LabelData, 'transactionId' | 'round' | 'undoes'>): void {
  const alert = fold.alerts.get(data.transactionId);
  const row = alert && fold.cases.get(alert.caseId);
  if (!alert || !row || alert.labelled === (data.undoes === undefined)) return;
  const isOpen = row.status === 'open';
  if (data.undoes !== undefined) {
    // Resolved again meanwhile, it owes the new label, which is newer.
    if (!isOpen) return;
    pay(fold, row, 'withdrawalsDue');
  } else if (isOpen) {
    // It was on its way when the resolution was taken back.
    row.withdrawalsDue++;
    fold.touchedCases.add(row.id);
  } else if ((data.round ?? 0) !== row.reopened) return;
  else pay(fold, row, 'labelsDue');
  alert.labelled = data.undoes === undefined;
  fold.touchedAlerts.add(alert.transactionId);
}

function pay(fold: CaseFold, row: CaseRow, due: 'labelsDue' | 'withdrawalsDue'): void {
  if (row[due] === 0) return;
  row[due]--;
  fold.touchedCases.add(row.id);
}
