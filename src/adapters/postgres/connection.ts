import type pg from 'pg';
import { AssayError } from '../../domain/errors.ts';

/** Runs work on one connection. One that failed is thrown away, for who knows what state it is in. */
export async function withClient<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  // A break between two statements is reported by the next one.
  const ignore = () => {};
  client.on('error', ignore);
  let failed = true;
  try {
    const result = await work(client);
    failed = false;
    return result;
  } finally {
    client.removeListener('error', ignore);
    client.release(failed);
  }
}

/** All or nothing. */
export function inTransaction<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  return withClient(pool, async (client) => {
    await client.query('BEGIN');
    try {
      const result = await work(client);
      await client.query('COMMIT');
      return result;
    } catch (error) {
      // What it locked is free now, and not once the server has noticed that the connection is gone.
      if (sqlState(error) !== undefined || isRefusal(error)) await client.query('ROLLBACK').catch(() => {});
      throw error;
    }
  });
}

/** A read: an outage becomes `unavailable`; anything else is a bug and stays what it is. */
export async function reading<T>(work: () => PromiseLike<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw asUnavailable(error) ?? error;
  }
}

/** The AssayError for a database that is away, starting, stopping, full or too slow; else undefined. */
export function asUnavailable(error: unknown): AssayError | undefined {
  if (error instanceof AssayError) return error;
  const root = rootOf(error);
  const code = sqlState(error);
  if (code ? OUTAGE_STATES.test(code) : isNetworkFailure(root))
    return new AssayError('unavailable', `The database is away: ${root.message || root.code}.`, {
      retryAfterSeconds: 2,
    });
  // A page that fails its checksum, or an index that contradicts its table: the place is for the log, not for who asked.
  if (code !== undefined && DAMAGE_STATES.test(code))
    return Object.assign(new AssayError('unavailable', DAMAGED, { retryAfterSeconds: 3_600 }), { cause: root });
  return undefined;
}

const DAMAGE_STATES = /^XX00[12]$/;
const DAMAGED =
  'The database is damaged on disk where this lies, and the log says where; decisions go on. docs/reliability.md says how it is made again.';

/** The database, or the code that writes to it, does not take these very values: trying again is of no use. */
export function isRefusal(error: unknown): boolean {
  if (error instanceof TypeError || error instanceof RangeError) return true;
  return /^(21|22|23|54)/.test(sqlState(error) ?? '');
}

export function sqlState(error: unknown): string | undefined {
  const { code } = rootOf(error);
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && !code.startsWith('E') ? code : undefined;
}

// Connection (08), authorization and a database that is not there yet (28, 3D), read-only standby (25006), rollback (40),
// schema not yet made (3F, 42P01), resources (53), locks (55), operator and timeouts (57), system (58).
const OUTAGE_STATES = /^(08|28|3D|3F|25006|40|42P01|53|55|57|58)/;

const NETWORK_CODES = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH'],
  ...['ENETUNREACH', 'EHOSTDOWN', 'ENETDOWN', 'EADDRNOTAVAIL', 'ENOENT', 'EMFILE', 'ENFILE'],
]);
/** What the driver says, without a code, of a connection that broke, closed or kept silent. */
const DRIVER_WORDS =
  /^(Connection terminated|timeout exceeded when trying to connect|Query read timeout|timeout expired|Client has encountered a connection error|Client was closed|Cannot use a pool after)/;

function isNetworkFailure(error: Error & { code?: string }): boolean {
  if (error.code !== undefined) return NETWORK_CODES.has(error.code);
  return DRIVER_WORDS.test(error.message ?? '');
}

/** Drizzle wraps the driver's error; Node wraps those of several addresses. */
function rootOf(error: unknown): Error & { code?: string } {
  let root = error as Error & { code?: string; errors?: unknown[] };
  while (root?.cause instanceof Error) root = root.cause;
  if (root instanceof AggregateError && root.errors[0] instanceof Error) return root.errors[0];
  return root;
}

const NO_SUCH_TABLE = new Set(['42P01', '3F000']);

/** Whether the schema is not there: nobody has made it yet, or it was dropped to be filled anew. */
export function isWithoutTables(error: unknown): boolean {
  return NO_SUCH_TABLE.has(sqlState(error) ?? '');
}
