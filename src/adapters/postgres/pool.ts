import pg from 'pg';
import type { Log } from '../../projections/log.ts';
import { beginSession } from './session.ts';

const STATEMENT_TIMEOUT_MS = 10_000;

/** A pool that outlives outages: a connection that breaks is replaced when next needed. */
export function openPool(url: string, log: Log, poolSize: number): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: poolSize,
    application_name: 'assay',
    connectionTimeoutMillis: 3_000,
    // Whoever reads a page finds connections that know the tables; before clouds drop what is silent, after four minutes or more.
    idleTimeoutMillis: 180_000,
    keepAlive: true,
    // Of statements, and of a process that was cut off while it held the offset, which the others wait for.
    onConnect: (client) => beginSession(client, STATEMENT_TIMEOUT_MS),
    // Ours, for a network that swallows packets and lets no error come back.
    query_timeout: STATEMENT_TIMEOUT_MS + 5_000,
  });
  // Without a listener a broken idle connection would end the process.
  pool.on('error', (error) => log.debug({ reason: error.message }, 'an idle PostgreSQL connection broke'));
  return pool;
}
