import type pg from 'pg';
import { entityKey } from '../../domain/entity.ts';
import type { Fold } from './fold-state.ts';
import { amountKey, type EntityNames, entityOfView, type TransactionRow } from './rows.ts';
import { moment, storable } from './text.ts';

/** Entities whose name is known to be written; one that is forgotten is written again, which changes nothing. */
const REMEMBERED = 200_000;
/** Of a name; what is longer is found by its beginning. */
export const SEARCHED = 100;

interface Name {
  key: number;
  type: string;
  value: string;
  search: string;
  day: string;
}

/** Writes the names of entities for searches: each once a day, for most of them come again. */
export interface NameWriter {
  /** Those of the rows that came; of those that went, what nobody has any more is taken out. */
  write(client: pg.PoolClient, fold: Pick<Fold, 'touched' | 'before' | 'transactions'>): Promise<void>;
  /** A batch begins behind that sequence: where that is not where the last one ended, another process was at work. */
  begin(applied: number): void;
  /** It committed, and ended there. */
  remember(applied: number): void;
}

export function createNameWriter(schema: string, names: EntityNames): NameWriter {
  const days = new Map<number, string>();
  /** By the batch that is under way. */
  const written = new Map<number, string>();
  let ended = -1;

  async function writeNames(client: pg.PoolClient, rows: TransactionRow[]): Promise<void> {
    const found = new Map<number, Name>();
    for (const row of rows) {
      const day = row.createdAt.slice(0, 10);
      const isKnown = (key: number) => (written.get(key) ?? days.get(key) ?? '') >= day;
      const amount = amountKey(row.view.amount);
      const user = entityKey('user', row.userId);
      if (isKnown(user) && row.entities.every((key) => key === amount || isKnown(key))) continue;
      for (const name of namesOf(row, day)) if (!isKnown(name.key)) found.set(name.key, name);
      // Rules that hit too, which have no name here.
      for (const key of [user, ...row.entities]) if (key !== amount && !isKnown(key)) written.set(key, day);
    }
    if (found.size === 0) return;
    await client.query({
      name: 'upsert_names',
      text: `INSERT INTO ${schema}.names AS known (key, type, value, search, day)
        SELECT key, type, value, search, day FROM json_to_recordset($1::json)
          AS r (key bigint, type text, value text, search text, day date) ORDER BY key
        ON CONFLICT (key) DO UPDATE SET day = excluded.day WHERE known.day < excluded.day`,
      values: [JSON.stringify([...found.values()])],
    });
  }

  function namesOf(row: TransactionRow, day: string): Name[] {
    return names.types.flatMap((type) => {
      const value = entityOfView(row.view, type, names);
      const key = entityKey(type, value);
      if (value === undefined || key === 0) return [];
      const search = value.toLowerCase().slice(0, SEARCHED);
      return [{ key, type, value: storable(value), search: storable(search), day }];
    });
  }

  async function removeNames(client: pg.PoolClient, rows: TransactionRow[]): Promise<void> {
    const users = [...new Set(rows.map(({ userId }) => userId))];
    const keys = [...new Set(rows.flatMap(({ entities }) => entities))];
    for (const key of [...keys, ...users.map((id) => entityKey('user', id))]) {
      days.delete(key);
      written.delete(key);
    }
    await client.query({
      name: 'remove_names',
      text: `DELETE FROM ${schema}.names n WHERE
        key = ANY($1) AND NOT EXISTS (SELECT FROM ${schema}.transaction_entities e WHERE e.key = n.key)
        OR key = ANY($2) AND NOT EXISTS (SELECT FROM ${schema}.transactions t WHERE t.user_id = n.value)`,
      values: [keys, users.map((id) => entityKey('user', id))],
    });
  }

  return {
    async write(client, { touched, before, transactions }) {
      const came: TransactionRow[] = [];
      const went: TransactionRow[] = [];
      for (const id of touched) {
        const [was, is] = [before.get(id), transactions.get(id)];
        const same = was && is && was.userId === is.userId && `${was.entities}` === `${is.entities}`;
        if (is && !same) came.push(is);
        if (was && !same) went.push(was);
      }
      await writeNames(client, came);
      if (went.length > 0) await removeNames(client, went);
    },
    begin(applied) {
      written.clear();
      if (applied !== ended) days.clear();
    },
    remember(applied) {
      if (days.size + written.size > REMEMBERED) days.clear();
      for (const [key, day] of written) days.set(key, day);
      written.clear();
      ended = applied;
    },
  };
}

/** Names that no payment has which is kept, and notes of before. */
export async function dropNames(client: pg.PoolClient, schema: string, horizon: number): Promise<void> {
  const from = moment(horizon);
  await client.query(`DELETE FROM ${schema}.names WHERE day < $1::date`, [from.slice(0, 10)]);
  await client.query(`DELETE FROM ${schema}.notes WHERE at < $1`, [from]);
}
