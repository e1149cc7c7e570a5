import type pg from 'pg';
import { CASE_ENTITIES, CASE_WINDOW_MS } from '../../domain/case.ts';
import { keysToday } from '../../domain/entity.ts';
import type { JournalRecord } from '../../journal/journal.ts';
import { type AlertRow, type CaseFold, type CaseRow, holdLink, type LinkRow } from '../../projections/case-fold.ts';
import { restored, storable } from './text.ts';

/** Named and not `*`: a plan that is kept does not outlive a column that a newer version adds. */
export const CASE_COLUMNS = [
  ...['id', 'sequence', 'version', 'status', 'entity_type', 'entity_key', 'entity_value', 'entity_alerts'],
  ...['transactions', 'reviews', 'declines', 'score', 'amount', 'amount_at_risk', 'first_time', 'last_time'],
  ...['opened_at', 'last_alert_at', 'first_action_at', 'assignee', 'resolution', 'resolved_at', 'resolved_by'],
  ...['note', 'labels_due', 'disputes', 'reopened', 'reopened_by', 'withdrawals_due', 'merged_into'],
];
export const ALERT_COLUMNS = [
  ...['transaction_id', 'case_id', 'sequence', 'at', 'time', 'decision', 'score', 'amount', 'amount_at_risk', 'keys'],
  ...['labelled', 'disputes'],
];

/** Acts that read all of a case. */
const WHOLE: ReadonlySet<unknown> = new Set(['resolve', 'reopen', 'merge']);

/** Records after which a case is counted again from all of its alerts. */
const CHANGING: ReadonlySet<string> = new Set(['delete', 'event', 'dispute', 'review']);
const LABELS: ReadonlySet<string> = new Set(['label', 'label.withdraw']);

interface Met {
  types: string[];
  keys: number[];
  /** Event times of the alerts. */
  from: number;
  to: number;
  caseIds: Set<string>;
  transactionIds: Set<string>;
  /** Cases that an act reads all of. */
  wholeIds: Set<string>;
  /** A transaction changes or goes, in whichever case: that is counted again from all of its alerts. */
  whole: boolean;
}

/** Reads the cases that the records meet: by an alert's entities, a command's case, a deleted or labelled transaction. */
export async function loadCases(
  client: pg.PoolClient,
  schema: string,
  fold: CaseFold,
  records: JournalRecord[],
  types: readonly string[],
): Promise<void> {
  const met = meet(records, types);
  const { caseIds, transactionIds } = met;
  if (met.keys.length + caseIds.size + transactionIds.size === 0) return;
  if (transactionIds.size > 0) {
    const { rows } = await client.query({
      name: 'load_alerts',
      text: `SELECT ${ALERT_COLUMNS} FROM ${schema}.case_alerts WHERE transaction_id = ANY($1)`,
      values: [[...transactionIds].map(storable)],
    });
    for (const alert of rows.map(alertOf)) {
      fold.alerts.set(alert.transactionId, alert);
      caseIds.add(alert.caseId);
    }
  }
  if (met.keys.length > 0) {
    const { rows } = await client.query({
      name: 'load_case_links',
      text: `SELECT l.case_id, l.type, l.key, l.value, l.alerts FROM unnest($1::text[], $2::bigint[]) AS k (type, key)
        JOIN ${schema}.case_links l ON l.key = k.key AND l.type = k.type
        JOIN ${schema}.cases c ON c.id = l.case_id
        WHERE c.status = 'open' AND c.last_time >= $3 AND c.first_time <= $4`,
      values: [met.types, met.keys, met.from - CASE_WINDOW_MS, met.to + CASE_WINDOW_MS],
    });
    for (const link of rows.map(linkOf)) {
      holdLink(fold, link);
      caseIds.add(link.caseId);
    }
  }
  if (caseIds.size === 0) return;
  const ids = [[...caseIds].map(storable)];
  const { rows } = await client.query({
    name: 'load_cases',
    text: `SELECT ${CASE_COLUMNS} FROM ${schema}.cases WHERE id = ANY($1)`,
    values: ids,
  });
  for (const row of rows.map(caseOf)) fold.cases.set(row.id, row);
  const whole = [...(met.whole ? caseIds : met.wholeIds)].map(storable);
  if (whole.length === 0) return;
  const alerts = await client.query(`SELECT ${ALERT_COLUMNS} FROM ${schema}.case_alerts WHERE case_id = ANY($1)`, [
    whole,
  ]);
  for (const alert of alerts.rows.map(alertOf)) fold.alerts.set(alert.transactionId, alert);
  const links = await client.query(`SELECT * FROM ${schema}.case_links WHERE case_id = ANY($1)`, [whole]);
  for (const link of links.rows.map(linkOf)) holdLink(fold, link);
}

function meet(records: JournalRecord[], types: readonly string[]): Met {
  const met: Met = {
    ...{ types: [], keys: [], from: Number.POSITIVE_INFINITY, to: Number.NEGATIVE_INFINITY },
    ...{ caseIds: new Set(), transactionIds: new Set(), wholeIds: new Set(), whole: false },
  };
  const known = new Set<string>();
  for (const { type, data, personal } of records) {
    if (type === 'decision') {
      const { decision, entities, transaction } = data as {
        decision?: { decision?: string };
        entities?: number[];
        transaction?: { time?: number };
      };
      const time = transaction?.time;
      if (decision?.decision === 'approve' || !Array.isArray(entities) || typeof time !== 'number') continue;
      met.from = Math.min(met.from, time);
      met.to = Math.max(met.to, time);
      const keys = keysToday(entities, personal);
      for (const entity of CASE_ENTITIES) {
        const key = keys[types.indexOf(entity)];
        if (!Number.isSafeInteger(key) || key === 0 || known.has(`${entity} ${key}`)) continue;
        known.add(`${entity} ${key}`);
        met.types.push(entity);
        met.keys.push(key);
      }
    } else if (type === 'case') {
      for (const id of [data.caseId, data.into]) {
        if (typeof id !== 'string') continue;
        met.caseIds.add(id);
        if (WHOLE.has(data.action)) met.wholeIds.add(id);
      }
    } else if (CHANGING.has(type) || (LABELS.has(type) && data.caseId !== undefined)) {
      if (typeof data.transactionId === 'string') met.transactionIds.add(data.transactionId);
      met.whole ||= CHANGING.has(type);
    }
  }
  return met;
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
    disputes: row.disputes,
  };
}
