import type pg from 'pg';
import { canonicalEntity, entityKey, formerKeys } from '../../domain/entity.ts';
import { amountsIn, wordsIn } from '../../domain/search.ts';
import type { SearchHit, TransactionView, UserQueries } from '../../projections/store.ts';
import { reading } from './connection.ts';
import { SEARCHED } from './names-write.ts';
import { amountKey, type EntityNames } from './rows.ts';
import { restored, storable } from './text.ts';
import { newestSql, placesOfKeys } from './walk.ts';

/**
 * How much of what begins with a text is looked at for the newest: of names, and of ids, of which the last come first; and how many users for
 * what no index narrows down.
 */
const LOOKED_AT = { names: 1_000, kept: 100, ids: 200, users: 10_000 };

type Rows = (text: string, values: unknown[]) => Promise<Record<string, unknown>[]>;
type Found = SearchHit & { isExact?: boolean };

/** What a text may mean, each by an index of its own; newest first, and what is named exactly so is always among it. */
export function createSearch(pool: pg.Pool, schema: string, names: EntityNames, users: UserQueries) {
  const rows: Rows = async (text, values) => (await pool.query(text, values)).rows;

  return (q: string, limit: number): Promise<SearchHit[]> =>
    reading(async () => {
      const exact = exactly(q, names);
      const found = await Promise.all([
        entities(rows, schema, q, exact),
        registered(users, q, limit),
        byId(rows, schema, q, limit),
        byAmount(rows, schema, q, limit),
        cases(rows, schema, q, exact, limit),
        notes(rows, schema, q, limit),
      ]);
      return newestOf(found.flat(), limit);
    });
}

function newestOf(found: Found[], limit: number): SearchHit[] {
  const hits = new Map<string, Found>();
  for (const hit of found) {
    const name = `${hit.type} ${hit.id}`;
    const known = hits.get(name);
    // A user who is registered and has paid is one.
    const both = known && { isExact: known.isExact || hit.isExact, at: [known.at, hit.at].sort()[1] };
    hits.set(name, { ...known, ...hit, ...both });
  }
  const newest = (a: Found, b: Found) => (a.at === b.at ? 0 : a.at < b.at ? 1 : -1);
  const all = [...hits.values()].sort(newest);
  const chosen = [...all.filter(({ isExact }) => isExact), ...all.filter(({ isExact }) => !isExact)].slice(0, limit);
  return chosen.sort(newest).map(({ isExact: _, ...hit }) => hit);
}

interface Exact {
  key: number;
  type: string;
  value: string;
}

/** The entities that a text may name, of each type in its one spelling. */
function exactly(q: string, { types, ipv6Prefix }: EntityNames): Exact[] {
  return types.flatMap((type) => {
    const value = canonicalEntity(type, q, ipv6Prefix);
    return [entityKey(type, value), ...formerKeys(type, value)].map((key) => ({ key, type, value }));
  });
}

async function entities(rows: Rows, schema: string, q: string, exact: Exact[]): Promise<Found[]> {
  const [from, to] = beginning(q.toLowerCase().slice(0, SEARCHED));
  const found = await rows(
    `WITH began AS MATERIALIZED (
       SELECT key, type, value FROM (
         SELECT key, type, value, day FROM ${schema}.names WHERE search >= $1 AND search < $2
         ORDER BY search LIMIT ${LOOKED_AT.names}
       ) n ORDER BY day DESC LIMIT ${LOOKED_AT.kept}
     ), meant (key, type, value, exact) AS (
       SELECT *, true FROM unnest($3::bigint[], $4::text[], $5::text[])
       UNION ALL SELECT key, type, value, false FROM began
     )
     SELECT type, value, exact, x.at FROM meant, LATERAL (
       SELECT created_at AS at FROM ${schema}.transaction_entities e WHERE e.key = meant.key
       ORDER BY created_at DESC, sequence DESC LIMIT 1) x WHERE type <> 'user'
     UNION ALL
     SELECT type, value, exact, x.at FROM meant, LATERAL (
       SELECT created_at AS at FROM ${schema}.transactions t WHERE t.user_id = meant.value
       ORDER BY created_at DESC, sequence DESC LIMIT 1) x WHERE type = 'user'`,
    [from, to, exact.map(({ key }) => key), exact.map(({ type }) => type), exact.map(({ value }) => storable(value))],
  );
  return found.map(({ type, value, exact: isExact, at }) => {
    const id = restored(String(value));
    return { type: String(type), id, title: id, at: iso(at), isExact: isExact === true };
  });
}

async function registered(users: UserQueries, q: string, limit: number): Promise<Found[]> {
  const { data } = await users.list({ q, newest: LOOKED_AT.users }, { limit });
  return data.map(({ id, name, email, createdAt }) => ({
    ...{ type: 'user', id, title: name, email, at: createdAt },
    isExact: id === q || email.toLowerCase() === q.toLowerCase(),
  }));
}

/** Of an id's beginning those that come last in order, for most ids grow with time. */
async function byId(rows: Rows, schema: string, q: string, limit: number): Promise<Found[]> {
  const found = await rows(
    `SELECT v.view FROM (
       SELECT * FROM (SELECT created_at, sequence FROM ${schema}.ids WHERE id >= $1 AND id < $2
         ORDER BY id DESC LIMIT ${LOOKED_AT.ids}) i ORDER BY created_at DESC LIMIT $3
     ) i JOIN ${schema}.views v ON v.created_at = i.created_at AND v.sequence = i.sequence
     UNION ALL
     SELECT v.view FROM ${schema}.ids i
     JOIN ${schema}.views v ON v.created_at = i.created_at AND v.sequence = i.sequence WHERE i.id = $4`,
    [...beginning(q), limit, storable(q)],
  );
  return found.map(({ view }) => transactionHit(view as TransactionView, q));
}

async function byAmount(rows: Rows, schema: string, q: string, limit: number): Promise<Found[]> {
  const { amounts, currency } = amountsIn(q);
  if (amounts.length === 0) return [];
  const values: unknown[] = [];
  const keyed = placesOfKeys(schema, amounts.map(amountKey), (value) => `$${values.push(value)}`);
  // Of one currency they are picked out of all.
  const newest = newestSql(keyed, [], currency === undefined ? limit : limit * 4);
  const found = await rows(
    `SELECT v.view FROM (${newest}) e JOIN ${schema}.views v ON v.created_at = e.created_at AND v.sequence = e.sequence`,
    values,
  );
  const views = found.map(({ view }) => view as TransactionView);
  return views
    .filter((view) => currency === undefined || view.currency === currency)
    .map((view) => transactionHit(view, q));
}

function transactionHit(view: TransactionView, q: string): Found {
  const { id, userId, type, amount, currency, decision, score, status, createdAt } = view;
  const what = typeof amount === 'number' ? `${amount} ${currency}` : String(type);
  return {
    ...{ type: 'transaction', id, title: `${what} by ${userId}`, at: createdAt, isExact: id === q },
    ...{ userId, amount, currency, decision, score, status },
  };
}

/** By their id, and those with an entity of that name. */
async function cases(rows: Rows, schema: string, q: string, exact: Exact[], limit: number): Promise<Found[]> {
  const columns = 'id, entity_type, entity_value, transactions, status, last_alert_at, assignee';
  const found = await rows(
    `SELECT ${columns} FROM (SELECT * FROM (
       SELECT ${columns} FROM ${schema}.cases WHERE id >= $1 AND id < $2 ORDER BY id DESC LIMIT ${LOOKED_AT.ids}
     ) c WHERE transactions > 0 ORDER BY last_alert_at DESC LIMIT $3) c
     UNION
     SELECT ${columns} FROM (
       SELECT c.* FROM unnest($4::bigint[], $5::text[]) AS k (key, type)
       JOIN ${schema}.case_links l ON l.key = k.key AND l.type = k.type JOIN ${schema}.cases c ON c.id = l.case_id
       WHERE c.transactions > 0 ORDER BY c.last_alert_at DESC LIMIT $3
     ) c`,
    [...beginning(q), limit, exact.map(({ key }) => key), exact.map(({ type }) => type)],
  );
  return found.map((row) => {
    const id = restored(String(row.id));
    const name = row.entity_value === '' ? 'a name that was erased' : restored(String(row.entity_value));
    const count = Number(row.transactions);
    return {
      ...{ type: 'case', id, title: `${row.entity_type} ${name}, ${count} ${count === 1 ? 'payment' : 'payments'}` },
      ...{ at: iso(row.last_alert_at), status: row.status, assignee: row.assignee && restored(String(row.assignee)) },
      isExact: id === q,
    };
  });
}

async function notes(rows: Rows, schema: string, q: string, limit: number): Promise<Found[]> {
  const words = wordsIn(q);
  if (words.length === 0) return [];
  const found = await rows(
    `(SELECT sequence, at, transaction_id, case_id, text, NULL AS type, NULL AS value FROM ${schema}.notes
      WHERE words @@ to_tsquery('simple', $1) ORDER BY at DESC LIMIT $2)
     UNION ALL (SELECT sequence, at, NULL, NULL, text, type, value FROM ${schema}.entity_notes
      WHERE words @@ to_tsquery('simple', $1) ORDER BY at DESC LIMIT $2)`,
    [words.map((word) => `'${word}':*`).join(' & '), limit],
  );
  return found.map((row) => ({
    ...{ type: 'note', id: `note_${row.sequence}`, title: restored(String(row.text)).slice(0, 200), at: iso(row.at) },
    ...(row.transaction_id ? { transactionId: restored(String(row.transaction_id)) } : {}),
    ...(row.case_id ? { caseId: restored(String(row.case_id)) } : {}),
    ...(row.type ? { entity: { type: row.type, id: restored(String(row.value)) } } : {}),
  }));
}

/** The range of texts that begin so, as code points are ordered. */
function beginning(text: string): [from: string, to: string] {
  return [storable(text), `${storable(text)}\u{10ffff}`];
}

function iso(at: unknown): string {
  return (at as Date).toISOString();
}
