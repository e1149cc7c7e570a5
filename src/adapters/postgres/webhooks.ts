import type pg from 'pg';
import { WEBHOOK_TYPES } from '../../domain/webhook.ts';
import type { Progress, WebhookStore, WebhookView } from '../../projections/webhooks/store.ts';
import { reading } from './connection.ts';
import { restored, storable } from './text.ts';

const PROGRESS = `position, failures, failing_since, next_attempt_at, last_success_at, last_error, last_error_at, paused_at`;

/** Webhooks and how far each was told. Who holds one goes by the database's clock, so that processes need not agree on theirs. */
export function createWebhookStore(pool: pg.Pool, schema: string): WebhookStore {
  const table = `${schema}.webhooks`;
  const views = async (condition: string, values: unknown[]) => {
    const { rows } = await pool.query(
      `SELECT id, url, types, description, created_at, updated_at, ${PROGRESS} FROM ${table}
      WHERE ${condition} ORDER BY sequence`,
      values,
    );
    return rows.map(viewOf);
  };

  return {
    list: () => reading(() => views('true', [])),
    get: (id) => reading(async () => (await views('id = $1', [storable(id)]))[0]),
    target: (id) =>
      reading(async () => {
        const { rows } = await pool.query(`SELECT id, url, secret FROM ${table} WHERE id = $1`, [storable(id)]);
        return rows[0] && targetOf(rows[0]);
      }),

    hold: (holder, leaseMs) =>
      reading(async () => {
        const { rows } = await pool.query(
          `UPDATE ${table} SET holder = $1, held_until = clock_timestamp() + $2 * interval '1 ms'
          WHERE paused_at IS NULL AND (holder IS NULL OR holder = $1 OR held_until < clock_timestamp())
          RETURNING id, url, secret, types, changed, ${PROGRESS}`,
          [holder, leaseMs],
        );
        const paused = await pool.query(`SELECT count(*)::int AS count FROM ${table} WHERE paused_at IS NOT NULL`);
        const held = rows.map((row) => ({
          ...targetOf(row),
          types: row.types ?? WEBHOOK_TYPES,
          changed: Number(row.changed),
          progress: progressOf(row),
        }));
        return { held, paused: paused.rows[0].count };
      }),

    save: (holder, { id, changed, progress }) =>
      reading(async () => {
        const unchanged = (column: string, place: number) =>
          `${column} = CASE WHEN changed = $3 THEN $${place} ELSE ${column} END`;
        const { rowCount } = await pool.query({
          name: 'save_webhook',
          text: `UPDATE ${table} SET position = $4, last_success_at = $5, last_error = $6, last_error_at = $7,
              ${unchanged('failures', 8)}, ${unchanged('failing_since', 9)}, ${unchanged('next_attempt_at', 10)},
              ${unchanged('paused_at', 11)}, holder = CASE WHEN $11 IS NULL THEN holder END
            WHERE id = $1 AND holder = $2`,
          values: [storable(id), holder, changed, ...columnsOf(progress)],
        });
        return rowCount === 1;
      }),

    release: (holder) =>
      reading(async () => {
        await pool.query(`UPDATE ${table} SET holder = NULL WHERE holder = $1`, [holder]);
      }),
  };
}

function columnsOf(progress: Progress): unknown[] {
  const { position, failures, lastError } = progress;
  const at = (ms: number | null) => (ms === null ? null : new Date(ms));
  return [
    ...[position, at(progress.lastSuccessAt), storable(lastError)],
    ...[at(progress.lastErrorAt), failures, at(progress.failingSince), at(progress.nextAttemptAt)],
    at(progress.pausedAt),
  ];
}

// biome-ignore lint/suspicious/noExplicitAny: a row as the driver gives it.
type Row = any;

function targetOf({ id, url, secret }: Row) {
  return { id: restored(id), url: restored(url), secret: restored(secret) };
}

function progressOf(row: Row): Progress {
  const ms = (at: Date | null) => at?.getTime() ?? null;
  return {
    ...{ position: Number(row.position), failures: row.failures },
    ...{ failingSince: ms(row.failing_since), nextAttemptAt: ms(row.next_attempt_at) },
    ...{ lastSuccessAt: ms(row.last_success_at), lastErrorAt: ms(row.last_error_at), pausedAt: ms(row.paused_at) },
    lastError: restored(row.last_error),
  };
}

function viewOf(row: Row): WebhookView {
  const { position: seq, failures, lastError, ...progress } = progressOf(row);
  const iso = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString());
  return {
    id: restored(row.id),
    url: restored(row.url),
    types: row.types ?? WEBHOOK_TYPES,
    description: restored(row.description),
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    delivery: {
      state: progress.pausedAt !== null ? 'paused' : failures > 0 ? 'failing' : 'delivering',
      ...{ seq, failures, lastError },
      ...{ failingSince: iso(progress.failingSince), nextAttemptAt: iso(progress.nextAttemptAt) },
      ...{ lastSuccessAt: iso(progress.lastSuccessAt), lastErrorAt: iso(progress.lastErrorAt) },
      pausedAt: iso(progress.pausedAt),
    },
  };
}
