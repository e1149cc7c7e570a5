import type pg from 'pg';
import { SLOTS } from '../../projections/feed-events.ts';
import { restored, storable } from './text.ts';
import type { WebhookFold, WebhookRow } from './webhooks-fold.ts';

export async function loadWebhooks(client: pg.PoolClient, schema: string, fold: WebhookFold): Promise<void> {
  const { rows } = await client.query(
    `SELECT id, sequence, changed, url, types, description, secret, created_at, updated_at FROM ${schema}.webhooks`,
  );
  for (const row of rows) {
    const webhook: WebhookRow = {
      ...{ id: restored(row.id), sequence: Number(row.sequence), changed: Number(row.changed) },
      ...{ url: restored(row.url), types: row.types, secret: restored(row.secret) },
      description: restored(row.description),
      ...{ createdAt: row.created_at.toISOString(), updatedAt: row.updated_at.toISOString() },
    };
    fold.rows.set(webhook.id, webhook);
  }
}

/** Leaves how far each got to whoever delivers; a new one begins behind its own record. */
export async function writeWebhooks(client: pg.PoolClient, schema: string, fold: WebhookFold): Promise<void> {
  for (const id of fold.touched) {
    const row = fold.rows.get(id);
    if (row) await writeWebhook(client, schema, row);
    else await client.query(`DELETE FROM ${schema}.webhooks WHERE id = $1`, [storable(id)]);
  }
  if (fold.resumed.size > 0)
    await client.query(
      `UPDATE ${schema}.webhooks SET paused_at = NULL, failures = 0, failing_since = NULL WHERE id = ANY($1)`,
      [[...fold.resumed].map(storable)],
    );
  for (const [id, seq] of fold.told)
    await client.query(`UPDATE ${schema}.webhooks SET position = greatest(position, $2) WHERE id = $1`, [
      storable(id),
      seq,
    ]);
}

async function writeWebhook(client: pg.PoolClient, schema: string, row: WebhookRow): Promise<void> {
  const { sequence, changed, types, createdAt, updatedAt } = row;
  const description = storable(row.description);
  const texts = [storable(row.id), storable(row.url), types, description, storable(row.secret)];
  await client.query(
    `INSERT INTO ${schema}.webhooks
      (id, url, types, description, secret, sequence, changed, created_at, updated_at, position)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
    ON CONFLICT (id) DO UPDATE SET url = excluded.url, types = excluded.types, description = excluded.description,
      changed = excluded.changed, updated_at = excluded.updated_at, next_attempt_at = NULL`,
    [...texts, sequence, changed, createdAt, updatedAt, sequence * SLOTS + SLOTS - 1],
  );
}
