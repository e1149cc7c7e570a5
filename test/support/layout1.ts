import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type pg from 'pg';

const FOLDER = join(import.meta.dirname, 'layout1');

/** The tables of version 0.1.0, whose SQL schema was the namespace itself. */
export async function makeLayout1(client: pg.Client, schema: string): Promise<void> {
  await client.query(`CREATE SCHEMA ${schema}`);
  for (const name of readdirSync(FOLDER).sort())
    await client.query(readFileSync(join(FOLDER, name), 'utf8').replaceAll('{schema}', schema));
}

/** What a store of today holds, as version 0.1.0 would have held it. */
export async function copyToLayout1(client: pg.Client, from: string, schema: string): Promise<void> {
  const facts = `sequence, created_at, user_id, status, decision, score, probability, currency, amount_minor, minor_digits,
    latency_us, label, entities, reasons, model, country`;
  await client.query(
    `INSERT INTO ${schema}.transactions (id, ${facts}, deleted, view_id)
       SELECT id, ${facts}, false, 1000000 + sequence FROM ${from}.transactions;
     INSERT INTO ${schema}.views SELECT 1000000 + sequence, view FROM ${from}.views;
     INSERT INTO ${schema}.transactions (id, sequence, created_at, user_id, status, currency, amount_minor, minor_digits, deleted, entities, view_id)
       SELECT id, sequence, created_at, '', 'pending', 'USD', 7, 2, true, '{}', 1000000 + sequence FROM ${from}.ids
       WHERE id NOT IN (SELECT id FROM ${from}.transactions);
     INSERT INTO ${schema}.views SELECT view_id, '{}' FROM ${schema}.transactions WHERE deleted;
     INSERT INTO ${schema}.users SELECT id, sequence, name, email, email_key, created_at, updated_at FROM ${from}.users;
     UPDATE ${schema}.meta SET (applied, applied_key) = (SELECT applied, applied_key FROM ${from}.meta)`,
  );
  for (const table of ['cases', 'case_links', 'case_alerts', 'audit', 'answers', 'rejected'])
    await client.query(
      `INSERT INTO ${schema}.${table} SELECT ${await columnsOf(client, schema, table)} FROM ${from}.${table}`,
    );
}

/** Those that layout 1 has, in its order: later releases have more. */
async function columnsOf(client: pg.Client, schema: string, table: string): Promise<string> {
  const { rows } = await client.query(
    `SELECT string_agg(quote_ident(column_name), ', ' ORDER BY ordinal_position) AS names
     FROM information_schema.columns WHERE table_schema = $1 AND table_name = $2`,
    [schema, table],
  );
  return rows[0].names;
}

/** The statements of version 0.1.0: it applies one payment and reads the newest. */
export async function serveAsLayout1(client: pg.Client, schema: string): Promise<void> {
  await client.query('BEGIN');
  const { rows } = await client.query(`SELECT applied FROM ${schema}.meta FOR UPDATE SKIP LOCKED`);
  const sequence = Number(rows[0].applied) + 1;
  await client.query(
    `INSERT INTO ${schema}.transactions (id, sequence, created_at, user_id, status, decision, score, probability, currency,
       amount_minor, minor_digits, latency_us, label, deleted, entities, reasons, view_id, model)
     VALUES ($1, $2, now(), 'u', 'pending', 'approve', 3, 0.03, 'USD', 1000, 2, 250, NULL, false, '{7}', NULL, $2, '1')`,
    [`old${sequence}`, sequence],
  );
  await client.query(`INSERT INTO ${schema}.views (id, view) VALUES ($1, $2)`, [
    sequence,
    JSON.stringify({ id: `old${sequence}`, createdAt: new Date().toISOString() }),
  ]);
  await client.query(`UPDATE ${schema}.transactions SET label = 'fraud' WHERE id = $1`, [`old${sequence}`]);
  await client.query(`UPDATE ${schema}.meta SET applied = $1, applied_key = $2`, [sequence, `t:old${sequence}`]);
  await client.query('COMMIT');
  await client.query(
    `SELECT t.created_at, t.sequence, v.view FROM ${schema}.transactions t JOIN ${schema}.views v ON v.id = t.view_id
     WHERE t.deleted = false ORDER BY t.created_at DESC, t.sequence DESC LIMIT 50`,
  );
}
