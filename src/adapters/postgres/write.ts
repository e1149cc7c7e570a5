import type pg from 'pg';
import { COLUMNS, copyEntityLines, copyIdLine, copyIn, copyLine, copyViewLine } from './copy.ts';
import type { Fold } from './fold-state.ts';
import type { TransactionRow } from './rows.ts';
import { floorTo, MINUTE_MS } from './tallies.ts';
import { count, emptyTally, type Tally } from './tally.ts';
import { storable } from './text.ts';
import { emailKey, searchText } from './users-fold.ts';

/** Rows travel as one JSON parameter: one statement and one plan whatever their number. */
function rowsFrom(definition: string): string {
  return `json_to_recordset($1::json) AS r(${definition})`;
}

/** A transaction that changed is taken out and put in again, for a place of its rows may lie in another partition. */
export async function writeTransactions(client: pg.PoolClient, schema: string, fold: Fold): Promise<void> {
  const gone: TransactionRow[] = [];
  let [lines, views, entities] = ['', '', ''];
  for (const id of fold.touched) {
    const [before, after] = [fold.before.get(id), fold.transactions.get(id)];
    if (before) gone.push(before);
    if (!after) continue;
    lines += copyLine(after, fold.names);
    views += copyViewLine(after);
    entities += copyEntityLines(after);
  }
  await removeTransactions(client, schema, gone);
  await writeIds(client, schema, fold);
  if (lines === '') return;
  await copyIn(client, `COPY ${schema}.transactions (${COLUMNS.join(',')}) FROM STDIN`, lines);
  await copyIn(client, `COPY ${schema}.views (created_at, sequence, view) FROM STDIN`, views);
  await copyIn(client, `COPY ${schema}.transaction_entities (key, created_at, sequence) FROM STDIN`, entities);
}

async function removeTransactions(client: pg.PoolClient, schema: string, rows: TransactionRow[]): Promise<void> {
  if (rows.length === 0) return;
  const places = [rows.map(({ createdAt }) => createdAt), rows.map(({ sequence }) => sequence)];
  for (const table of ['transactions', 'views'])
    await client.query({
      name: `remove_${table}`,
      text: `DELETE FROM ${schema}.${table} t USING unnest($1::timestamptz[], $2::bigint[]) AS r (created_at, sequence)
        WHERE t.created_at = r.created_at AND t.sequence = r.sequence`,
      values: places,
    });
  const named = rows.flatMap((row) => row.entities.map((key) => ({ key, row })));
  await client.query({
    name: 'remove_entities',
    text: `DELETE FROM ${schema}.transaction_entities t
      USING unnest($1::bigint[], $2::timestamptz[], $3::bigint[]) AS r (key, created_at, sequence)
      WHERE t.key = r.key AND t.created_at = r.created_at AND t.sequence = r.sequence`,
    values: [named.map(({ key }) => key), named.map(({ row }) => row.createdAt), named.map(({ row }) => row.sequence)],
  });
}

async function writeIds(client: pg.PoolClient, schema: string, fold: Fold): Promise<void> {
  let fresh = '';
  const moved: { id: string; createdAt: string; sequence: number }[] = [];
  for (const id of fold.touched) {
    const [before, after] = [fold.placed.get(id), fold.taken.get(id)];
    if (!after) continue;
    if (!before) fresh += copyIdLine(id, after);
    else if (before.createdAt !== after.createdAt || before.sequence !== after.sequence)
      moved.push({ id: storable(id), ...after });
  }
  if (fresh !== '') await copyIn(client, `COPY ${schema}.ids (id, created_at, sequence) FROM STDIN`, fresh);
  if (moved.length > 0)
    await client.query({
      name: 'move_ids',
      text: `UPDATE ${schema}.ids i SET created_at = r."createdAt", sequence = r.sequence
        FROM ${rowsFrom('id text, "createdAt" timestamptz, sequence bigint')} WHERE i.id = r.id`,
      values: [JSON.stringify(moved)],
    });
}

/** What the touched transactions add to each minute, and take from it. */
export function tallyChanges(fold: Fold): Map<number, Tally> {
  const changes = new Map<number, Tally>();
  const note = (row: TransactionRow | undefined, times: 1 | -1) => {
    if (!row) return;
    const minute = floorTo(Date.parse(row.createdAt), MINUTE_MS);
    let tally = changes.get(minute);
    if (!tally) changes.set(minute, (tally = emptyTally()));
    count(tally, row, times);
  };
  for (const id of fold.touched) {
    note(fold.before.get(id), -1);
    note(fold.transactions.get(id), 1);
  }
  return changes;
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
        search: searchText(user),
      };
    });
  if (rows.length === 0) return;
  await client.query({
    name: 'upsert_users',
    text: `INSERT INTO ${schema}.users (id, sequence, name, email, email_key, search, created_at, updated_at)
      SELECT id, sequence, name, email, "emailKey", search, "createdAt", "updatedAt"
      FROM ${rowsFrom(`id text, sequence bigint, name text, email text, "emailKey" text, search text,
        "createdAt" timestamptz, "updatedAt" timestamptz`)}
      ON CONFLICT (id) DO UPDATE SET sequence = excluded.sequence, name = excluded.name, email = excluded.email,
        email_key = excluded.email_key, search = excluded.search, created_at = excluded.created_at, updated_at = excluded.updated_at`,
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
