import type pg from 'pg';

const DAY_MS = 86_400_000;
const MAX_DAYS = 28;
/** Tables that grow with time: each has one partition for each span, so a span goes as a whole. */
const TABLES = ['transactions', 'views', 'transaction_entities', 'tallies', 'audit'];

/** Years 1 to 9999. */
const [FIRST, LAST] = [-62_135_596_800_000, 253_402_300_800_000];

/** Milliseconds; `ends` is not included. */
interface Span {
  starts: number;
  ends: number;
}

export interface Partitions {
  /** Makes what is missing for rows of these times. The caller holds the lock of `meta`. */
  hold(client: pg.ClientBase, times: Iterable<number>): Promise<void>;
  /** Whether some lie before the horizon as a whole. */
  isRetired(horizon: number): boolean;
  /** Drops those, all or nothing; the caller decides how long a lock may take. */
  drop(client: pg.ClientBase, horizon: number): Promise<void>;
  /** After a transaction that failed: what it made is not there. */
  forget(): void;
}

/** About an eighth of what is kept, so that there are few partitions and little is kept longer than asked. */
export function partitionDays(retentionDays: number): number {
  return retentionDays === 0 ? MAX_DAYS : Math.min(MAX_DAYS, Math.ceil(retentionDays / 8));
}

export function createPartitions(schema: string, days: number): Partitions {
  const width = days * DAY_MS;
  let known: Span[] | undefined;
  const covers = (time: number) => known?.some(({ starts, ends }) => starts <= time && time < ends);

  async function load(client: pg.ClientBase): Promise<Span[]> {
    const { rows } = await client.query(`SELECT starts, ends FROM ${schema}.partitions ORDER BY starts`);
    return rows.map(({ starts, ends }) => ({ starts: Number(starts), ends: Number(ends) }));
  }

  return {
    async hold(client, times) {
      for (const time of times) {
        if (covers(time)) continue;
        if (!(time >= FIRST && time < LAST)) throw new RangeError(`${time} is no time that the database keeps.`);
        known = await load(client);
        if (covers(time)) continue;
        const span = between(known, time, width);
        await create(client, schema, span);
        known.push(span);
      }
    },

    isRetired: (horizon) => known?.some(({ ends }) => ends <= horizon) ?? false,

    async drop(client, horizon) {
      const spans = (await load(client)).filter(({ ends }) => ends <= horizon);
      if (spans.length > 0) {
        const names = spans.flatMap(({ starts }) => TABLES.map((table) => partitionName(schema, table, starts)));
        await client.query(`DROP TABLE ${names.join(', ')}`);
        await client.query(`DELETE FROM ${schema}.partitions WHERE ends <= $1`, [horizon]);
      }
      known = undefined;
    },

    forget() {
      known = undefined;
    },
  };
}

/** The span of a time, cut where it would reach into one of another width, made before the retention was changed. */
function between(spans: Span[], time: number, width: number): Span {
  const starts = Math.floor(time / width) * width;
  return {
    starts: Math.max(FIRST, starts, ...spans.filter(({ ends }) => ends <= time).map(({ ends }) => ends)),
    ends: Math.min(starts + width, ...spans.filter((span) => span.starts > time).map((span) => span.starts)),
  };
}

function partitionName(schema: string, table: string, starts: number): string {
  return `${schema}.${table}_${new Date(starts).toISOString().slice(0, 10).replaceAll('-', '')}`;
}

/** Made by itself and then attached: that locks out neither those who read the table nor those who write it. */
async function create(client: pg.ClientBase, schema: string, { starts, ends }: Span): Promise<void> {
  const [from, to] = [starts, ends].map((ms) => new Date(ms).toISOString());
  const statements = TABLES.map((table) => {
    const name = partitionName(schema, table, starts);
    // Rows are written once for the most part: vacuumed early, index scans need not look at them.
    return `CREATE TABLE ${name} (LIKE ${schema}.${table} INCLUDING ALL)
        WITH (autovacuum_vacuum_insert_scale_factor = 0.05, autovacuum_vacuum_scale_factor = 0.05);
      ALTER TABLE ${schema}.${table} ATTACH PARTITION ${name} FOR VALUES FROM ('${from}') TO ('${to}')`;
  });
  await client.query(
    `${statements.join(';\n')};
     INSERT INTO ${schema}.partitions VALUES (${starts}, ${ends})`,
  );
}
