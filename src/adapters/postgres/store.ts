import { eq } from 'drizzle-orm';
import type { Clock } from '../../domain/clock.ts';
import { LABEL_MATURITY_DAYS } from '../../domain/label-state.ts';
import type { Log } from '../../projections/log.ts';
import type { QueryStore } from '../../projections/store.ts';
import { createApplier } from './apply.ts';
import { createAuditQueries } from './audit.ts';
import { createCaseQueries } from './cases.ts';
import { asUnavailable, connect, reading, sqlState } from './connection.ts';
import { createErasing } from './erasing.ts';
import type { OutcomeOf } from './fold-state.ts';
import { createLedgerQueries } from './ledgers.ts';
import { createLinks } from './links.ts';
import { layoutSchema, migrate } from './migrate.ts';
import { createRetention } from './retention.ts';
import type { EntityNames } from './rows.ts';
import { tablesIn } from './schema.ts';
import { createSearch } from './search.ts';
import { restored } from './text.ts';
import { createTransactionQueries } from './transactions.ts';
import { createUserQueries } from './users.ts';
import { createWebhookStore } from './webhooks.ts';

const NO_SUCH_TABLE = new Set(['42P01', '3F000']);

export interface StoreOptions {
  /** `postgres://user:password@host:port/database`, with `sslmode` and the like where needed. */
  url: string;
  /** Begins the name of the SQL schema, which is made where it does not exist. */
  namespace: string;
  clock: Clock;
  /** Days that transactions are kept; 0, as by default, for ever. */
  retentionDays?: number;
  /** Days after which what was executed and not disputed is presumed legitimate. */
  labelMaturityDays?: number;
  /** No other process uses this database. */
  isAlone?: boolean;
  /** Connections, at most. */
  poolSize?: number;
  entityTypes: readonly string[];
  /** For configured entity types, the field of the transaction that names them, such as `metadata.terminal`. */
  entityFields?: Readonly<Record<string, string>>;
  ipv6Prefix?: number;
  /** What totals are in; USD by default. */
  baseCurrency?: string;
  /** What became of commands that are settled elsewhere, for the audit. */
  outcomeOf?: OutcomeOf;
  log: Log;
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
  const { url, namespace, log, clock, retentionDays = 0, labelMaturityDays = LABEL_MATURITY_DAYS } = options;
  if (!/^[a-z_][a-z0-9_]{0,40}$/.test(namespace)) throw new Error(`${namespace} is no name for an SQL schema`);
  const schema = layoutSchema(namespace);
  const connection = connect(url, log, options.poolSize);
  const { pool, db } = connection;
  const tables = tablesIn(schema);
  const { entityTypes: types, entityFields: fields = {}, ipv6Prefix } = options;
  const names: EntityNames = { types, fields, ...(ipv6Prefix === undefined ? {} : { ipv6Prefix }) };
  const maturity = { clock, days: labelMaturityDays };
  const retention = createRetention(schema, retentionDays, clock, log);
  const applier = createApplier(pool, schema, names, retention, log, labelMaturityDays, options.outcomeOf);

  const users = createUserQueries(connection, tables);

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
    const [row] = await db
      .select()
      .from(tables.meta)
      .catch((error) => {
        // Dropped under us, to be filled anew: made again at the next attempt.
        if (NO_SUCH_TABLE.has(sqlState(error) ?? '')) migrated = undefined;
        throw error;
      });
    return { sequence: row.applied, key: row.appliedKey === null ? undefined : restored(row.appliedKey) };
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
        const { answers } = tables;
        const [row] = await db.select({ answer: answers.answer }).from(answers).where(eq(answers.sequence, sequence));
        return row?.answer;
      }),
    transactions: createTransactionQueries(pool, schema, names, maturity, options.baseCurrency ?? 'USD'),
    users,
    links: createLinks(pool, schema, names, clock),
    search: createSearch(pool, schema, names, users),
    cases: createCaseQueries(pool, schema, maturity),
    audit: createAuditQueries(pool, schema),
    ledgers: createLedgerQueries(pool, schema),
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
