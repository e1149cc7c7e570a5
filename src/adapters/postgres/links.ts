import type pg from 'pg';
import { canonicalEntity, entityKey, formerKeys } from '../../domain/entity.ts';
import { effective, voicesFrom } from '../../domain/label.ts';
import { statementsIn } from '../../projections/life.ts';
import {
  type LinkedEntity,
  type LinkingPayment,
  type LinkingPayments,
  type Links,
  walkLinks,
} from '../../projections/links.ts';
import type { LinksQuery, TransactionView } from '../../projections/store.ts';
import { reading } from './connection.ts';
import { amountKey, type EntityNames, entityOfView } from './rows.ts';
import { moment, restored, storable } from './text.ts';

/** Of an entity: how many of its newest payments are read, and how many are counted. */
const READ = 200;
const COUNTED = 1_000;
/** Payments of one walk that are looked up, each by itself. */
const MOST_READ = 1_000;
/** Entities of a step that are read at once. */
const AT_ONCE = 50;
const MAX_NODES = 300;
const TIME_MS = 1_000;

interface Place {
  /** Of whom it is, among those who were asked for. */
  place: number;
  created_at: Date;
  sequence: string;
}

interface Row {
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
      const read = createReader(pool, schema, names, at);
      const isWanted = (entity: LinkedEntity) => types.includes(entity.type);
      const load = async (of: LinkedEntity[]) => {
        const found: LinkingPayments[] = [];
        while (found.length < of.length && now() - began <= TIME_MS) {
          const some = of.slice(found.length, found.length + AT_ONCE);
          const told = await read(some);
          for (const { payments, count } of told)
            found.push({
              payments: payments.map((each) => ({ ...each, entities: each.entities.filter(isWanted) })),
              count,
            });
          if (told.length < some.length) break;
        }
        return found;
      };
      return walkLinks(start, load, { depth, hub, maxNodes: MAX_NODES });
    });
}

function createReader(pool: pg.Pool, schema: string, names: EntityNames, at: number | undefined) {
  /** What keys name; undefined: none of an entity, as those of rules. */
  const known = new Map<number, LinkedEntity | undefined>();
  /** By sequence: what several share is looked up once. */
  const seen = new Map<string, Row>();
  const until = at === undefined ? 'infinity' : moment(at);
  // Labels as they were then are told by what was said by then.
  const told =
    at === undefined ? 'NULL::json' : `json_build_object('labels', v.view->'labels', 'disputes', v.view->'disputes')`;
  const columns = `t.created_at, t.sequence, t.user_id, t.entities, t.amount_minor, t.minor_digits, t.label, ${told} AS told`;
  const views =
    at === undefined ? '' : `JOIN ${schema}.views v ON v.created_at = t.created_at AND v.sequence = t.sequence`;
  const ofUsers = `unnest($1::text[], $2::int[]) AS f (name, place), LATERAL (SELECT created_at, sequence
    FROM ${schema}.transactions WHERE user_id = f.name AND created_at <= $3`;
  const ofOthers = `unnest($1::bigint[], $2::int[]) AS f (name, place), LATERAL (SELECT created_at, sequence
    FROM ${schema}.transaction_entities WHERE key = f.name AND created_at <= $3`;

  /** Of some entities, all that one statement for users and one for others tells. */
  async function ask<T>(of: LinkedEntity[], sql: (from: string) => string): Promise<T[]> {
    const users = of.flatMap(({ type, id }, place) => (type === 'user' ? [{ name: storable(id), place }] : []));
    const keys = of.flatMap((entity, place) => keysOf(entity).map((name) => ({ name, place })));
    const query = async (from: string, list: { name: unknown; place: number }[]) => {
      if (list.length === 0) return [];
      const values = [list.map(({ name }) => name), list.map(({ place }) => place), until];
      return (await pool.query(sql(from), values)).rows as T[];
    };
    return (await Promise.all([query(ofUsers, users), query(ofOthers, keys)])).flat();
  }

  /** Sequences of the newest payments of each, the newest first; of fewer, where no more may be looked up. */
  async function newest(of: LinkedEntity[]): Promise<string[][]> {
    const places = await ask<Place>(
      of,
      (
        from,
      ) => `SELECT f.place, n.created_at, n.sequence FROM ${from} ORDER BY created_at DESC, sequence DESC LIMIT ${READ}) n
        ORDER BY f.place, n.created_at DESC, n.sequence DESC`,
    );
    const found: Map<string, Date>[] = of.map(() => new Map());
    for (const { place, sequence, created_at: createdAt } of places)
      if (found[place].size < READ) found[place].set(sequence, createdAt);
    const needed = new Map<string, Date>();
    let read = 0;
    for (const own of found) {
      const fresh = [...own].filter(([sequence]) => !seen.has(sequence) && !needed.has(sequence));
      if (seen.size + needed.size + fresh.length > MOST_READ) break;
      for (const [sequence, createdAt] of fresh) needed.set(sequence, createdAt);
      read++;
    }
    if (needed.size > 0) {
      const { rows } = await pool.query<Row>(
        `SELECT ${columns} FROM unnest($1::timestamptz[], $2::bigint[]) AS p (created_at, sequence)
         JOIN ${schema}.transactions t ON t.created_at = p.created_at AND t.sequence = p.sequence ${views}`,
        [[...needed.values()], [...needed.keys()]],
      );
      for (const row of rows) seen.set(row.sequence, row);
      await learn(rows);
    }
    return found.slice(0, read).map((own) => [...own.keys()]);
  }

  async function count(of: LinkedEntity[]): Promise<Map<LinkedEntity, number>> {
    if (of.length === 0) return new Map();
    const counts = await ask<{ place: number; count: number }>(
      of,
      (from) => `SELECT f.place, count(*)::int AS count FROM ${from} LIMIT ${COUNTED}) n GROUP BY f.place`,
    );
    return new Map(
      of.map((entity, index) => {
        const own = counts.filter(({ place }) => place === index).reduce((sum, { count }) => sum + count, 0);
        return [entity, Math.min(own, COUNTED)];
      }),
    );
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

  function paymentOf(row: Row | undefined): LinkingPayment[] {
    if (!row) return [];
    const user = { type: 'user', id: restored(row.user_id) };
    const others = keysIn(row).flatMap((key) => known.get(key) ?? []);
    const isFraud = at === undefined ? row.label === 'fraud' : wasFraud(row, at);
    return [{ name: row.sequence, entities: [user, ...others], isFraud }];
  }

  return async (all: LinkedEntity[]): Promise<LinkingPayments[]> => {
    const own = await newest(all);
    const of = all.slice(0, own.length);
    // Who has as many as are read may have more.
    const counts = await count(of.filter((_, place) => own[place].length === READ));
    return of.map((entity, place) => ({
      // What went meanwhile is not among them.
      payments: own[place].flatMap((sequence) => paymentOf(seen.get(sequence))),
      count: counts.get(entity) ?? own[place].length,
    }));
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
