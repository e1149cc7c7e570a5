import type pg from 'pg';
import type { JournalRecord } from '../../journal/journal.ts';
import { loadCases } from './cases-load.ts';
import { COLUMNS } from './copy.ts';
import { isOfDesk, loadDesk } from './desk.ts';
import { loadEntityNotes } from './entity-notes.ts';
import type { Fold } from './fold-state.ts';
import { standingColumns, type TransactionRow } from './rows.ts';
import { loadSavedViews } from './saved-views.ts';
import { restored, storable } from './text.ts';
import { emailKey, type UserRow, writtenKey } from './users-fold.ts';
import { loadWebhooks } from './webhooks-write.ts';

/** Reads what the records refer to. A plain decision's own id is left out unless `loadAll`: it is new but for bugs. */
export async function loadState(
  client: pg.PoolClient,
  schema: string,
  fold: Fold,
  records: JournalRecord[],
  { loadAll, wholeCases }: { loadAll: boolean; wholeCases: ReadonlySet<string> },
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
    if (typeof personal?.email === 'string') emails.add(emailKey(personal.email)).add(writtenKey(personal.email));
  }
  if (ids.size > 0) await loadTransactions(client, schema, fold, [...ids]);
  if (userIds.size > 0) await loadUsers(client, schema, fold, [...userIds], [...emails]);
  if (records.some(({ type }) => type.startsWith('webhook.'))) await loadWebhooks(client, schema, fold.webhooks);
  if (records.some(({ type }) => type === 'view')) await loadSavedViews(client, schema, fold.savedViews);
  if (records.some(isOfDesk)) await loadDesk(client, schema, fold.desk);
  await loadEntityNotes(client, schema, fold.entityNotes, records);
  await loadCases(client, schema, fold.cases, records, { types: fold.names.types, whole: wholeCases });
}

/** Named and not `*`: a plan that is kept does not outlive a column that a newer version adds. */
const OWN = COLUMNS.filter((column) => !['id', 'created_at', 'sequence'].includes(column));

async function loadTransactions(client: pg.PoolClient, schema: string, fold: Fold, ids: string[]): Promise<void> {
  const { rows } = await client.query({
    name: 'load_transactions',
    text: `SELECT ${OWN.map((column) => `t.${column}`)}, v.view, i.id AS own_id, i.created_at AS own_created_at, i.sequence AS own_sequence
      FROM ${schema}.ids i
      LEFT JOIN ${schema}.transactions t ON t.created_at = i.created_at AND t.sequence = i.sequence
      LEFT JOIN ${schema}.views v ON v.created_at = i.created_at AND v.sequence = i.sequence
      WHERE i.id = ANY($1)`,
    values: [ids.map(storable)],
  });
  for (const row of rows) {
    const id = restored(row.own_id);
    const place = { createdAt: row.own_created_at.toISOString(), sequence: Number(row.own_sequence) };
    fold.placed.set(id, place);
    if (row.own_created_at.getTime() < fold.horizon) continue;
    fold.taken.set(id, place);
    if (row.view === null) continue;
    const loaded: TransactionRow = {
      ...{ id, ...place },
      userId: restored(row.user_id),
      status: row.status,
      decision: row.decision,
      score: row.score,
      probability: row.probability,
      currency: restored(row.currency),
      amountMinor: Number(row.amount_minor),
      minorDigits: row.minor_digits,
      latencyUs: row.latency_us,
      // Those of a release before are read from its view.
      ...standingColumns(row.view),
      entities: row.entities.map(Number),
      reasons: row.reasons?.map(restored) ?? null,
      model: restored(row.model),
      country: restored(row.country),
      view: row.view,
    };
    fold.before.set(id, loaded);
    fold.transactions.set(id, loaded);
  }
}

async function loadUsers(client: pg.PoolClient, schema: string, fold: Fold, ids: string[], emails: string[]) {
  const { rows } = await client.query({
    name: 'load_users',
    text: `SELECT id, sequence, name, email, created_at, updated_at FROM ${schema}.users WHERE id = ANY($1) OR email_key = ANY($2)`,
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
