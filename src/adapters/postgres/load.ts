import type pg from 'pg';
import type { JournalRecord } from '../../journal/journal.ts';
import { loadCases } from './cases-load.ts';
import type { Fold } from './fold.ts';
import type { TransactionRow } from './rows.ts';
import { restored, storable } from './text.ts';
import { emailKey, type UserRow } from './users-fold.ts';

/** Reads what the records refer to. A plain decision's own id is left out unless `loadAll`: it is new but for bugs. */
export async function loadState(
  client: pg.PoolClient,
  schema: string,
  fold: Fold,
  records: JournalRecord[],
  loadAll: boolean,
): Promise<void> {
  const ids = new Set<string>();
  const userIds = new Set<string>();
  const emails = new Set<string>();
  for (const record of records) {
    const { data, personal, type, key } = record;
    if (typeof data.transactionId === 'string') ids.add(data.transactionId);
    if ((type === 'decision' || type === 'intake') && (loadAll || key.startsWith('d:'))) {
      const id = (data.transaction as { id?: unknown } | undefined)?.id;
      if (typeof id === 'string') ids.add(id);
    }
    if (!type.startsWith('user.')) continue;
    if (typeof data.userId === 'string') userIds.add(data.userId);
    if (typeof personal?.email === 'string') emails.add(emailKey(personal.email));
  }
  if (ids.size > 0) await loadTransactions(client, schema, fold, [...ids]);
  if (userIds.size > 0) await loadUsers(client, schema, fold, [...userIds], [...emails]);
  await loadCases(client, schema, fold.cases, records, fold.names.types);
}

async function loadTransactions(client: pg.PoolClient, schema: string, fold: Fold, ids: string[]): Promise<void> {
  const { rows } = await client.query({
    name: 'load_transactions',
    text: `SELECT t.*, v.view FROM ${schema}.transactions t JOIN ${schema}.views v ON v.id = t.view_id
      WHERE t.id = ANY($1)`,
    values: [ids.map(storable)],
  });
  for (const row of rows) {
    const loaded: TransactionRow = {
      id: restored(row.id),
      sequence: Number(row.sequence),
      createdAt: row.created_at.toISOString(),
      userId: restored(row.user_id),
      status: row.status,
      decision: row.decision,
      score: row.score,
      probability: row.probability,
      currency: restored(row.currency),
      amountMinor: Number(row.amount_minor),
      minorDigits: row.minor_digits,
      latencyUs: row.latency_us,
      label: row.label,
      deleted: row.deleted,
      entities: row.entities.map(Number),
      reasons: row.reasons?.map(restored) ?? null,
      viewId: Number(row.view_id),
      model: row.model,
      country: row.country === null ? null : restored(row.country),
      view: row.view,
    };
    fold.transactions.set(loaded.id, loaded);
  }
}

async function loadUsers(client: pg.PoolClient, schema: string, fold: Fold, ids: string[], emails: string[]) {
  const { rows } = await client.query({
    name: 'load_users',
    text: `SELECT * FROM ${schema}.users WHERE id = ANY($1) OR email_key = ANY($2)`,
    values: [ids.map(storable), emails.map(storable)],
  });
  for (const row of rows) {
    const user: UserRow = {
      id: restored(row.id),
      sequence: Number(row.sequence),
      name: restored(row.name),
      email: restored(row.email),
      createdAt: row.created_at.toISOString(),
      updatedAt: row.updated_at.toISOString(),
    };
    fold.users.set(user.id, user);
    fold.emails.set(emailKey(user.email), user.id);
  }
}
