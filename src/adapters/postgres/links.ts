import type pg from 'pg';
import { canonicalEntity, entityKey, formerKeys } from '../../domain/entity.ts';
import { effective, voicesFrom } from '../../domain/label.ts';
import { statementsIn } from '../../projections/life.ts';
import {
  type LinkEnd,
  type LinkedEntity,
  type LinkingPayment,
  type LinkingPayments,
  type LinkRef,
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
  created_at: string;
  sequence: string;
}

/** Times and keys as text, which is handed back or told apart as it is: the driver takes longest to read these. */
interface Row {
  created_at: string;
  sequence: string;
  user_id: string;
  entities: string;
  entity_types: string | null;
  amount_minor: string;
  minor_digits: number;
  label: string | null;
  told: { labels?: { recordedAt: string }[]; disputes?: { history: { recordedAt: string }[] }[] } | null;
}

/** Walks from an entity by the keys of payments, which need not be read whole. */
export function createLinks(pool: pg.Pool, schema: string, names: EntityNames, now: () => number) {
  return ({ type, id: name, depth, at, hub, types = names.types }: LinksQuery): Promise<Links> =>
    reading(async () => {
      const began = now();
      const id = canonicalEntity(type, name, names.ipv6Prefix);
      const source = createSource(pool, schema, { names, at, isWanted: (one) => types.includes(one) });
      const load = async (of: LinkEnd[]) => {
        const found: LinkingPayments[] = [];
        while (found.length < of.length && now() - began <= TIME_MS) {
          const some = of.slice(found.length, found.length + AT_ONCE);
          const told = await source.read(some);
          found.push(...told);
          if (told.length < some.length) break;
        }
        return found;
      };
      return walkLinks({ ...refOf(type, id), id }, { load, name: source.name }, { depth, hub, maxNodes: MAX_NODES });
    });
}

/** A user's key is the name itself, which payments carry. */
const USER = 'user ';
const refOf = (type: string, id: string): LinkRef => ({
  key: type === 'user' ? USER + id : String(entityKey(type, id)),
  type,
});

interface Asked {
  names: EntityNames;
  at: number | undefined;
  isWanted(type: string): boolean;
}

function createSource(pool: pg.Pool, schema: string, { names, at, isWanted }: Asked) {
  /** What keys name; undefined: none of an entity, as those of rules. */
  const known = new Map<string, LinkEnd | undefined>();
  /** A payment that names each key which is not known. */
  const witnesses = new Map<string, Row>();
  /** By sequence: what several share is looked up once. */
  const seen = new Map<string, LinkingPayment>();
  const until = at === undefined ? 'infinity' : moment(at);
  // Labels as they were then are told by what was said by then.
  const told =
    at === undefined ? 'NULL::json' : `json_build_object('labels', v.view->'labels', 'disputes', v.view->'disputes')`;
  const columns = `t.created_at::text, t.sequence, t.user_id, array_to_string(t.entities, ',') AS entities, t.entity_types, t.amount_minor, t.minor_digits, t.label, ${told} AS told`;
  const views =
    at === undefined ? '' : `JOIN ${schema}.views v ON v.created_at = t.created_at AND v.sequence = t.sequence`;
  const ofUsers = `unnest($1::text[], $2::int[]) AS f (name, place), LATERAL (SELECT created_at, sequence
    FROM ${schema}.transactions WHERE user_id = f.name AND created_at <= $3`;
  const ofOthers = `unnest($1::bigint[], $2::int[]) AS f (name, place), LATERAL (SELECT created_at, sequence
    FROM ${schema}.transaction_entities WHERE key = f.name AND created_at <= $3`;

  /** Of some entities, all that one statement for users and one for others tells. */
  async function ask<T>(of: LinkEnd[], sql: (from: string) => string): Promise<T[]> {
    const users = of.flatMap(({ type, id }, place) => (type === 'user' ? [{ name: storable(id), place }] : []));
    const keys = of.flatMap((end, place) => keysOf(end).map((name) => ({ name, place })));
    const query = async (from: string, list: { name: unknown; place: number }[]) => {
      if (list.length === 0) return [];
      const values = [list.map(({ name }) => name), list.map(({ place }) => place), until];
      return (await pool.query(sql(from), values)).rows as T[];
    };
    return (await Promise.all([query(ofUsers, users), query(ofOthers, keys)])).flat();
  }

  /** Places of the newest payments of each, the newest first. */
  async function newest(of: LinkEnd[]): Promise<Map<string, string>[]> {
    const places = await ask<Place>(
      of,
      (
        from,
      ) => `SELECT f.place, n.created_at::text, n.sequence FROM ${from} ORDER BY created_at DESC, sequence DESC LIMIT ${READ}) n
        ORDER BY f.place, n.created_at DESC, n.sequence DESC`,
    );
    const found: Map<string, string>[] = of.map(() => new Map());
    for (const { place, sequence, created_at: createdAt } of places)
      if (found[place].size < READ) found[place].set(sequence, createdAt);
    return found;
  }

  /** Those of the first of them whose payments may still be looked up. */
  function withinBounds(all: Map<string, string>[]) {
    const fresh = new Map<string, string>();
    const own: Map<string, string>[] = [];
    for (const places of all) {
      const more = [...places].filter(([sequence]) => !seen.has(sequence) && !fresh.has(sequence));
      if (seen.size + fresh.size + more.length > MOST_READ) break;
      for (const [sequence, createdAt] of more) fresh.set(sequence, createdAt);
      own.push(places);
    }
    return { own, fresh };
  }

  async function lookUp(fresh: Map<string, string>): Promise<void> {
    if (fresh.size === 0) return;
    const { rows } = await pool.query<Row>(
      `SELECT ${columns} FROM unnest($1::timestamptz[], $2::bigint[]) AS p (created_at, sequence)
       JOIN ${schema}.transactions t ON t.created_at = p.created_at AND t.sequence = p.sequence ${views}`,
      [[...fresh.values()], [...fresh.keys()]],
    );
    await learn(
      rows.filter((row) => row.entity_types === null).flatMap((row) => keysIn(row).map((key) => ({ key, row }))),
    );
    for (const row of rows) seen.set(row.sequence, paymentOf(row));
  }

  async function count(of: LinkEnd[]): Promise<Map<LinkEnd, number>> {
    if (of.length === 0) return new Map();
    const counts = await ask<{ place: number; count: number }>(
      of,
      (from) => `SELECT f.place, count(*)::int AS count FROM ${from} LIMIT ${COUNTED}) n GROUP BY f.place`,
    );
    return new Map(
      of.map((end, index) => {
        const own = counts.filter(({ place }) => place === index).reduce((sum, { count }) => sum + count, 0);
        return [end, Math.min(own, COUNTED)];
      }),
    );
  }

  /** Names of keys: as they were written down, else as a payment that has them tells. */
  async function learn(of: { key: string; row: Row }[]): Promise<void> {
    const asked = new Map<string, Row>();
    for (const { key, row } of of) if (!known.has(key) && !asked.has(key)) asked.set(key, row);
    if (asked.size === 0) return;
    const { rows: written } = await pool.query(`SELECT key, type, value FROM ${schema}.names WHERE key = ANY($1)`, [
      [...asked.keys()],
    ]);
    for (const { key, type, value } of written) known.set(key, { key, type, id: restored(value) });
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
        if (id === undefined || id === '') continue;
        const ref = refOf(type, id);
        known.set(ref.key, { ...ref, id });
      }
  }

  function paymentOf(row: Row): LinkingPayment {
    const isFraud = at === undefined ? row.label === 'fraud' : wasFraud(row, at);
    const user = refOf('user', restored(row.user_id));
    const entities = [user, ...refsIn(row)].filter(({ type }) => isWanted(type));
    return { name: row.sequence, entities, isFraud };
  }

  function refsIn(row: Row): LinkRef[] {
    if (row.entity_types === null) return keysIn(row).flatMap((key) => known.get(key) ?? []);
    const keys = row.entities.split(',');
    const types = row.entity_types.split(',');
    const refs = types.flatMap((type, place) => (isWanted(type) ? [{ key: keys[place], type }] : []));
    for (const { key } of refs) if (!witnesses.has(key)) witnesses.set(key, row);
    return refs;
  }

  return {
    async read(all: LinkEnd[]): Promise<LinkingPayments[]> {
      const { own, fresh } = withinBounds(await newest(all));
      const of = all.slice(0, own.length);
      // Who has as many as are read may have more.
      const full = of.filter((_, place) => own[place].size === READ);
      const [counts] = await Promise.all([count(full), lookUp(fresh)]);
      return of.map((end, place) => ({
        // What went meanwhile is not among them.
        payments: [...own[place].keys()].flatMap((sequence) => seen.get(sequence) ?? []),
        count: counts.get(end) ?? own[place].size,
      }));
    },

    async name(refs: LinkRef[]): Promise<LinkEnd[]> {
      await learn(refs.flatMap(({ key }) => (witnesses.has(key) ? [{ key, row: witnesses.get(key)! }] : [])));
      return refs.flatMap((ref) =>
        ref.type === 'user' ? { ...ref, id: ref.key.slice(USER.length) } : (known.get(ref.key) ?? []),
      );
    },
  };
}

const keysOf = ({ type, id }: LinkedEntity): number[] =>
  type === 'user' ? [] : [entityKey(type, id), ...formerKeys(type, id)];

/** Without that of its amount, which joins nobody. */
function keysIn({ entities, amount_minor: minor, minor_digits: digits }: Row): string[] {
  const amount = String(amountKey(Number(minor) / 10 ** digits));
  return entities.split(',').filter((key) => key !== amount && key !== '');
}

/** By what was said up to then. */
function wasFraud({ told }: Row, at: number): boolean {
  const by = ({ recordedAt }: { recordedAt: string }) => Date.parse(recordedAt) <= at;
  const labels = (told?.labels ?? []).filter(by);
  const disputes = (told?.disputes ?? []).map((dispute) => ({ ...dispute, history: dispute.history.filter(by) }));
  const view = { labels, disputes } as unknown as TransactionView;
  return effective(voicesFrom(statementsIn(view)))?.label === 'fraud';
}
