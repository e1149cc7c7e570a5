import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import type { Log } from '../../projections/log.ts';
import type { Partitions } from './partitions.ts';
import { takeOver } from './take-over.ts';

/** Any number that no one else locks by: processes that start together migrate one after the other. */
const LOCK = 4_157_741;
/** How long to wait for another process that migrates; then the database counts as away, and is asked again. */
const LOCK_WAIT_MS = 10_000;
/** How long a change may keep the others waiting who read and write the table. */
const TABLE_LOCK_WAIT_MS = 2_000;

const FOLDER = join(import.meta.dirname, 'migrations');

/**
 * The SQL schema of a namespace. Its number goes up where tables change so that the version before could not go on with
 * them: that one keeps its own schema, and docs/decisions/0013 says how the new one is filled.
 */
export function layoutSchema(namespace: string): string {
  return `${namespace}_layout2`;
}

export interface MigrateOptions {
  folder?: string;
  /** No other process uses the database: what the layout before left is dropped, and the journal fills the new one. */
  isAlone?: boolean;
  /** Makes the partitions that rows need; where it is absent nothing is taken over from the layout before. */
  partitions?: Partitions;
}

/** Brings the schema to the newest version: each file of `folder` once, in order of name, all or nothing. */
export async function migrate(url: string, namespace: string, log: Log, options: MigrateOptions = {}): Promise<void> {
  const { folder = FOLDER } = options;
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .sort();
  const schema = layoutSchema(namespace);
  await withOwnClient(url, async (client) => {
    await client.query('BEGIN');
    // A crash may take the newest rows, which the journal replays, but not the tables.
    await client.query(`SET LOCAL synchronous_commit = on; SET LOCAL lock_timeout = ${LOCK_WAIT_MS}`);
    await client.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
    await client.query(`SET LOCAL lock_timeout = ${TABLE_LOCK_WAIT_MS}`);
    await client.query(`CREATE SCHEMA IF NOT EXISTS ${schema}`);
    await client.query(
      `CREATE TABLE IF NOT EXISTS ${schema}.migrations (name text PRIMARY KEY, at timestamptz NOT NULL DEFAULT now())`,
    );
    const { rows } = await client.query<{ name: string }>(`SELECT name FROM ${schema}.migrations`);
    const done = new Set(rows.map(({ name }) => name));
    const unknown = [...done].filter((name) => !files.includes(name));
    if (unknown.length > 0) log.warn({ schema, migrations: unknown }, 'a newer Assay has migrated this database');
    for (const name of files) {
      if (done.has(name)) continue;
      await client.query(readFileSync(join(folder, name), 'utf8').replaceAll('{schema}', schema));
      await client.query(`INSERT INTO ${schema}.migrations (name) VALUES ($1)`, [name]);
    }
    if (options.isAlone) await client.query(`DROP SCHEMA IF EXISTS ${namespace} CASCADE`);
    await client.query('COMMIT');
    if (options.partitions) await takeOver(client, namespace, schema, options.partitions, log);
  });
}

/**
 * What `migrate` would do, and what it did not know: files that are to come, and those that a newer release has run. Changes nothing.
 * `isNew`: nothing is there yet.
 */
export async function pendingMigrations(
  url: string,
  namespace: string,
): Promise<{ isNew: boolean; pending: string[]; unknown: string[] }> {
  const files = readdirSync(FOLDER)
    .filter((name) => name.endsWith('.sql'))
    .sort();
  let done: Set<string> | undefined;
  await withOwnClient(url, async (client) => {
    const table = `${layoutSchema(namespace)}.migrations`;
    const { rows } = await client.query('SELECT to_regclass($1) IS NOT NULL AS known', [table]);
    if (!rows[0].known) return;
    const { rows: names } = await client.query<{ name: string }>(`SELECT name FROM ${table}`);
    done = new Set(names.map(({ name }) => name));
  });
  const known = done ?? new Set<string>();
  return {
    isNew: done === undefined,
    pending: files.filter((name) => !known.has(name)),
    unknown: [...known].filter((name) => !files.includes(name)),
  };
}

/** A connection without the pool's limits of time. What did not commit is undone when it ends. */
async function withOwnClient(url: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'assay migration',
    connectionTimeoutMillis: 3_000,
    keepAlive: true,
  });
  client.on('error', () => {});
  try {
    await client.connect();
    await work(client);
  } finally {
    await client.end().catch(() => {});
  }
}
