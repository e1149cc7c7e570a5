import type pg from 'pg';
import type { Clock } from '../../domain/clock.ts';
import type { Log } from '../../projections/log.ts';
import { withClient } from './connection.ts';
import { createPartitions, type Partitions, partitionDays } from './partitions.ts';
import { moment } from './text.ts';

const DAY_MS = 86_400_000;
/** How long a drop may keep readers waiting before it is put off. */
const LOCK_TIMEOUT_MS = 500;
const RETRY_MS = 10_000;

export interface Retention {
  /** 0 for ever. */
  days: number;
  partitions: Partitions;
  /** The first moment that is kept when the log stands at `at`: the start of a partition. Milliseconds. */
  horizonAt(at: number): number;
  /** Takes out ids of what is retired, somewhat more of them than records came. */
  freeIds(client: pg.ClientBase, horizon: number, records: number): Promise<void>;
  /** Drops partitions that lie before the horizon. Puts it off, and never throws, where others hold them. */
  sweep(pool: pg.Pool): Promise<void>;
}

/** Goes by the log's own time, so that a replay retires what was retired then; a record from the future moves nothing. */
export function createRetention(schema: string, days: number, clock: Clock, log: Log): Retention {
  const partitions = createPartitions(schema, partitionDays(days));
  const width = partitionDays(days) * DAY_MS;
  let horizon = Number.NEGATIVE_INFINITY;
  let notBefore = 0;

  return {
    days,
    partitions,

    horizonAt(at) {
      if (days === 0) return Number.NEGATIVE_INFINITY;
      return Math.floor((Math.min(at, clock()) - days * DAY_MS) / width) * width;
    },

    async freeIds(client, reached, records) {
      horizon = reached;
      await client.query({
        name: 'free_ids',
        text: `DELETE FROM ${schema}.ids WHERE id = ANY (ARRAY(
          SELECT id FROM ${schema}.ids WHERE created_at < $1 ORDER BY created_at LIMIT $2))`,
        values: [moment(reached), Math.max(100, 5 * records)],
      });
    },

    async sweep(pool) {
      if (!partitions.isRetired(horizon) || clock() < notBefore) return;
      try {
        await withClient(pool, async (client) => {
          await client.query(`BEGIN; SET LOCAL lock_timeout = ${LOCK_TIMEOUT_MS}`);
          const { rows } = await client.query(`SELECT horizon FROM ${schema}.meta`);
          await partitions.drop(client, Number(rows[0].horizon));
          await client.query('COMMIT');
        });
      } catch (error) {
        notBefore = clock() + RETRY_MS;
        log.warn({ reason: (error as Error).message }, 'partitions beyond the retention are not dropped yet');
      }
    },
  };
}
