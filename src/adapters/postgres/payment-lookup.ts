import { AssayError } from '../../domain/errors.ts';
import type { Log } from '../../projections/log.ts';
import { isWithoutTables, reading } from './connection.ts';
import { layoutSchema } from './migrate.ts';
import { openPool } from './pool.ts';
import { viewById } from './transactions.ts';

export interface PaymentLookup {
  /** A payment as it is shown and the place of its record in the log; undefined where nobody has written it here yet. Throws `unavailable`. */
  find(id: string): Promise<{ view: Record<string, unknown>; sequence: number } | undefined>;
  close(): Promise<void>;
}

const CONNECTIONS = 2;
/** Whoever asks while the database is away is not kept waiting each time. */
const AWAY_MS = 5_000;

/** What a process that writes nothing into PostgreSQL asks of it. */
export function openPaymentLookup({
  url,
  namespace,
  log,
}: {
  url: string;
  namespace: string;
  log: Log;
}): PaymentLookup {
  const schema = layoutSchema(namespace);
  const pool = openPool(url, log, CONNECTIONS);
  let away: { until: number; error: AssayError } | undefined;

  async function ask(id: string) {
    try {
      return await viewById(pool, schema, id);
    } catch (error) {
      if (isWithoutTables(error)) return undefined;
      throw error;
    }
  }

  return {
    async find(id) {
      if (away && performance.now() < away.until) throw away.error;
      try {
        const found = await reading(() => ask(id));
        away = undefined;
        return found;
      } catch (error) {
        if (error instanceof AssayError) away = { until: performance.now() + AWAY_MS, error };
        throw error;
      }
    },
    close: () => pool.end(),
  };
}
