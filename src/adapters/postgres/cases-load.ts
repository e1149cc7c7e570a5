import type pg from 'pg';
import { CASE_ENTITIES, FORMER_WINDOW_MS } from '../../domain/case.ts';
import type { DecisionData } from '../../domain/records.ts';
import type { JournalRecord } from '../../journal/journal.ts';
import {
  type AlertRow,
  type CaseFold,
  type CaseRow,
  holdLink,
  type LinkRow,
  linkName,
} from '../../projections/case-fold.ts';
import { joiningPlaces } from '../../projections/case-joining.ts';
import { caseKeys } from './alert.ts';
import { restored, storable } from './text.ts';

/** Named and not `*`: a plan that is kept does not outlive a column that a newer version adds. */
export const CASE_COLUMNS = [
  ...['id', 'sequence', 'version', 'status', 'entity_type', 'entity_key', 'entity_value', 'entity_alerts'],
  ...['transactions', 'reviews', 'declines', 'score', 'amount', 'amount_at_risk', 'first_time', 'last_time'],
  ...['opened_at', 'last_alert_at', 'first_action_at', 'assignee', 'resolution', 'resolved_at', 'resolved_by'],
  ...['note', 'labels_due', 'disputes', 'reopened', 'reopened_by', 'withdrawals_due', 'merged_into', 'proposed'],
  ...['due', 'awaiting_since', 'escalated_due', 'rules', 'reason', 'asked'],
];
export const ALERT_COLUMNS = [
  ...['transaction_id', 'case_id', 'sequence', 'at', 'time', 'decision', 'score', 'amount', 'amount_at_risk', 'keys'],
  ...['labelled', 'disputes', 'due', 'worked', 'rules'],
];

/** Acts that read all of a case. */
const WHOLE: ReadonlySet<unknown> = new Set(['resolve', 'reopen', 'merge']);

/** Records after which a case is counted again from all of its alerts. */
const CHANGING: ReadonlySet<string> = new Set(['delete', 'event', 'dispute', 'review']);
/** Records by which a payment is worked: where its case is open, that one is due by the others. */
const WORKING: ReadonlySet<string> = new Set(['label', 'label.withdraw', 'finalize']);

interface Met {
  /** Entities by which alerts find cases, and the others that they name, by `linkName`. */
  joining: Map<string, Entity>;
  beside: Map<string, Entity>;
  /** Event times between which cases are looked for. */
  from: number;
  to: number;
  caseIds: Set<string>;
  transactionIds: Set<string>;
  /** Cases that an act reads all of. */
  wholeIds: Set<string>;
  /** A transaction changes or goes, in whichever case: that is counted again from all of its alerts. */
  whole: boolean;
}

interface Entity {
  type: string;
  key: number;
}

/**
 * Reads the cases that the records meet: by an alert's entities, a command's case, a deleted or labelled transaction. `whole` are
 * cases that were found to be needed so.
 */
export async function loadCases(
  client: pg.PoolClient,
  schema: string,
  fold: CaseFold,
  records: JournalRecord[],
  { types, whole: needed }: { types: readonly string[]; whole: ReadonlySet<string> },
): Promise<void> {
  const met = meet(records, types);
  const { caseIds, transactionIds } = met;
  for (const id of needed) {
    caseIds.add(id);
    met.wholeIds.add(id);
  }
  const workedIds = new Set<string>();
  if (met.joining.size + caseIds.size + transactionIds.size === 0) return;
  if (transactionIds.size > 0) {
    const { rows } = await client.query({
      name: 'load_alerts',
      text: `SELECT ${ALERT_COLUMNS} FROM ${schema}.case_alerts WHERE transaction_id = ANY($1)`,
      values: [[...transactionIds].map(storable)],
    });
    for (const alert of rows.map(alertOf)) {
      fold.alerts.set(alert.transactionId, alert);
      caseIds.add(alert.caseId);
      workedIds.add(alert.caseId);
    }
  }
  for (const link of await linksMet(client, schema, met)) {
    holdLink(fold, link);
    caseIds.add(link.caseId);
  }
  if (caseIds.size === 0) return;
  const ids = [[...caseIds].map(storable)];
  const { rows } = await client.query({
    name: 'load_cases',
    text: `SELECT ${CASE_COLUMNS} FROM ${schema}.cases WHERE id = ANY($1)`,
    values: ids,
  });
  for (const row of rows.map(caseOf)) fold.cases.set(row.id, row);
  for (const id of workedIds) if (fold.cases.get(id)?.status === 'open') met.wholeIds.add(id);
  const whole = [...(met.whole ? caseIds : met.wholeIds)];
  if (whole.length === 0) return;
  const stored = [whole.map(storable)];
  const alerts = await client.query(
    `SELECT ${ALERT_COLUMNS} FROM ${schema}.case_alerts WHERE case_id = ANY($1)`,
    stored,
  );
  for (const alert of alerts.rows.map(alertOf)) fold.alerts.set(alert.transactionId, alert);
  const links = await client.query(
    `SELECT case_id, type, key, value, alerts FROM ${schema}.case_links WHERE case_id = ANY($1)`,
    stored,
  );
  for (const link of links.rows.map(linkOf)) holdLink(fold, link);
  for (const id of whole) fold.whole.add(id);
}

/** What open cases near in time share with the alerts: whatever may join, and of these cases what else the alerts name. */
async function linksMet(client: pg.PoolClient, schema: string, met: Met): Promise<LinkRow[]> {
  if (met.joining.size === 0) return [];
  const typesAndKeys = (entities: Map<string, Entity>) => {
    const all = [...entities.values()];
    return [all.map(({ type }) => type), all.map(({ key }) => key)];
  };
  const { rows } = await client.query({
    name: 'load_case_links',
    text: `SELECT l.case_id, l.type, l.key, l.value, l.alerts FROM unnest($1::text[], $2::bigint[]) AS k (type, key)
      JOIN ${schema}.case_links l ON l.key = k.key AND l.type = k.type
      JOIN ${schema}.cases c ON c.id = l.case_id
      WHERE c.status = 'open' AND c.last_time >= $3 AND c.first_time <= $4`,
    values: [...typesAndKeys(met.joining), met.from, met.to],
  });
  if (rows.length === 0 || met.beside.size === 0) return rows.map(linkOf);
  const beside = await client.query({
    name: 'load_case_links_beside',
    text: `SELECT l.case_id, l.type, l.key, l.value, l.alerts FROM unnest($1::text[]) AS c (id)
      CROSS JOIN unnest($2::text[], $3::bigint[]) AS k (type, key)
      JOIN ${schema}.case_links l ON l.case_id = c.id AND l.key = k.key AND l.type = k.type`,
    values: [[...new Set(rows.map((row) => row.case_id))], ...typesAndKeys(met.beside)],
  });
  return [...rows, ...beside.rows].map(linkOf);
}

function meet(records: JournalRecord[], types: readonly string[]): Met {
  const met: Met = {
    ...{ joining: new Map(), beside: new Map(), from: Number.POSITIVE_INFINITY, to: Number.NEGATIVE_INFINITY },
    ...{ caseIds: new Set(), transactionIds: new Set(), wholeIds: new Set(), whole: false },
  };
  for (const record of records) {
    const { type, data } = record;
    if (type === 'decision') meetAlert(met, record, types);
    else if (type === 'case') {
      for (const id of [data.caseId, data.into]) {
        if (typeof id !== 'string') continue;
        met.caseIds.add(id);
        if (WHOLE.has(data.action) || data.awaits === false) met.wholeIds.add(id);
      }
    } else if (CHANGING.has(type) || WORKING.has(type)) {
      if (typeof data.transactionId === 'string') met.transactionIds.add(data.transactionId);
      met.whole ||= CHANGING.has(type);
    }
  }
  for (const name of met.joining.keys()) met.beside.delete(name);
  return met;
}

function meetAlert(met: Met, record: JournalRecord, types: readonly string[]): void {
  const { decision, entities, transaction, joining } = record.data as Partial<DecisionData>;
  const time = transaction?.time;
  if (decision?.decision === 'approve' || !Array.isArray(entities) || typeof time !== 'number') return;
  const windowMs = joining?.windowMs ?? FORMER_WINDOW_MS;
  met.from = Math.min(met.from, time - windowMs);
  met.to = Math.max(met.to, time + windowMs);
  const joins = joiningPlaces(joining);
  caseKeys(record, types).forEach((key, place) => {
    if (!Number.isSafeInteger(key) || key === 0) return;
    const type = CASE_ENTITIES[place];
    (joins.includes(place) ? met.joining : met.beside).set(linkName(type, key), { type, key });
  });
}

// biome-ignore lint/suspicious/noExplicitAny: rows as the driver gives them.
type Raw = Record<string, any>;

function linkOf(row: Raw): LinkRow {
  const { type, value } = row;
  return { caseId: restored(row.case_id), type, key: Number(row.key), value: restored(value), alerts: row.alerts };
}

function alertOf(row: Raw): AlertRow {
  return {
    transactionId: restored(row.transaction_id),
    caseId: restored(row.case_id),
    sequence: Number(row.sequence),
    at: row.at.getTime(),
    time: Number(row.time),
    decision: row.decision,
    score: row.score,
    amount: row.amount,
    amountAtRisk: row.amount_at_risk,
    keys: row.keys.map(Number),
    labelled: row.labelled,
    disputes: row.disputes,
    due: row.due === null ? null : Number(row.due),
    worked: row.worked,
    rules: row.rules.map(restored),
  };
}

export function caseOf(row: Raw): CaseRow {
  const time = (value: Date | null) => value?.getTime() ?? null;
  return {
    id: restored(row.id),
    sequence: Number(row.sequence),
    version: row.version,
    status: row.status,
    entityType: row.entity_type,
    entityKey: Number(row.entity_key),
    entityValue: restored(row.entity_value),
    entityAlerts: row.entity_alerts,
    transactions: row.transactions,
    reviews: row.reviews,
    declines: row.declines,
    score: row.score,
    amount: row.amount,
    amountAtRisk: row.amount_at_risk,
    firstTime: Number(row.first_time),
    lastTime: Number(row.last_time),
    openedAt: row.opened_at.getTime(),
    lastAlertAt: row.last_alert_at.getTime(),
    firstActionAt: time(row.first_action_at),
    assignee: restored(row.assignee),
    resolution: row.resolution,
    resolvedAt: time(row.resolved_at),
    resolvedBy: restored(row.resolved_by),
    note: restored(row.note),
    labelsDue: row.labels_due,
    reopened: row.reopened,
    reopenedBy: restored(row.reopened_by),
    withdrawalsDue: row.withdrawals_due,
    mergedInto: restored(row.merged_into),
    proposed: row.proposed.map(restored),
    due: row.due === null ? null : Number(row.due),
    awaitingSince: time(row.awaiting_since),
    escalatedDue: row.escalated_due === null ? null : Number(row.escalated_due),
    disputes: row.disputes,
    rules: row.rules.map(restored),
    reason: restored(row.reason),
    asked: row.asked && JSON.parse(restored(row.asked)),
  };
}
