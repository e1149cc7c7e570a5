import type pg from 'pg';
import type { Clock } from '../../domain/clock.ts';
import { LABEL_MATURITY_DAYS } from '../../domain/label-state.ts';
import type { Log } from '../../projections/log.ts';
import { type Applier, createApplier } from './apply.ts';
import type { OutcomeOf } from './fold-state.ts';
import { layoutSchema } from './migrate.ts';
import { openPool } from './pool.ts';
import { createRetention, type Retention } from './retention.ts';
import type { EntityNames } from './rows.ts';

/** What the projection goes by, wherever it runs: plain data. */
export interface ProjectionSettings {
  /** `postgres://user:password@host:port/database`, with `sslmode` and the like where needed. */
  url: string;
  /** Begins the name of the SQL schema, which is made where it does not exist. */
  namespace: string;
  /** Days that transactions are kept; 0, as by default, for ever. */
  retentionDays?: number;
  /** Days after which what was executed and not disputed is presumed legitimate. */
  labelMaturityDays?: number;
  entityTypes: readonly string[];
  /** For configured entity types, the field of the transaction that names them, such as `metadata.terminal`. */
  entityFields?: Readonly<Record<string, string>>;
  ipv6Prefix?: number;
}

export interface ProjectionPorts {
  clock: Clock;
  log: Log;
  /** What became of commands that are settled elsewhere, for the audit. */
  outcomeOf?: OutcomeOf;
}

/** The one that writes what people query. The schema is there already. */
export function createProjection(
  pool: pg.Pool,
  settings: ProjectionSettings,
  { clock, log, outcomeOf }: ProjectionPorts,
): { applier: Applier; retention: Retention; names: EntityNames } {
  const { retentionDays = 0, labelMaturityDays = LABEL_MATURITY_DAYS, entityTypes: types } = settings;
  const { entityFields: fields = {}, ipv6Prefix } = settings;
  const schema = layoutSchema(settings.namespace);
  const names: EntityNames = { types, fields, ...(ipv6Prefix === undefined ? {} : { ipv6Prefix }) };
  const retention = createRetention(schema, retentionDays, clock, log);
  return {
    applier: createApplier(pool, schema, names, retention, log, labelMaturityDays, outcomeOf),
    retention,
    names,
  };
}

/** The same with a connection of its own, for a thread that does nothing else. */
export function openProjection(settings: ProjectionSettings, ports: ProjectionPorts) {
  const pool = openPool(settings.url, ports.log, 1);
  return { ...createProjection(pool, settings, ports).applier, close: () => pool.end() };
}
