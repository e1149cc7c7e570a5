import type pg from 'pg';
import type { Log } from '../../projections/log.ts';
import { ALERT_COLUMNS, CASE_COLUMNS } from './cases-load.ts';
import { COLUMNS } from './copy.ts';
import type { Partitions } from './partitions.ts';
import { writeTallies } from './tallies.ts';
import { countRows } from './window.ts';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const LOCK_WAIT_MS = 10_000;

const AUDIT = 'sequence, at, type, by, transaction_id, case_id, target, status, code, detail';

/**
 * Fills an empty layout from the one before it, as that stood at one record; the journal gives what came later. The
 * version before goes on meanwhile and afterwards: its tables are read in one snapshot and never locked.
 */
export async function takeOver(
  client: pg.ClientBase,
  before: string,
  schema: string,
  partitions: Partitions,
  log: Log,
): Promise<void> {
  const { rows: found } = await client.query('SELECT to_regclass($1) AS meta', [`${before}.meta`]);
  if (found[0].meta === null) return;
  await client.query(`BEGIN ISOLATION LEVEL REPEATABLE READ; SET LOCAL lock_timeout = ${LOCK_WAIT_MS}`);
  // Before the snapshot, so that one who waited here sees what the other did.
  await client.query(`LOCK TABLE ${schema}.meta IN EXCLUSIVE MODE`);
  const { rows } = await client.query(
    `SELECT own.applied AS own, o.applied, o.applied_key FROM ${schema}.meta own, ${before}.meta o`,
  );
  const { own, applied, applied_key: key } = rows[0];
  if (Number(own) === 0 && Number(applied) > 0) {
    log.info({ from: before, to: schema, applied: Number(applied) }, 'the database is brought into its new layout');
    const days = await daysOf(client, before);
    await partitions.hold(client, days);
    for (const statement of copies(before, schema)) await client.query(statement);
    let tallied = Number.NEGATIVE_INFINITY;
    for (const day of days) {
      const minutes = await countRows(client, schema, [{ from: day, to: day + DAY_MS }], MINUTE_MS);
      tallied = await writeTallies(client, schema, minutes, tallied);
    }
    await client.query(`UPDATE ${schema}.meta SET applied = $1, applied_key = $2`, [applied, key]);
    if (tallied > Number.NEGATIVE_INFINITY) await client.query(`UPDATE ${schema}.meta SET tallied = $1`, [tallied]);
  }
  await client.query('COMMIT');
}

/** Starts of the days, UTC, on which something stands in a table that is partitioned. */
async function daysOf(client: pg.ClientBase, before: string): Promise<number[]> {
  const { rows } = await client.query(
    `SELECT DISTINCT floor(extract(epoch FROM at) / 86400)::bigint AS day FROM
       (SELECT created_at AS at FROM ${before}.transactions UNION ALL SELECT at FROM ${before}.audit) t ORDER BY 1`,
  );
  return rows.map(({ day }) => Number(day) * DAY_MS);
}

const CASE_LATER = [
  'reopened',
  'reopened_by',
  'withdrawals_due',
  'merged_into',
  'proposed',
  'due',
  'awaiting_since',
  'escalated_due',
  'rules',
  'reason',
  'asked',
];
/** Columns that came after it: empty in its rows, which are then read by their views. */
const LATER: ReadonlySet<string> = new Set([
  'review',
  'truth',
  'since',
  'base_minor',
  'type',
  'channel',
  'events',
  'entity_types',
  'disputes',
  'worked',
  ...CASE_LATER,
]);
const knew = (columns: readonly string[]) => columns.filter((name) => !LATER.has(name)).join(', ');

function copies(before: string, schema: string): string[] {
  const living = `${before}.transactions t`;
  const same = (table: string, columns: string) =>
    `INSERT INTO ${schema}.${table} (${columns}) SELECT ${columns} FROM ${before}.${table}`;
  return [
    `INSERT INTO ${schema}.ids (id, created_at, sequence) SELECT id, created_at, sequence FROM ${before}.transactions`,
    `INSERT INTO ${schema}.transactions (${knew(COLUMNS)}) SELECT ${knew(COLUMNS)} FROM ${living} WHERE NOT deleted`,
    `INSERT INTO ${schema}.views (created_at, sequence, view) SELECT t.created_at, t.sequence, v.view
     FROM ${living} JOIN ${before}.views v ON v.id = t.view_id WHERE NOT t.deleted`,
    `INSERT INTO ${schema}.transaction_entities (key, created_at, sequence)
     SELECT DISTINCT key, t.created_at, t.sequence FROM ${living}, unnest(t.entities) AS key WHERE NOT t.deleted`,
    `INSERT INTO ${schema}.users (id, sequence, name, email, email_key, search, created_at, updated_at)
     SELECT id, sequence, name, email, email_key, lower(name) || E'\\n' || lower(email) || E'\\n' || lower(id),
       created_at, updated_at FROM ${before}.users`,
    same('cases', knew(CASE_COLUMNS)),
    same('case_links', 'case_id, type, key, value, alerts'),
    same('case_alerts', knew(ALERT_COLUMNS)),
    same('audit', AUDIT),
    same('answers', 'sequence, at, answer'),
    same('rejected', 'sequence, type, reason'),
  ];
}
