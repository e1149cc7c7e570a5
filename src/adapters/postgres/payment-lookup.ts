import { AssayError } from '../../domain/errors.ts';
import type { Log } from '../../projections/log.ts';
import { reading, sqlState } from './connection.ts';
import { layoutSchema } from './migrate.ts';
import { openPool } from './pool.ts';
import { storable } from './text.ts';

export interface PaymentLookup {
  /** A payment as it is shown and the place of its record in the log; undefined where nobody has written it here yet. Throws `unavailable`. */
  find(id: string): Promise<{ view: Record<string, unknown>; sequence: number } | undefined>;
  close(): Promise<void>;
}

const CONNECTIONS = 2;
/** Whoever asks while the database is away is not kept waiting each time. */
const AWAY_MS = 5_000;
/** No table, no schema: no server has been here yet. */
const NOTHING_YET = new Set(['42P01', '3F000']);

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
      const { rows } = await pool.query<{ view: Record<string, unknown>; sequence: string }>({
        name: 'payment_lookup',
        text: `SELECT v.view, v.sequence FROM ${schema}.ids i
          JOIN ${schema}.views v ON v.created_at = i.created_at AND v.sequence = i.sequence WHERE i.id = $1`,
        values: [storable(id)],
      });
      return rows[0] && { view: rows[0].view, sequence: Number(rows[0].sequence) };
    } catch (error) {
      if (NOTHING_YET.has(sqlState(error) ?? '')) return undefined;
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
