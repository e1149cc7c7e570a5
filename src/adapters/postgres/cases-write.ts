import type pg from 'pg';
import type { AuditRow } from '../../projections/audit.ts';
import type { CaseFold } from '../../projections/case-fold.ts';
import { ALERT_COLUMNS } from './cases-load.ts';
import { moment, storable } from './text.ts';

const time = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString());

export async function writeCases(client: pg.PoolClient, schema: string, fold: CaseFold): Promise<void> {
  if (fold.touchedCases.size > 0) await writeRows(client, schema, fold);
  if (fold.touchedLinks.size > 0) await writeLinks(client, schema, fold);
  if (fold.touchedAlerts.size > 0) await writeAlerts(client, schema, fold);
}

async function writeRows(client: pg.PoolClient, schema: string, fold: CaseFold): Promise<void> {
  const rows = [...fold.touchedCases].map((id) => {
    const row = fold.cases.get(id)!;
    return {
      ...row,
      entityValue: storable(row.entityValue),
      openedAt: time(row.openedAt),
      lastAlertAt: time(row.lastAlertAt),
      firstActionAt: time(row.firstActionAt),
      resolvedAt: time(row.resolvedAt),
      assignee: storable(row.assignee),
      resolvedBy: storable(row.resolvedBy),
      note: storable(row.note),
      reopenedBy: storable(row.reopenedBy),
      mergedInto: storable(row.mergedInto),
      proposed: row.proposed.map(storable),
      awaitingSince: time(row.awaitingSince),
      rules: row.rules.map(storable),
      reason: storable(row.reason),
      asked: row.asked && storable(JSON.stringify(row.asked)),
    };
  });
  const columns = [
    ...['version', 'status', 'entity_type', 'entity_key', 'entity_value', 'entity_alerts', 'transactions', 'reviews'],
    ...['declines', 'score', 'amount', 'amount_at_risk', 'first_time', 'last_time', 'last_alert_at', 'first_action_at'],
    ...['assignee', 'resolution', 'resolved_at', 'resolved_by', 'note', 'labels_due', 'disputes'],
    ...['reopened', 'reopened_by', 'withdrawals_due', 'merged_into', 'proposed'],
    ...['due', 'awaiting_since', 'escalated_due', 'rules', 'reason', 'asked'],
  ];
  await client.query({
    name: 'upsert_cases',
    text: `INSERT INTO ${schema}.cases (id, sequence, opened_at, ${columns})
      SELECT id, sequence, "openedAt", version, status, "entityType", "entityKey", "entityValue", "entityAlerts",
        transactions, reviews, declines, score, amount, "amountAtRisk", "firstTime", "lastTime", "lastAlertAt",
        "firstActionAt", assignee, resolution, "resolvedAt", "resolvedBy", note, "labelsDue", disputes,
        reopened, "reopenedBy", "withdrawalsDue", "mergedInto", proposed, due, "awaitingSince", "escalatedDue",
        rules, reason, asked
      FROM json_to_recordset($1::json) AS r (id text, sequence bigint, "openedAt" timestamptz, version integer,
        status text, "entityType" text, "entityKey" bigint, "entityValue" text, "entityAlerts" integer,
        transactions integer, reviews integer, declines integer, score smallint, amount double precision,
        "amountAtRisk" double precision, "firstTime" bigint, "lastTime" bigint, "lastAlertAt" timestamptz,
        "firstActionAt" timestamptz, assignee text, resolution text, "resolvedAt" timestamptz, "resolvedBy" text,
        note text, "labelsDue" integer, disputes integer, reopened integer, "reopenedBy" text,
        "withdrawalsDue" integer, "mergedInto" text, proposed text[], due bigint,
        "awaitingSince" timestamptz, "escalatedDue" bigint, rules text[], reason text, asked text)
      ON CONFLICT (id) DO UPDATE SET ${columns.map((column) => `${column} = excluded.${column}`)}`,
    values: [JSON.stringify(rows)],
  });
}

async function writeLinks(client: pg.PoolClient, schema: string, fold: CaseFold): Promise<void> {
  const links = [...fold.touchedLinks].map((link) => ({ ...link, value: storable(link.value) }));
  await client.query({
    name: 'upsert_case_links',
    text: `INSERT INTO ${schema}.case_links (case_id, type, key, value, alerts)
      SELECT "caseId", type, key, value, alerts
      FROM json_to_recordset($1::json) AS r ("caseId" text, type text, key bigint, value text, alerts integer)
      WHERE alerts > 0
      ON CONFLICT (case_id, type, key) DO UPDATE SET alerts = excluded.alerts`,
    values: [JSON.stringify(links)],
  });
  const gone = links.filter(({ alerts }) => alerts === 0);
  if (gone.length > 0)
    await client.query(
      `DELETE FROM ${schema}.case_links l
       USING json_to_recordset($1::json) AS r ("caseId" text, type text, key bigint)
       WHERE l.case_id = r."caseId" AND l.type = r.type AND l.key = r.key`,
      [JSON.stringify(gone)],
    );
}

async function writeAlerts(client: pg.PoolClient, schema: string, fold: CaseFold): Promise<void> {
  const gone = [...fold.touchedAlerts].filter((id) => !fold.alerts.has(id));
  if (gone.length > 0)
    await client.query(`DELETE FROM ${schema}.case_alerts WHERE transaction_id = ANY($1)`, [gone.map(storable)]);
  const alerts = [...fold.touchedAlerts]
    .filter((id) => fold.alerts.has(id))
    .map((id) => {
      const alert = fold.alerts.get(id)!;
      return {
        ...alert,
        transactionId: storable(id),
        at: time(alert.at),
        keys: `{${alert.keys.join(',')}}`,
        rules: alert.rules.map(storable),
      };
    });
  if (alerts.length === 0) return;
  await client.query({
    name: 'upsert_case_alerts',
    text: `INSERT INTO ${schema}.case_alerts (transaction_id, case_id, sequence, at, time, decision, score, amount,
        amount_at_risk, keys, labelled, disputes, due, worked, rules)
      SELECT "transactionId", "caseId", sequence, at, time, decision, score, amount, "amountAtRisk", keys::bigint[], labelled, disputes, due, worked, rules
      FROM json_to_recordset($1::json) AS r ("transactionId" text, "caseId" text, sequence bigint, at timestamptz,
        time bigint, decision text, score smallint, amount double precision, "amountAtRisk" double precision, keys text,
        labelled boolean, disputes integer, due bigint, worked boolean, rules text[])
      ON CONFLICT (transaction_id) DO UPDATE SET ${ALERT_COLUMNS.slice(1).map((column) => `${column} = excluded.${column}`)}`,
    values: [JSON.stringify(alerts)],
  });
}

/** `retireCases` for those that the batch did not meet; what it did to the others must have been written. */
export async function dropCases(client: pg.PoolClient, schema: string, horizon: number): Promise<void> {
  await client.query(
    `WITH gone AS (DELETE FROM ${schema}.cases WHERE last_alert_at < $1 RETURNING id),
       links AS (DELETE FROM ${schema}.case_links WHERE case_id IN (SELECT id FROM gone)),
       alerts AS (DELETE FROM ${schema}.case_alerts WHERE at < $1 RETURNING case_id, labelled),
       settled AS (SELECT case_id, count(*) FILTER (WHERE labelled) AS labelled, count(*) FILTER (WHERE NOT labelled) AS unlabelled
         FROM alerts GROUP BY 1)
     UPDATE ${schema}.cases c SET labels_due = greatest(0, c.labels_due - s.unlabelled),
       withdrawals_due = greatest(0, c.withdrawals_due - s.labelled) FROM settled s
     WHERE c.id = s.case_id AND (c.labels_due > 0 OR c.withdrawals_due > 0) AND c.last_alert_at >= $1`,
    [moment(horizon)],
  );
}

export async function writeAudit(client: pg.PoolClient, schema: string, rows: AuditRow[]): Promise<void> {
  const stored = rows.map((row) => ({
    ...row,
    at: time(row.at),
    by: storable(row.by),
    transactionId: storable(row.transactionId),
    caseId: storable(row.caseId),
    target: storable(row.target),
    detail: row.detail === null ? null : JSON.stringify(row.detail),
  }));
  await client.query({
    name: 'insert_audit',
    text: `INSERT INTO ${schema}.audit (sequence, at, type, by, transaction_id, case_id, target, status, code, detail)
      SELECT sequence, at, type, by, "transactionId", "caseId", target, status, code, detail::json
      FROM json_to_recordset($1::json) AS r (sequence bigint, at timestamptz, type text, by text, "transactionId" text,
        "caseId" text, target text, status smallint, code text, detail text)`,
    values: [JSON.stringify(stored)],
  });
  const notes = rows.flatMap((row) => {
    const { text, note, reason } = row.detail ?? {};
    const { sequence, at, by, transactionId, caseId, type } = row;
    // Of a resolution that is a word of a set, and nothing that somebody wrote.
    const written = type === 'case.resolve' ? [text, note] : [text, note, reason];
    const said = written.find((one) => typeof one === 'string' && one !== '') as string | undefined;
    if (said === undefined || row.status >= 400) return [];
    const ids = { by: storable(by), transactionId: storable(transactionId), caseId: storable(caseId) };
    return [{ sequence, at: time(at), ...ids, text: storable(said) }];
  });
  if (notes.length === 0) return;
  await client.query({
    name: 'insert_notes',
    text: `INSERT INTO ${schema}.notes (sequence, at, transaction_id, case_id, by, text)
      SELECT sequence, at, "transactionId", "caseId", by, text FROM json_to_recordset($1::json)
        AS r (sequence bigint, at timestamptz, "transactionId" text, "caseId" text, by text, text text)
      ON CONFLICT (sequence) DO NOTHING`,
    values: [JSON.stringify(notes)],
  });
}

/** What was said of a deleted transaction goes with it; that something was done, and by whom, stays. */
export async function forgetDetails(client: pg.PoolClient, schema: string, transactionIds: string[]): Promise<void> {
  const ids = [transactionIds.map(storable)];
  await client.query(
    `UPDATE ${schema}.audit SET detail = NULL WHERE transaction_id = ANY($1) AND detail IS NOT NULL`,
    ids,
  );
  await client.query(`DELETE FROM ${schema}.notes WHERE transaction_id = ANY($1)`, ids);
}
