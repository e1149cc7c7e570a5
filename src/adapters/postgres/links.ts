import type pg from 'pg';
import { canonicalEntity, entityKey, formerKeys } from '../../domain/entity.ts';
import { effective, voicesFrom } from '../../domain/label.ts';
import { statementsIn } from '../../projections/life.ts';
import { type LinkedEntity, type LinkingPayments, type Links, walkLinks } from '../../projections/links.ts';
import type { LinksQuery, TransactionView } from '../../projections/store.ts';
import { reading } from './connection.ts';
import { amountKey, type EntityNames, entityOfView } from './rows.ts';
import { moment, restored, storable } from './text.ts';

/** Of an entity: how many of its newest payments are read, and how many are counted. */
const READ = 200;
const COUNTED = 1_000;
const MAX_NODES = 300;
const TIME_MS = 1_000;

interface Row {
  place: number;
  created_at: Date;
  sequence: string;
  user_id: string;
  entities: string[];
  amount_minor: string;
  minor_digits: number;
  label: string | null;
  told: { labels?: { recordedAt: string }[]; disputes?: { history: { recordedAt: string }[] }[] } | null;
}

/** Walks from an entity by the keys of payments, which need not be read whole. */
export function createLinks(pool: pg.Pool, schema: string, names: EntityNames, now: () => number) {
  return ({ type, id, depth, at, hub, types = names.types }: LinksQuery): Promise<Links> =>
    reading(async () => {
      const began = now();
      const start = { type, id: canonicalEntity(type, id, names.ipv6Prefix) };
      const reader = createReader(pool, schema, names, at);
      const isWanted = (entity: LinkedEntity) => types.includes(entity.type);
      const load = async (of: LinkedEntity[]) => {
        const found = await reader(of);
        return found.map(({ payments, count }) => ({
          payments: payments.map((payment) => ({ ...payment, entities: payment.entities.filter(isWanted) })),
          count,
        }));
      };
      return walkLinks(start, load, { depth, hub, maxNodes: MAX_NODES, isLate: () => now() - began > TIME_MS });
    });
}

function createReader(pool: pg.Pool, schema: string, names: EntityNames, at: number | undefined) {
  /** What keys name; undefined: none of an entity, as those of rules. */
  const known = new Map<number, LinkedEntity | undefined>();
  const until = at === undefined ? 'infinity' : moment(at);
  // Labels as they were then are told by what was said by then.
  const told =
    at === undefined ? 'NULL::json' : `json_build_object('labels', v.view->'labels', 'disputes', v.view->'disputes')`;
  const columns = `p.place, t.created_at, t.sequence, t.user_id, t.entities, t.amount_minor, t.minor_digits, t.label, ${told} AS told`;
  const views =
    at === undefined ? '' : `JOIN ${schema}.views v ON v.created_at = t.created_at AND v.sequence = t.sequence`;
  const newest = (from: string, where: string, limit: number) =>
    `SELECT created_at, sequence FROM ${schema}.${from} WHERE ${where} AND created_at <= $3
     ORDER BY created_at DESC, sequence DESC LIMIT ${limit}`;
  const ofUsers = newest('transactions', 'user_id = f.id', READ + 1);
  const ofOthers = newest('transaction_entities', 'key = f.key', READ + 1);

  async function read(of: LinkedEntity[]): Promise<Row[][]> {
    const keys = of.flatMap((entity, place) => keysOf(entity).map((key) => ({ key, place })));
    const users = of.flatMap(({ type, id }, place) => (type === 'user' ? [{ id: storable(id), place }] : []));
    const query = async (rest: string, lists: unknown[][]) =>
      (
        await pool.query<Row>(
          `SELECT ${columns} FROM (${rest}) p
           JOIN ${schema}.transactions t ON t.created_at = p.created_at AND t.sequence = p.sequence ${views}
           ORDER BY p.place, t.created_at DESC, t.sequence DESC`,
          [...lists, until],
        )
      ).rows;
    const places = (list: { place: number }[]) => list.map(({ place }) => place);
    const [byUser, byKey] = await Promise.all([
      query(`SELECT f.place, n.* FROM unnest($1::text[], $2::int[]) AS f (id, place), LATERAL (${ofUsers}) n`, [
        users.map(({ id }) => id),
        places(users),
      ]),
      query(
        `SELECT DISTINCT f.place, n.* FROM unnest($1::bigint[], $2::int[]) AS f (key, place), LATERAL (${ofOthers}) n`,
        [keys.map(({ key }) => key), places(keys)],
      ),
    ]);
    const rows: Row[][] = of.map(() => []);
    for (const row of [...byUser, ...byKey]) rows[row.place].push(row);
    return rows;
  }

  async function count(entity: LinkedEntity): Promise<number> {
    const isUser = entity.type === 'user';
    const from = isUser ? `transactions WHERE user_id = $1` : `transaction_entities WHERE key = ANY($1)`;
    const { rows } = await pool.query(
      `SELECT count(*) AS count FROM (SELECT FROM ${schema}.${from} AND created_at <= $2 LIMIT ${COUNTED}) t`,
      [isUser ? storable(entity.id) : keysOf(entity), until],
    );
    return Number(rows[0].count);
  }

  /** Names of keys: as they were written down, else as a payment that has them tells. */
  async function learn(rows: Row[]): Promise<void> {
    const asked = new Map<number, Row>();
    for (const row of rows) for (const key of keysIn(row)) if (!known.has(key) && !asked.has(key)) asked.set(key, row);
    if (asked.size === 0) return;
    const { rows: written } = await pool.query(`SELECT key, type, value FROM ${schema}.names WHERE key = ANY($1)`, [
      [...asked.keys()],
    ]);
    for (const { key, type, value } of written) known.set(Number(key), { type, id: restored(value) });
    const rest = new Map<string, Row>();
    for (const [key, row] of asked) if (!known.has(key)) rest.set(row.sequence, row);
    if (rest.size > 0) await learnFromViews([...rest.values()]);
    for (const key of asked.keys()) if (!known.has(key)) known.set(key, undefined);
  }

  async function learnFromViews(rows: Row[]): Promise<void> {
    const { rows: found } = await pool.query<{ view: TransactionView }>(
      `SELECT v.view FROM unnest($1::timestamptz[], $2::bigint[]) AS r (created_at, sequence)
       JOIN ${schema}.views v ON v.created_at = r.created_at AND v.sequence = r.sequence`,
      [rows.map((row) => row.created_at), rows.map(({ sequence }) => sequence)],
    );
    for (const { view } of found)
      for (const type of names.types) {
        const id = entityOfView(view, type, names);
        if (id !== undefined && id !== '') known.set(entityKey(type, id), { type, id });
      }
  }

  return async (of: LinkedEntity[]): Promise<LinkingPayments[]> => {
    const rows = await read(of);
    await learn(rows.flat());
    return Promise.all(
      of.map(async (entity, place) => {
        const own = rows[place];
        return {
          payments: own.slice(0, READ).map((row) => ({
            name: row.sequence,
            entities: [
              { type: 'user', id: restored(row.user_id) },
              ...keysIn(row).flatMap((key) => known.get(key) ?? []),
            ],
            isFraud: at === undefined ? row.label === 'fraud' : wasFraud(row, at),
          })),
          count: own.length > READ ? await count(entity) : own.length,
        };
      }),
    );
  };
}

const keysOf = ({ type, id }: LinkedEntity): number[] =>
  type === 'user' ? [] : [entityKey(type, id), ...formerKeys(type, id)];

/** Without that of its amount, which joins nobody. */
function keysIn({ entities, amount_minor: minor, minor_digits: digits }: Row): number[] {
  const amount = amountKey(Number(minor) / 10 ** digits);
  return entities.map(Number).filter((key) => key !== amount);
}

/** By what was said up to then. */
function wasFraud({ told }: Row, at: number): boolean {
  const by = ({ recordedAt }: { recordedAt: string }) => Date.parse(recordedAt) <= at;
  const labels = (told?.labels ?? []).filter(by);
  const disputes = (told?.disputes ?? []).map((dispute) => ({ ...dispute, history: dispute.history.filter(by) }));
  const view = { labels, disputes } as unknown as TransactionView;
  return effective(voicesFrom(statementsIn(view)))?.label === 'fraud';
}
