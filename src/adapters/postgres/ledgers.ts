import type pg from 'pg';
import type { LedgerPayment } from '../../domain/ledgers/payment.ts';
import { ledgerPayment } from '../../projections/ledger-payment.ts';
import type { LedgerQueries, TransactionView } from '../../projections/store.ts';
import { reading } from './connection.ts';
import { moment } from './text.ts';

/** Views that are read at a time: what is parsed in one go holds nobody up. */
const STEP = 1_000;

interface Row {
  created_at: Date;
  sequence: string;
  view: TransactionView;
}

export function createLedgerQueries(pool: pg.Pool, schema: string): LedgerQueries {
  const hand = (rows: Row[], visit: (payment: LedgerPayment) => void) => {
    for (const { view } of rows) {
      const payment = ledgerPayment(view);
      if (payment) visit(payment);
    }
  };

  /** Step by step in the order of the primary key, which partitions follow, so that each statement is short. */
  async function each(from: number, held: boolean, until: number, visit: (payment: LedgerPayment) => void) {
    let [at, sequence] = [moment(from), '-1'];
    const only = held ? `AND t.decision IN ('review', 'decline')` : '';
    for (;;) {
      const { rows } = await pool.query<Row>(
        `SELECT v.created_at, v.sequence, v.view FROM (
           SELECT t.created_at, t.sequence FROM ${schema}.transactions t
           WHERE (t.created_at, t.sequence) > ($1::timestamptz, $2::bigint) AND t.created_at >= $1 AND t.created_at < $3 ${only}
           ORDER BY t.created_at, t.sequence LIMIT ${STEP}) p
         JOIN ${schema}.views v ON v.created_at = p.created_at AND v.sequence = p.sequence
         ORDER BY v.created_at, v.sequence`,
        [at, sequence, moment(until)],
      );
      hand(rows, visit);
      const last = rows.at(-1);
      if (!last || rows.length < STEP) return;
      [at, sequence] = [last.created_at.toISOString(), last.sequence];
    }
  }

  return {
    decided: (from, heldFrom, visit) =>
      reading(async () => {
        if (heldFrom < from) await each(heldFrom, true, from, visit);
        await each(from, false, Number.POSITIVE_INFINITY, visit);
      }),

    disputed: (since, visit) =>
      reading(async () => {
        let after = '';
        for (;;) {
          // The audit finds them by when they were told, however old their payments are.
          const { rows: told } = await pool.query<{ id: string }>(
            `SELECT DISTINCT transaction_id AS id FROM ${schema}.audit
             WHERE type = 'dispute' AND at >= $1 AND transaction_id > $2 ORDER BY 1 LIMIT ${STEP}`,
            [moment(since), after],
          );
          const { rows } = await pool.query<Row>(
            `SELECT v.view FROM ${schema}.ids i
             JOIN ${schema}.views v ON v.created_at = i.created_at AND v.sequence = i.sequence
             WHERE i.id = ANY($1)`,
            [told.map(({ id }) => id)],
          );
          hand(rows, visit);
          if (told.length < STEP) return;
          after = told[told.length - 1].id;
        }
      }),
  };
}
