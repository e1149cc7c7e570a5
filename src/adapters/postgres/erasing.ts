import pg from 'pg';
import { eraseView } from '../../domain/personal.ts';
import type { Log } from '../../projections/log.ts';
import type { ErasureStore } from '../../projections/store.ts';
import { reading } from './connection.ts';
import { storable } from './text.ts';

/** Tables that hold, or whose dead rows or statistics may hold, what says who someone is. */
const TABLES = [
  'views',
  'transactions',
  'names',
  'notes',
  'entity_notes',
  'audit',
  'users',
  'cases',
  'case_links',
  'answers',
];
/** What the values of these are names of people or of where they live. */
const ENTITIES = "('ip', 'network', 'email', 'mailbox')";
const ERASED = '(erased)';
/** Read, rewritten and written together. */
const VIEWS_AT_ONCE = 500;

export function createErasing(url: string, pool: pg.Pool, schema: string, log: Log): ErasureStore {
  /** A connection of its own: no limit of time, for tables are read whole and written anew. */
  async function alone<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
    const client = new pg.Client({ connectionString: url, application_name: 'assay erasure' });
    client.on('error', (error) => log.debug({ reason: error.message }, 'the connection of an erasure broke'));
    await client.connect();
    try {
      await client.query('SET statement_timeout = 0');
      return await work(client);
    } finally {
      await client.end();
    }
  }

  return {
    casesOf: (payments) =>
      reading(async () => {
        const { rows } = await pool.query(
          `WITH RECURSIVE of (id) AS (
             SELECT case_id FROM ${schema}.case_alerts WHERE transaction_id = ANY($1)
             UNION SELECT c.id FROM ${schema}.cases c JOIN of ON c.merged_into = of.id)
           SELECT id FROM of`,
          [payments.map(storable)],
        );
        return rows.map(({ id }) => id as string);
      }),
    paymentsOf: (key) =>
      reading(() =>
        alone(async (client) => {
          const { rows } = await client.query(
            `SELECT i.id FROM ${schema}.transaction_entities e JOIN ${schema}.ids i USING (created_at, sequence) WHERE e.key = $1`,
            [key],
          );
          return rows.map(({ id }) => id as string);
        }),
      ),
    erase: (found) =>
      reading(() =>
        alone(async (client) => {
          const payments = found.payments.map(storable);
          const [users, cases] = [found.users.map(storable), found.cases.map(storable)];
          const run = (text: string, values: unknown[]) => client.query(text.replaceAll('$schema', schema), values);
          await client.query('BEGIN');
          // The projection waits meanwhile: a row that it has read would come back.
          await client.query(`SELECT FROM ${schema}.meta FOR UPDATE`);
          await run(
            `DELETE FROM $schema.names n USING $schema.ids i, $schema.transaction_entities e
             WHERE i.id = ANY($1) AND e.created_at = i.created_at AND e.sequence = i.sequence AND n.key = e.key
               AND n.type IN ${ENTITIES}`,
            [payments],
          );
          for (let from = 0; from < payments.length; from += VIEWS_AT_ONCE) {
            const { rows } = await run(
              `SELECT v.created_at::text, v.sequence, v.view FROM $schema.views v JOIN $schema.ids i USING (created_at, sequence)
               WHERE i.id = ANY($1)`,
              [payments.slice(from, from + VIEWS_AT_ONCE)],
            );
            for (const { view } of rows) eraseView(view);
            await run(
              `UPDATE $schema.views v SET view = one.view FROM unnest($1::timestamptz[], $2::bigint[], $3::json[])
                 AS one (created_at, sequence, view)
               WHERE v.created_at = one.created_at AND v.sequence = one.sequence`,
              [
                rows.map((row) => row.created_at),
                rows.map((row) => row.sequence),
                rows.map((row) => JSON.stringify(row.view)),
              ],
            );
          }
          // What has no name any more is told from what has one by looking.
          await run(
            `UPDATE $schema.transactions t SET entity_types = NULL FROM $schema.ids i
             WHERE i.id = ANY($1) AND t.created_at = i.created_at AND t.sequence = i.sequence`,
            [payments],
          );
          await run('DELETE FROM $schema.entity_notes WHERE key = ANY($1)', [found.keys]);
          await run('DELETE FROM $schema.notes WHERE transaction_id = ANY($1) OR case_id = ANY($2)', [payments, cases]);
          await run(
            `UPDATE $schema.audit SET detail = (detail::jsonb - '{note,text,reason}'::text[])::json
             WHERE detail IS NOT NULL AND (transaction_id = ANY($1) OR case_id = ANY($2))`,
            [payments, cases],
          );
          await run('UPDATE $schema.cases SET note = NULL WHERE id = ANY($1) AND note IS NOT NULL', [cases]);
          await run(
            `UPDATE $schema.cases SET entity_value = '${ERASED}' WHERE id = ANY($1) AND entity_type IN ${ENTITIES}`,
            [cases],
          );
          await run(
            `UPDATE $schema.case_links SET value = '${ERASED}' WHERE case_id = ANY($1) AND type IN ${ENTITIES}`,
            [cases],
          );
          await run('DELETE FROM $schema.users WHERE id = ANY($1)', [users]);
          const named = [...payments, ...users, ...cases];
          await run(
            `DELETE FROM $schema.answers a USING unnest($1::text[]) AS one (id)
             WHERE strpos(a.answer::text, to_json(one.id)::text) > 0`,
            [named],
          );
          await client.query('COMMIT');
        }),
      ),
    reclaim: () =>
      reading(() =>
        alone(async (client) => {
          // What only an administrator of the server may do: on another's server it is theirs.
          const administer = (text: string) =>
            client.query(text).catch((error) => {
              log.warn({ reason: error.message, statement: text }, 'the database’s own traces stay until it does this');
            });
          // Statistics hold the commonest values of columns, and ANALYZE leaves a table that is empty now with those of before.
          await administer(`DELETE FROM pg_catalog.pg_statistic WHERE starelid IN
            (SELECT oid FROM pg_catalog.pg_class WHERE relnamespace = '${schema}'::regnamespace)`);
          for (const table of TABLES) await client.query(`VACUUM (FULL, ANALYZE) ${schema}.${table}`);
          for (const text of ['VACUUM FULL pg_statistic', 'SELECT pg_switch_wal()', 'CHECKPOINT', 'CHECKPOINT'])
            await administer(text);
        }),
      ),
  };
}
