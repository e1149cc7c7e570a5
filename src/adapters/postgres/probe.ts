import pg from 'pg';
import { layoutSchema } from './migrate.ts';

export interface DatabaseProbe {
  version: string;
  /** Its clock, milliseconds. */
  at: number;
  /** Newest migration of the namespace; undefined where it has no tables yet. */
  migration: string | undefined;
  /** Whether the role may make what is missing. */
  mayCreate: boolean;
}

/** Asks a database once, and changes nothing. Rejects where it cannot be reached. */
export async function probeDatabase(url: string, namespace: string, limitMs: number): Promise<DatabaseProbe> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'assay doctor',
    connectionTimeoutMillis: limitMs,
    query_timeout: limitMs,
  });
  // A connection that breaks while it waits is told by the query.
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query<{ version: string; at: string; create: boolean; here: boolean }>(
      `SELECT current_setting('server_version') AS version, extract(epoch FROM clock_timestamp()) * 1000 AS at,
        has_database_privilege(current_database(), 'CREATE') AS create, to_regclass($1) IS NOT NULL AS here`,
      [`${layoutSchema(namespace)}.migrations`],
    );
    const [{ version, at, create, here }] = rows;
    const newest = here
      ? await client.query<{ name: string }>(`SELECT max(name) AS name FROM ${layoutSchema(namespace)}.migrations`)
      : undefined;
    return { version, at: Number(at), migration: newest?.rows[0].name, mayCreate: create };
  } finally {
    await client.end().catch(() => {});
  }
}
