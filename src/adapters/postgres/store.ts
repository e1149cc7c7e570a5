import { LABEL_MATURITY_DAYS } from '../../domain/label-state.ts';
import type { QueryStore } from '../../projections/store.ts';
import { createAuditQueries } from './audit.ts';
import { createCaseQueries } from './cases.ts';
import { asUnavailable, isWithoutTables, reading } from './connection.ts';
import { createCustomerQueries } from './customers.ts';
import { createDesk } from './desk.ts';
import { createEntityNotes } from './entity-notes.ts';
import { createErasing } from './erasing.ts';
import { createLedgerQueries } from './ledgers.ts';
import { createLinks } from './links.ts';
import { layoutSchema, migrate } from './migrate.ts';
import { openPool } from './pool.ts';
import { createProjection, type ProjectionPorts, type ProjectionSettings } from './projection.ts';
import { createSavedViews } from './saved-views.ts';
import { createSearch } from './search.ts';
import { restored } from './text.ts';
import { createTransactionQueries } from './transactions.ts';
import { createUserQueries } from './users.ts';
import { createWebhookStore } from './webhooks.ts';

export interface StoreOptions extends ProjectionSettings, ProjectionPorts {
  /** No other process uses this database. */
  isAlone?: boolean;
  /** Connections, at most; 8 by default. */
  poolSize?: number;
  /** What totals are in; USD by default. */
  baseCurrency?: string;
}

export interface RebuildableStore extends QueryStore {
  /** Drops everything; the schema is made again when it is next needed. */
  rebuild(): Promise<void>;
}

/**
 * The query store on PostgreSQL. Resolves though the database is away: the schema is then made when it first answers,
 * and until then everything throws `AssayError('unavailable')`. Throws where the options make no sense.
 */
export async function openStore(options: StoreOptions): Promise<RebuildableStore> {
  const { url, namespace, log, clock, labelMaturityDays = LABEL_MATURITY_DAYS } = options;
  if (!/^[a-z_][a-z0-9_]{0,40}$/.test(namespace)) throw new Error(`${namespace} is no name for an SQL schema`);
  const schema = layoutSchema(namespace);
  const pool = openPool(url, log, options.poolSize ?? 8);
  const maturity = { clock, days: labelMaturityDays };
  const { applier, retention, names } = createProjection(pool, options, options);
  const users = createUserQueries(pool, schema);

  let migrated: Promise<void> | undefined;
  const ready = () =>
    (migrated ??= migrate(url, namespace, log, { isAlone: options.isAlone, partitions: retention.partitions }).catch(
      (error) => {
        migrated = undefined;
        throw error;
      },
    ));
  const position = async () => {
    await ready();
    const { rows } = await pool.query(`SELECT applied, applied_key FROM ${schema}.meta`).catch((error) => {
      // Dropped under us, to be filled anew: made again at the next attempt.
      if (isWithoutTables(error)) migrated = undefined;
      throw error;
    });
    const [{ applied, applied_key: key }] = rows;
    return { sequence: Number(applied), key: key === null ? undefined : restored(key) };
  };

  await ready().catch((error) => {
    // An outage is told by whoever asks next.
    if (asUnavailable(error)) return;
    void pool.end();
    throw error;
  });

  return {
    position: () => reading(position),
    applied: () => reading(async () => (await position()).sequence),
    apply: (records) =>
      reading(async () => {
        await ready();
        return applier.apply(records);
      }),
    answer: (sequence) =>
      reading(async () => {
        const { rows } = await pool.query(`SELECT answer FROM ${schema}.answers WHERE sequence = $1`, [sequence]);
        return rows[0]?.answer;
      }),
    transactions: createTransactionQueries(pool, schema, names, maturity, options.baseCurrency ?? 'USD'),
    users,
    customers: createCustomerQueries(pool, schema),
    links: createLinks(pool, schema, names, clock),
    search: createSearch(pool, schema, names, users),
    cases: createCaseQueries(pool, schema, maturity),
    audit: createAuditQueries(pool, schema),
    ledgers: createLedgerQueries(pool, schema),
    savedViews: createSavedViews(pool, schema),
    desk: createDesk(pool, schema),
    entityNotes: createEntityNotes(pool, schema, names),
    webhooks: createWebhookStore(pool, schema),
    erasing: createErasing(url, pool, schema, log),
    ping: () =>
      reading(async () => {
        await pool.query('SELECT 1');
      }),
    rebuild: () =>
      reading(async () => {
        migrated = undefined;
        await pool.query(`DROP SCHEMA IF EXISTS ${schema} CASCADE`);
      }),
    close: () => pool.end(),
  };
}
