import type pg from 'pg';
import type { Fold } from './fold.ts';
import { storable } from './text.ts';
import { emailKey } from './users-fold.ts';

/** Rows travel as one JSON parameter: one statement and one plan whatever their number. */
function rowsFrom(definition: string): string {
  return `json_to_recordset($1::json) AS r(${definition})`;
}

export async function writeTransactions(client: pg.PoolClient, schema: string, fold: Fold): Promise<void> {
  const rows = [...fold.updated].map((id) => {
    const row = fold.transactions.get(id)!;
    return {
      ...row,
      id: storable(row.id),
      userId: storable(row.userId),
      currency: storable(row.currency),
      country: row.country === null ? null : storable(row.country),
      entities: `{${row.entities.join(',')}}`,
      reasons: row.reasons?.map(storable) ?? null,
      view: undefined,
    };
  });
  await client.query({
    name: 'update_transactions',
    text: `UPDATE ${schema}.transactions t SET
        sequence = r.sequence, created_at = r."createdAt", user_id = r."userId", status = r.status,
        decision = r.decision, score = r.score, probability = r.probability, currency = r.currency,
        amount_minor = r."amountMinor", minor_digits = r."minorDigits", latency_us = r."latencyUs", label = r.label,
        deleted = r.deleted, entities = r.entities::bigint[], reasons = r.reasons,
        model = r.model, country = r.country
      FROM ${rowsFrom(`id text, sequence bigint, "createdAt" timestamptz, "userId" text, status text, decision text,
        score smallint, probability double precision, currency text, "amountMinor" bigint, "minorDigits" smallint,
        "latencyUs" integer, label text, deleted boolean, entities text, reasons text[], model text,
        country text`)}
      WHERE t.id = r.id`,
    values: [JSON.stringify(rows)],
  });
  // As text within the JSON, so that its bytes reach the column as they are.
  const views = [...fold.updated].map((id) => fold.transactions.get(id)!);
  await client.query({
    name: 'update_views',
    text: `UPDATE ${schema}.views v SET view = r.view::json FROM ${rowsFrom('id bigint, view text')} WHERE v.id = r.id`,
    values: [JSON.stringify(views.map(({ viewId, view }) => ({ id: viewId, view: JSON.stringify(view) })))],
  });
  const deleted = rows.filter((row) => row.deleted).map(({ id }) => id);
  if (deleted.length > 0) await client.query(`DELETE FROM ${schema}.labels WHERE transaction_id = ANY($1)`, [deleted]);
}

export async function writeLabels(client: pg.PoolClient, schema: string, fold: Fold): Promise<void> {
  const rows = fold.labels.map((label) => ({
    ...label,
    id: storable(label.id),
    transactionId: storable(label.transactionId),
    note: label.note === null ? null : storable(label.note),
  }));
  await client.query({
    name: 'insert_labels',
    text: `INSERT INTO ${schema}.labels (id, sequence, transaction_id, label, source, note, occurred_at, recorded_at)
      SELECT id, sequence, "transactionId", label, source, note, "occurredAt", "recordedAt"
      FROM ${rowsFrom(`id text, sequence bigint, "transactionId" text, label text, source text, note text,
        "occurredAt" timestamptz, "recordedAt" timestamptz`)}
      ON CONFLICT (id) DO NOTHING`,
    values: [JSON.stringify(rows)],
  });
}

export async function writeUsers(client: pg.PoolClient, schema: string, fold: Fold): Promise<void> {
  const gone = [...fold.touchedUsers].filter((id) => !fold.users.has(id));
  if (gone.length > 0) await client.query(`DELETE FROM ${schema}.users WHERE id = ANY($1)`, [gone.map(storable)]);
  const rows = [...fold.touchedUsers]
    .filter((id) => fold.users.has(id))
    .map((id) => {
      const user = fold.users.get(id)!;
      return {
        ...user,
        id: storable(id),
        name: storable(user.name),
        email: storable(user.email),
        emailKey: storable(emailKey(user.email)),
      };
    });
  if (rows.length === 0) return;
  await client.query({
    name: 'upsert_users',
    text: `INSERT INTO ${schema}.users (id, sequence, name, email, email_key, created_at, updated_at)
      SELECT id, sequence, name, email, "emailKey", "createdAt", "updatedAt"
      FROM ${rowsFrom(`id text, sequence bigint, name text, email text, "emailKey" text, "createdAt" timestamptz,
        "updatedAt" timestamptz`)}
      ON CONFLICT (id) DO UPDATE SET sequence = excluded.sequence, name = excluded.name, email = excluded.email,
        email_key = excluded.email_key, created_at = excluded.created_at, updated_at = excluded.updated_at`,
    values: [JSON.stringify(rows)],
  });
}

export async function writeAnswers(client: pg.PoolClient, schema: string, fold: Fold): Promise<void> {
  const answers = fold.answers.map((row) => ({ ...row, answer: JSON.stringify(row.answer) }));
  await client.query({
    name: 'insert_answers',
    text: `INSERT INTO ${schema}.answers (sequence, at, answer) SELECT sequence, at, answer::json
      FROM ${rowsFrom('sequence bigint, at timestamptz, answer text')}`,
    values: [JSON.stringify(answers)],
  });
  for (const { sequence, type, reason } of fold.rejected)
    await client.query(`INSERT INTO ${schema}.rejected (sequence, type, reason) VALUES ($1, $2, $3)`, [
      sequence,
      storable(type),
      storable(reason),
    ]);
}
