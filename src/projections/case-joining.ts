import {
  CASE_ENTITIES,
  CASE_MAX_TRANSACTIONS,
  FORMER_ENTITIES,
  FORMER_WINDOW_MS,
  type Joining,
  MAX_PROPOSED,
  STRONG_ENTITIES,
} from '../domain/case.ts';
import {
  type AlertRow,
  alertsOf,
  type CaseFold,
  type CaseRow,
  lead,
  leads,
  linkName,
  linkOnce,
  moveAlerts,
  openCase,
  unitedRules,
} from './case-fold.ts';

/** A case must be loaded whole before this can be done: whoever loads does so, and begins anew. */
export class NotWhole extends Error {
  readonly caseIds: string[];
  constructor(caseIds: string[]) {
    super(`Not loaded whole: ${caseIds.join(', ')}`);
    this.caseIds = caseIds;
  }
}

export type Alert = Omit<AlertRow, 'caseId' | 'labelled' | 'disputes' | 'due' | 'worked'> & {
  /** Names of the entities, in the order of `keys`. */
  values: (string | undefined)[];
  /** Absent in records from before it was asked. */
  joining?: Joining;
};

/** Places among CASE_ENTITIES of what joins an alert to a case, strongest first. */
export function joiningPlaces(joining: Joining | undefined): number[] {
  const types = joining ? STRONG_ENTITIES.filter((type) => !joining.hubs?.includes(type)) : FORMER_ENTITIES;
  return types.map((type) => CASE_ENTITIES.indexOf(type));
}

/** Puts an alert into the case that it belongs to, or opens one; `joinOnly`: or leaves it. Cases that it made one. */
export function addAlert(fold: CaseFold, { values, joining, ...alert }: Alert, joinOnly = false): Merged | undefined {
  if (fold.alerts.has(alert.transactionId)) return;
  const { row: found, merged } = joining ? joined(fold, alert, joining) : { row: formerCase(fold, alert) };
  const row = found ?? (joinOnly ? undefined : openCase(fold, alert.sequence, alert.at, alert.time));
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
  const due = joining?.due ?? null;
  if (due !== null) row.due = Math.min(row.due ?? due, due);
  if (alert.rules.length > 0) row.rules = unitedRules([...row.rules, ...alert.rules]);
  fold.alerts.set(alert.transactionId, { ...alert, caseId: row.id, labelled: false, disputes: 0, due, worked: false });
  fold.touchedAlerts.add(alert.transactionId);
  CASE_ENTITIES.forEach((type, index) => {
    const key = alert.keys[index];
    if (!key) return;
    const link = linkOnce(fold, row.id, type, key, values[index] ?? '');
    if (leads(link, row)) lead(row, link);
  });
  return merged;
}

/** The open case that shares the strongest entity with the alert and is near in time; of several the newest. */
function formerCase(fold: CaseFold, alert: Pick<AlertRow, 'keys' | 'time'>): CaseRow | undefined {
  for (const place of joiningPlaces(undefined)) {
    const found = casesOf(fold, alert, place, FORMER_WINDOW_MS);
    if (found.length > 0) return found.reduce((newest, row) => (row.sequence > newest.sequence ? row : newest));
  }
  return undefined;
}

/** Open cases near in time that share one entity of an alert, and have room. */
function casesOf(fold: CaseFold, { keys, time }: Pick<AlertRow, 'keys' | 'time'>, place: number, windowMs: number) {
  if (!keys[place]) return [];
  const links = fold.links.get(linkName(CASE_ENTITIES[place], keys[place]))?.values() ?? [];
  const found: CaseRow[] = [];
  for (const { alerts, caseId } of links) {
    const row = fold.cases.get(caseId);
    if (!row || alerts === 0 || row.status !== 'open' || row.transactions >= CASE_MAX_TRANSACTIONS) continue;
    if (time <= row.lastTime + windowMs && time >= row.firstTime - windowMs) found.push(row);
  }
  return found;
}

/** Cases that an alert made one. */
export interface Merged {
  into: string;
  from: string[];
}

/**
 * The case of an alert. What it bridges is one attack: open cases that nobody is assigned to are merged into the oldest of them; with
 * one that somebody works on, or that awaits the customer or a second person, a merge is proposed.
 */
function joined(
  fold: CaseFold,
  alert: Pick<AlertRow, 'keys' | 'time'>,
  joining: Joining,
): { row?: CaseRow; merged?: Merged } {
  // In the order of strength, then the newest.
  const found = new Set(
    joiningPlaces(joining).flatMap((place) =>
      casesOf(fold, alert, place, joining.windowMs).sort((a, b) => b.sequence - a.sequence),
    ),
  );
  const free = [...found]
    .filter(({ assignee, awaitingSince, asked }) => assignee === null && awaitingSince === null && asked === null)
    .sort((a, b) => a.sequence - b.sequence);
  const from: string[] = [];
  const [into, ...others] = free;
  const missing = free.length > 1 ? free.filter(({ id }) => !fold.whole.has(id)) : [];
  if (missing.length > 0) throw new NotWhole(missing.map(({ id }) => id));
  for (const other of others) {
    if (into.transactions + other.transactions >= CASE_MAX_TRANSACTIONS) continue;
    absorb(fold, other, into);
    from.push(other.id);
    found.delete(other);
  }
  const [row, ...rest] = found;
  for (const other of rest) propose(fold, row, other);
  return { row, ...(from.length > 0 ? { merged: { into: into.id, from } } : {}) };
}

function propose(fold: CaseFold, one: CaseRow, other: CaseRow): void {
  for (const [row, { id }] of [
    [one, other],
    [other, one],
  ] as const) {
    if (row.proposed.includes(id)) continue;
    row.proposed = [...row.proposed, id].slice(-MAX_PROPOSED);
    fold.touchedCases.add(row.id);
  }
}

/** Everything of a case becomes another's. Both must be loaded whole. */
export function absorb(fold: CaseFold, row: CaseRow, into: CaseRow): void {
  moveAlerts(fold, alertsOf(fold, row.id), row, into);
  // What is retired is no alert any more, though it was counted.
  Object.assign(row, { status: 'merged', mergedInto: into.id, transactions: 0, withdrawalsDue: 0, due: null });
  // One wait for a customer is one for all of it.
  into.awaitingSince ??= row.awaitingSince;
}
