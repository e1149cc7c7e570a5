import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type pg from 'pg';
import { inTransaction } from './connection.ts';

const folder = join(import.meta.dirname, 'migrations');

/** Any number that no one else locks by: processes that start together migrate one after the other. */
const LOCK = 4_157_741;

/** Brings the schema to the newest version: each file of `migrations/` once, in order of name, all or nothing. */
export async function migrate(pool: pg.Pool, schema: string): Promise<void> {
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .sort();
  await inTransaction(pool, async (client) => {
    // A crash may take the newest rows, which the journal replays, but not the tables.
    await client.query('SET LOCAL synchronous_commit = on');
    await client.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
    await client.query(`CREATE SCHEMA IF NOT EXISTS ${schema}`);
    await client.query(
      `CREATE TABLE IF NOT EXISTS ${schema}.migrations (name text PRIMARY KEY, at timestamptz NOT NULL DEFAULT now())`,
    );
    const { rows } = await client.query<{ name: string }>(`SELECT name FROM ${schema}.migrations`);
    const done = new Set(rows.map(({ name }) => name));
    const unknown = [...done].filter((name) => !files.includes(name));
    if (unknown.length > 0)
      throw new Error(`The SQL schema "${schema}" was made by a newer Assay (it has ${unknown.join(', ')}).`);
    for (const name of files) {
      if (done.has(name)) continue;
      await client.query(readFileSync(join(folder, name), 'utf8').replaceAll('{schema}', schema));
      await client.query(`INSERT INTO ${schema}.migrations (name) VALUES ($1)`, [name]);
    }
  });
}
