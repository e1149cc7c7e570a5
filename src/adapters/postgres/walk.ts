import { canonicalCountry } from '../../domain/countries.ts';
import { canonicalEntity, entityKey, formerKeys } from '../../domain/entity.ts';
import { movesMoney, TRANSACTION_TYPES } from '../../domain/fields.ts';
import type { TransactionFilter } from '../../projections/store.ts';
import type { Position } from './cursor.ts';
import type { Maturity } from './maturity.ts';
import { type EntityNames, ruleKey } from './rows.ts';
import { moment, storable } from './text.ts';

/**
 * How a list of transactions is found: rows in an index's order, newest first, and what is asked of each beside. Of rows that are asked
 * a bounded number is looked at, so that what nothing fits costs no more than a page; the next one goes on behind them.
 */
export interface Walk {
  /** Tables with `created_at` and `sequence`, each in an index's order. */
  from: string[];
  /** Of its rows, served by an index. */
  where: string[];
  /** Of the transaction, `x`. */
  asked: string[];
  /** Whether `from` has only the places of transactions. */
  isPlaces: boolean;
  values: unknown[];
  /** How many of the values are those of `from` and `where`. */
  served: number;
}

export interface WalkOptions {
  schema: string;
  names: EntityNames;
  maturity: Maturity;
  baseCurrency: string;
}

/** Rows that are looked at for one page: of `transactions` itself, or by their places. */
const MOST_ROWS = 50_000;
const MOST_PLACES = 10_000;
/** No count goes beyond it. */
export const MOST_COUNTED = 10_000;

const NEWEST = 'ORDER BY created_at DESC, sequence DESC';
const NO_MONEY = TRANSACTION_TYPES.filter((type) => !movesMoney(type));
/** What `asked` reads. */
const SEEN =
  'created_at, sequence, user_id, decision, status, score, label, review, currency, amount_minor, minor_digits, base_minor, entities, ' +
  'reasons, model, country, truth, since, type, channel, events';

/** Of what is older than `after`, where that is given. */
export function walkOf(filter: TransactionFilter, options: WalkOptions, after?: Position): Walk {
  const values: unknown[] = [];
  const bound = (value: unknown) => `$${values.push(value)}`;
  const keys = keysOf(filter, options.names);
  const { from, where, left } = startOf(filter, keys, options.schema, bound);
  where.push(...span(filter, after, bound));
  const served = values.length;
  const isPlaces = left !== undefined;
  const asked = isPlaces
    ? [
        ...conditions(filter, bound, 'x.'),
        ...left.map((some) => `x.entities && ${bound(some)}::bigint[]`),
        ...askedOf(filter, options, bound),
      ]
    : askedOf(filter, options, bound);
  return { from, where, asked, isPlaces, values, served };
}

/** What finds the fewest: a case's payments, else an entity's. `left`: keys that are still to be asked for. */
function startOf(filter: TransactionFilter, keys: number[][], schema: string, bound: Bound) {
  if (filter.caseId !== undefined) {
    const from = `(SELECT i.created_at, i.sequence FROM ${schema}.case_alerts a JOIN ${schema}.ids i ON i.id = a.transaction_id
      WHERE a.case_id = ${bound(storable(filter.caseId))}) places`;
    return { from: [from], where: [], left: keys };
  }
  const [first, ...left] = keys;
  if (!first) return { from: [`${schema}.transactions`], where: conditions(filter, bound), left: undefined };
  return { from: placesOfKeys(schema, first, bound), where: [] as string[], left };
}

/** Places of what has one of some keys: of all at once, the whole of them would be read and sorted. */
export function placesOfKeys(schema: string, keys: readonly number[], bound: Bound): string[] {
  return keys.map((key) => `(SELECT * FROM ${schema}.transaction_entities WHERE key = ${bound(key)}) keyed`);
}

/** SQL of the newest rows of some tables together, by one scan each. */
export function newestSql(from: string[], where: string[], limit: number, columns = 'created_at, sequence'): string {
  const each = from.map(
    (one) => `SELECT ${columns} FROM ${one} WHERE ${where.join(' AND ') || 'true'} ${NEWEST} LIMIT ${limit}`,
  );
  if (each.length === 1) return each[0];
  return `SELECT ${columns} FROM (${each.map((one) => `(${one})`).join(' UNION ALL ')}) every ${NEWEST} LIMIT ${limit}`;
}

/** SQL of the places of at most `limit` transactions. */
export function placesSql(schema: string, { from, where, asked, isPlaces }: Walk, limit: number): string {
  if (asked.length === 0) return newestSql(from, where, limit);
  const fits = asked.join(' AND ');
  if (!isPlaces)
    return `SELECT x.created_at, x.sequence FROM (${newestSql(from, where, MOST_ROWS, SEEN)}) x WHERE ${fits}
      ORDER BY x.created_at DESC, x.sequence DESC LIMIT ${limit}`;
  // One look-up a place, whatever the planner thinks of how many fit.
  return `SELECT d.created_at, d.sequence FROM (${newestSql(from, where, MOST_PLACES)}) d
    CROSS JOIN LATERAL (SELECT 1 FROM ${schema}.transactions x
      WHERE x.created_at = d.created_at AND x.sequence = d.sequence AND ${fits} LIMIT 1) x
    ORDER BY d.created_at DESC, d.sequence DESC LIMIT ${limit}`;
}

/** SQL of the last place that was looked at, where more may lie behind it; no row: all were. */
export function boundSql({ from, where, asked, isPlaces }: Walk): string | undefined {
  if (asked.length === 0) return undefined;
  const most = isPlaces ? MOST_PLACES : MOST_ROWS;
  return `SELECT created_at, sequence FROM (${newestSql(from, where, most)}) looked ${NEWEST} LIMIT 1 OFFSET ${most - 1}`;
}

type Bound = (value: unknown) => string;

/** Keys of what the payments name, each by its spellings; a rule that hit is found as entities are. */
function keysOf({ entities = [], rule }: TransactionFilter, names: EntityNames): number[][] {
  const keys = entities.map(({ type, id: name }) => {
    const id = canonicalEntity(type, name, names.ipv6Prefix);
    return [entityKey(type, id), ...formerKeys(type, id)];
  });
  return rule === undefined ? keys : [...keys, [ruleKey(rule)]];
}

function span({ from, to }: TransactionFilter, after: Position | undefined, bound: Bound): string[] {
  const at = after && `${bound(after.createdAt)}::timestamptz`;
  return [
    // The second says nothing new, but lets the planner leave out the partitions of what is newer.
    ...(after ? [`(created_at, sequence) < (${at}, ${bound(after.sequence)}::bigint)`, `created_at <= ${at}`] : []),
    ...(from === undefined ? [] : [`created_at >= ${bound(moment(from))}::timestamptz`]),
    ...(to === undefined ? [] : [`created_at < ${bound(moment(to))}::timestamptz`]),
  ];
}

/** Indexes in `migrations/` serve these, alone and together. */
function conditions(filter: TransactionFilter, bound: Bound, of = ''): string[] {
  const { userId, decision, status, minScore, alerts, held } = filter;
  const where: string[] = [];
  const stopped = `${of}decision IN ('review', 'decline')`;
  if (userId !== undefined) where.push(`${of}user_id = ${bound(storable(userId))}`);
  if (decision !== undefined) where.push(`${of}decision = ${bound(decision)}`);
  // Spelt out and not bound, so that the planner sees which partial index serves.
  if (decision === 'review' || decision === 'decline') where.push(stopped);
  if (status !== undefined) where.push(`${of}status = ${bound(status)}`);
  if (status === 'processing' || status === 'failed') where.push(`${of}status IN ('processing', 'failed')`);
  const score = minScore === undefined ? undefined : Math.ceil(minScore);
  if (score !== undefined) where.push(`${of}score >= ${bound(score)}`);
  for (const least of [30, 80, 95]) if (score !== undefined && score >= least) where.push(`${of}score >= ${least}`);
  const waits = `${of}status = 'pending' AND ${of}review IS NULL`;
  if (alerts) where.push(`${stopped} AND ${waits} AND ${of}label IS NULL`);
  if (held) where.push(`${of}decision = 'review' AND ${stopped} AND ${waits}`);
  return where;
}

/** What no index serves by itself. What a release before wrote is told by its view. */
function askedOf(filter: TransactionFilter, { schema, maturity, baseCurrency }: WalkOptions, bound: Bound): string[] {
  const { label, labelState, currency, model, reason, country, channel, type, event, minAmount, maxAmount } = filter;
  const view = (path: string) =>
    `(SELECT v.view->>'${path}' FROM ${schema}.views v WHERE v.created_at = x.created_at AND v.sequence = x.sequence)`;
  const since = (column: string) => `CASE WHEN x.type IS NULL THEN ${view(column)} ELSE x.${column} END`;
  const asked: string[] = [];
  if (label === 'none') asked.push('x.label IS NULL');
  else if (label !== undefined) asked.push(`x.label = ${bound(label)}`);
  if (currency !== undefined) asked.push(`x.currency = ${bound(storable(currency.toUpperCase()))}`);
  if (model !== undefined) asked.push(`x.model = ${bound(storable(model))}`);
  if (reason !== undefined) asked.push(`x.reasons @> ARRAY[${bound(storable(reason))}]`);
  if (country !== undefined) asked.push(`x.country = ${bound(storable(canonicalCountry(country)))}`);
  if (channel !== undefined) asked.push(`${since('channel')} = ${bound(channel)}`);
  if (type !== undefined) asked.push(`coalesce(${since('type')}, 'payment') = ${bound(type)}`);
  if (event !== undefined)
    asked.push(
      `CASE WHEN x.type IS NULL THEN ${view('events')}::jsonb @> jsonb_build_array(jsonb_build_object('type', ${bound(event)}::text))
       ELSE x.events @> ARRAY[${bound(event)}] END`,
    );
  if (minAmount !== undefined || maxAmount !== undefined) {
    // What was written before amounts in the base currency were kept.
    const own = `CASE WHEN x.currency = ${bound(baseCurrency)} THEN x.amount_minor * 10.0 ^ (2 - x.minor_digits) END`;
    const hundredths = `coalesce(x.base_minor, ${own})`;
    asked.push(`coalesce(${since('type')}, 'payment') <> ALL(${bound(NO_MONEY)})`);
    if (minAmount !== undefined) asked.push(`${hundredths} >= ${bound(Math.round(minAmount * 1e4) / 100)}::float8`);
    if (maxAmount !== undefined) asked.push(`${hundredths} <= ${bound(Math.round(maxAmount * 1e4) / 100)}::float8`);
  }
  if (labelState !== undefined) asked.push(stateIs(labelState, view, maturity, bound));
  return asked;
}

/** As `labelStateOf` tells it of `truthOf`. */
function stateIs(state: string, view: (path: string) => string, { clock, days }: Maturity, bound: Bound): string {
  const truth = `coalesce(x.truth, CASE WHEN x.label IN ('fraud', 'legitimate') THEN x.label
    WHEN x.decision = 'approve' OR x.status = 'finalized' THEN 'open' ELSE 'blocked' END)`;
  if (state !== 'presumed' && state !== 'immature') return `${truth} = ${bound(state)}`;
  const since = `CASE WHEN x.truth IS NOT NULL THEN x.since ELSE extract(epoch FROM
    (CASE WHEN x.decision = 'approve' THEN ${view('transactionDate')} ELSE ${view('finalizedAt')} END)::timestamptz) * 1000 END`;
  const latest = bound(clock() - days * 86_400_000);
  if (state === 'presumed') return `(${truth} = 'open' AND ${since} <= ${latest}::float8)`;
  return `(${truth} = 'disputed' OR (${truth} = 'open' AND ${since} > ${latest}::float8))`;
}
