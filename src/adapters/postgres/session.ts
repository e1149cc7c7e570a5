import type pg from 'pg';

/**
 * The limits of time that a session has, and whether it is one: behind a pooler such as PgBouncer each transaction may be carried
 * out by another server process. So nothing is asked for in the startup message, which poolers refuse; who is at the other end
 * is found out by the number of the process, and behind a pooler limits are set within each transaction, and statements have no name.
 */
const TIMEOUTS = ['statement_timeout', 'idle_in_transaction_session_timeout'];

/** For the pool's `onConnect`: resolves once the connection may be used. */
export async function beginSession(client: pg.ClientBase, timeoutMs: number): Promise<void> {
  const { processID } = client as pg.ClientBase & { processID: number };
  const isOwn = `pg_backend_pid() = ${Number(processID)}`;
  const limits = TIMEOUTS.map((name) => `CASE WHEN ${isOwn} THEN set_config('${name}', '${timeoutMs}', false) END`);
  const { rows } = await client.query(`SELECT ${isOwn} AS own, ${limits.join(', ')}`);
  if (!rows[0].own) behindPooler(client, timeoutMs);
}

const BEGIN = /^BEGIN\b[^;]*/;

/** The pool's client and this file alone know of it: every query takes this way. */
function behindPooler(client: pg.ClientBase, timeoutMs: number): void {
  const query = client.query.bind(client) as (config: unknown, ...more: unknown[]) => unknown;
  const limits = TIMEOUTS.map((name) => `SET LOCAL ${name} = ${timeoutMs}`).join('; ');
  const pooled = (config: unknown): unknown => {
    if (typeof config === 'string') return config.replace(BEGIN, (begin) => `${begin}; ${limits}`);
    if (typeof config !== 'object' || config === null || !('name' in config)) return config;
    const { name: _, ...unnamed } = config;
    return unnamed;
  };
  Object.assign(client, { query: (config: unknown, ...more: unknown[]) => query(pooled(config), ...more) });
}
