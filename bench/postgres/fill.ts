import { hash } from 'node:crypto';
import pg from 'pg';
import { createPartitions } from '../../src/adapters/postgres/partitions.ts';
import { writeTallies } from '../../src/adapters/postgres/tallies.ts';
import { countRows } from '../../src/adapters/postgres/window.ts';
import { entityKey } from '../../src/domain/entity.ts';

const DAY_MS = 86_400_000;

export interface Shape {
  rows: number;
  days: number;
  /** End of the last day, milliseconds. */
  end: number;
}

/** How many of each there are. */
export const SIZES = { user: 300_000, card: 400_000, device: 350_000, ip: 250_000, merchant: 5_000, email: 40 };
export const MODELS = ['aaaa000000000001', 'aaaa000000000002', 'aaaa000000000003'];
export const RULES = ['velocity', 'far', 'night', 'listed', 'mule'];
/** Users and merchants are drawn by a power: a few have very many. The first ten users have a hundredth of all rows each. */
const REASONS = 20;
/** Amounts that occur, in minor units, are below. */
const MOST_MINOR = 20_000;

type Drawn = keyof typeof SIZES;

/** What is drawn, and what follows from it: a network from an address, a mailbox from a user. */
export function entityId(type: Drawn | 'network' | 'mailbox', n: number): string {
  switch (type) {
    case 'ip':
      return `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`;
    case 'network':
      return `10.${n >> 8}.${n & 255}.0/24`;
    case 'email':
      return `mail${n}.example`;
    case 'mailbox':
      return `${hash('md5', String(n)).slice(0, 9)}${n}@${entityId('email', domainOf(n))}`;
    default:
      return `${type[0]}${n}`;
  }
}

/** Of a user's address; a few domains have most. */
const domainOf = (user: number) => Math.floor(SIZES.email * ((user % 997) / 997) ** 4);

/** Fills the empty tables of `schema`, a day at a time, two days at once. */
export async function fill(url: string, schema: string, shape: Shape, say: (text: string) => void): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  await client.query('SELECT setseed(0.5)');
  const first = Math.floor(shape.end / DAY_MS) - shape.days;
  const days = Array.from({ length: shape.days }, (_, index) => (first + index) * DAY_MS);
  await createPartitions(schema, 28).hold(client, days);
  const indexes = await takeIndexes(client, schema);
  await withoutLog(client, schema);
  await writeKeys(client, schema, shape);
  say('keys and names');
  let next = 0;
  const worker = async () => {
    const own = new pg.Client(url);
    await own.connect();
    for (let index = next++; index < days.length; index = next++) {
      // Two days count alerts of the same entities, in whatever order: where they wait for each other, one begins anew.
      while (!(await fillDay(own, daySql(schema, shape, days[index], index), index)));
      if (index % 10 === 9) say(`${index + 1} of ${days.length} days`);
    }
    await own.end();
  };
  await Promise.all([worker(), worker()]);
  await makeIndexes(url, indexes);
  say('indexes');
  let tallied = Number.NEGATIVE_INFINITY;
  for (const day of days) {
    await client.query('BEGIN');
    const minutes = await countRows(client, schema, [{ from: day, to: day + DAY_MS }], 60_000);
    tallied = await writeTallies(client, schema, minutes, tallied);
    await client.query('COMMIT');
  }
  await client.query(`UPDATE ${schema}.meta SET applied = $1, tallied = $2`, [shape.rows, tallied]);
  say('tallies');
  for (const statement of restSql(schema, shape)) await client.query(statement);
  say('users, cases, audit');
  await client.query(`DROP TABLE ${schema}.fill_keys`);
  await client.query('VACUUM (ANALYZE)');
  say('vacuumed and analysed');
  await client.end();
}

/** False where the other worker's day stood in the way and nothing was written. */
async function fillDay(client: pg.Client, statements: string[], index: number): Promise<boolean> {
  try {
    await client.query('BEGIN');
    await client.query(`SELECT setseed(${((index % 97) / 97).toFixed(4)})`);
    for (const statement of statements) await client.query(statement);
    await client.query('COMMIT');
    return true;
  } catch (error) {
    await client.query('ROLLBACK');
    if ((error as pg.DatabaseError).code === '40P01') return false;
    throw error;
  }
}

/** Reads are what is measured: nothing is written ahead of the tables, which takes half of the time to fill them. */
async function withoutLog(client: pg.Client, schema: string): Promise<void> {
  const { rows } = await client.query(
    "SELECT c.oid::regclass AS name FROM pg_class c WHERE c.relnamespace = $1::regnamespace AND c.relkind = 'r'",
    [schema],
  );
  for (const { name } of rows) await client.query(`ALTER TABLE ${name} SET UNLOGGED`);
}

const LARGE = ['transactions', 'views', 'transaction_entities', 'ids', 'audit'];

/** Takes the indexes of the large tables away, for they are made sooner of all rows than row by row; what makes them again. */
async function takeIndexes(client: pg.Client, schema: string): Promise<string[]> {
  const of = `c.relnamespace = $1::regnamespace AND c.relname = ANY($2)`;
  const values = [schema, LARGE];
  const { rows: keys } = await client.query(
    `SELECT c.oid::regclass AS of, k.conname AS name, pg_get_constraintdef(k.oid) AS made FROM pg_constraint k
     JOIN pg_class c ON c.oid = k.conrelid WHERE k.contype = 'p' AND ${of}`,
    values,
  );
  for (const { of: table, name } of keys) await client.query(`ALTER TABLE ${table} DROP CONSTRAINT ${name}`);
  const { rows: indexes } = await client.query(
    `SELECT i.indexrelid::regclass AS name, pg_get_indexdef(i.indexrelid) AS made FROM pg_index i
     JOIN pg_class c ON c.oid = i.indrelid WHERE ${of}`,
    values,
  );
  for (const { name } of indexes) await client.query(`DROP INDEX ${name}`);
  return [
    ...keys.map(({ of: table, name, made }) => `ALTER TABLE ${table} ADD CONSTRAINT ${name} ${made}`),
    ...indexes.map(({ made }) => made.replace(' ON ONLY ', ' ON ')),
  ];
}

/** Keys first, one after the other: a table takes one at a time. */
async function makeIndexes(url: string, statements: string[]): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  await client.query("SET maintenance_work_mem = '1GB'; SET max_parallel_maintenance_workers = 1");
  for (const statement of statements) await client.query(statement);
  await client.end();
}

/** Keys of all that may be drawn, and the names that searches go by; each was seen last on some day, most of them of late. */
async function writeKeys(client: pg.Client, schema: string, { days, end }: Shape): Promise<void> {
  await client.query(`CREATE UNLOGGED TABLE ${schema}.fill_keys (type text, n int, key bigint, value text)`);
  const write = async (type: string, numbers: number[], idOf: (n: number) => string) => {
    for (let from = 0; from < numbers.length; from += 50_000) {
      const some = numbers.slice(from, from + 50_000);
      const ids = some.map(idOf);
      await client.query(
        `INSERT INTO ${schema}.fill_keys SELECT $1, n, key, value FROM unnest($2::int[], $3::bigint[], $4::text[]) AS r (n, key, value)`,
        [type, some, ids.map((id) => entityKey(type, id)), ids],
      );
    }
  };
  const upTo = (size: number) => Array.from({ length: size }, (_, n) => n);
  for (const type of ['user', 'card', 'device', 'ip', 'merchant', 'email'] as const)
    await write(type, upTo(SIZES[type]), (n) => entityId(type, n));
  await write('network', upTo(Math.ceil(SIZES.ip / 256)), (n) => entityId('network', n));
  await write('mailbox', upTo(SIZES.user), (n) => entityId('mailbox', n));
  await client.query(
    `INSERT INTO ${schema}.names SELECT key, type, value, lower(value), (to_timestamp(${end / 1000 - 1}) AT TIME ZONE 'UTC')::date
       - floor(${days} * random() ^ 3)::int FROM ${schema}.fill_keys ORDER BY key`,
  );
  // Hundredths.
  const amounts = new Set(upTo(MOST_MINOR).flatMap((minor) => [minor, 100 * minor]));
  await write('amount', [...amounts], (n) => String(n / 100));
  await write('rule', upTo(RULES.length), (n) => RULES[n]);
  await client.query(`CREATE INDEX ON ${schema}.fill_keys (type, n); ANALYZE ${schema}.fill_keys`);
}

/** What is drawn for each payment; `r` are random numbers, drawn once. */
function daySql(schema: string, { rows, days, end }: Shape, day: number, index: number): string[] {
  const from = Math.floor((rows * index) / days);
  const to = Math.floor((rows * (index + 1)) / days);
  const facts = `id, sequence, created_at, user_id, status, decision, score, probability, currency, amount_minor,
    minor_digits, latency_us, label, entities, reasons, model, country, review, truth, since, base_minor, type, channel, events, entity_types`;
  const old = end - day > 3 * DAY_MS;
  return [
    `CREATE TEMP TABLE drawn ON COMMIT DROP AS
     SELECT *, CASE WHEN decision = 'decline' THEN 70 + floor(30 * r5)::int WHEN decision = 'review' THEN 30 + floor(60 * r5)::int
         WHEN decision IS NULL THEN NULL ELSE floor(30 * r5 ^ 6)::int END AS score
     FROM (SELECT *, CASE WHEN r4 < 0.0003 THEN NULL WHEN r4 < 0.965 THEN 'approve' WHEN r4 < 0.99 THEN 'review' ELSE 'decline' END AS decision
       FROM (SELECT ${from} + g AS sequence,
           -- More by day than by night.
           to_timestamp(${day / 1000} + 86400 * (x - 0.12 * sin(2 * pi() * x) / (2 * pi())))::timestamptz(3) AS created_at,
           random() r1, random() r2, random() r3, random() r4, random() r5, random() r6, random() r7, random() r8
         FROM (SELECT g, (g - random()) / ${to - from} AS x FROM generate_series(1, ${to - from}) g) s) t) t`,
    // A user has a card or two, a device, an address at home and a mailbox; the first ten are platforms that many pay through.
    `CREATE TEMP TABLE numbered ON COMMIT DROP AS
     SELECT *, CASE WHEN r1 < 0.1 THEN floor(r1 * 100)::int ELSE floor(${SIZES.user} * r2 ^ 2)::int END AS user_n,
       floor(${SIZES.card} * r2 ^ 2)::int AS card_n, floor(${SIZES.merchant} * r3 ^ 3)::int AS merchant_n,
       CASE WHEN r6 < 0.8 THEN floor(${SIZES.device} * CASE WHEN r5 < 0.01 THEN r8 ELSE r2 ^ 2 END)::int END AS device_n,
       floor(${SIZES.ip} * CASE WHEN r7 < 0.7 THEN r2 ^ 2 ELSE r3 END)::int AS ip_n,
       floor(100 * exp(3 + 1.5 * (r3 + r6 + r7 - 1.5)))::bigint AS amount_minor, CASE WHEN r6 < 0.97 THEN 2 ELSE 0 END AS minor_digits,
       CASE WHEN r6 < 0.7 THEN 'USD' WHEN r6 < 0.9 THEN 'EUR' WHEN r6 < 0.97 THEN 'GBP' ELSE 'JPY' END AS currency,
       CASE WHEN r6 < 0.7 THEN 1 WHEN r6 < 0.9 THEN 1.1 WHEN r6 < 0.97 THEN 1.3 ELSE 0.7 END AS rate,
       (150 * exp(1.1 * (r2 + r4 + r6 + r8 - 2)))::numeric AS us
     FROM drawn`,
    `CREATE TEMP TABLE day ON COMMIT DROP AS
     SELECT d.*, 'tx_' || md5(sequence::text) AS id, 'u' || user_n AS user_id, k7.value AS mailbox, k3.value AS ip,
       CASE WHEN decision IS NULL THEN 'failed' WHEN decision = 'decline' THEN CASE WHEN r7 < 0.01 THEN 'finalized' ELSE 'pending' END
         WHEN r7 < ${old ? 0.97 : 0.5} THEN 'finalized' ELSE 'pending' END AS status,
       round(us, 2 - floor(log(us))::int)::int AS rounded_us,
       CASE WHEN decision IN ('review', 'decline') AND r8 < ${old ? 0.6 : 0.1} THEN CASE WHEN r5 > 0.5 THEN 'fraud' ELSE 'legitimate' END
         WHEN r8 > 0.9992 THEN 'fraud' END AS label,
       CASE WHEN r3 < 0.6 THEN 'web' WHEN r3 < 0.99 THEN 'app' ELSE 'phone' END AS channel, 'C' || floor(30 * r2 ^ 3)::int AS country,
       ARRAY(SELECT key FROM unnest(ARRAY[k1.key, k2.key, k3.key, k4.key, k5.key, k6.key, k7.key, k8.key, k9.key]) key WHERE key IS NOT NULL) AS entities,
       concat_ws(',', k1.type, k2.type, k3.type, k4.type, k5.type, k6.type, k7.type) AS entity_types,
       ARRAY[k2.key, k1.key, k3.key, k0.key] AS joining,
       CASE WHEN decision IN ('review', 'decline') THEN ARRAY['code_' || floor(${REASONS} * r1 ^ 2)::int, 'code_' || (${REASONS} + floor(9 * r8)::int)] END AS reasons,
       '${MODELS[Math.floor((index * MODELS.length) / days)]}' AS model
     FROM numbered d
     LEFT JOIN ${schema}.fill_keys k0 ON k0.type = 'user' AND k0.n = user_n
     LEFT JOIN ${schema}.fill_keys k1 ON k1.type = 'card' AND k1.n = card_n
     LEFT JOIN ${schema}.fill_keys k2 ON k2.type = 'device' AND k2.n = device_n
     LEFT JOIN ${schema}.fill_keys k3 ON k3.type = 'ip' AND k3.n = ip_n
     LEFT JOIN ${schema}.fill_keys k4 ON k4.type = 'merchant' AND k4.n = merchant_n
     LEFT JOIN ${schema}.fill_keys k5 ON k5.type = 'email' AND k5.n = floor(${SIZES.email} * (mod(user_n, 997) / 997.0) ^ 4)::int AND r8 < 0.7
     LEFT JOIN ${schema}.fill_keys k6 ON k6.type = 'network' AND k6.n = ip_n / 256
     LEFT JOIN ${schema}.fill_keys k7 ON k7.type = 'mailbox' AND k7.n = user_n AND r8 < 0.7
     LEFT JOIN ${schema}.fill_keys k8 ON k8.type = 'amount' AND k8.n = amount_minor * 10 ^ (2 - minor_digits)
     LEFT JOIN ${schema}.fill_keys k9 ON k9.type = 'rule' AND k9.n = floor(${RULES.length} * r3)::int AND decision IN ('review', 'decline')`,
    `INSERT INTO ${schema}.transactions (${facts}) SELECT id, sequence, created_at, user_id, status, decision, score,
       score / 100.0, currency, amount_minor, minor_digits, CASE WHEN decision IS NOT NULL THEN rounded_us END, label, entities, reasons,
       CASE WHEN decision IS NOT NULL THEN model END, country, NULL,
       CASE WHEN label IS NOT NULL THEN label WHEN decision = 'approve' OR status = 'finalized' THEN 'open' ELSE 'blocked' END,
       CASE WHEN label IS NULL AND (decision = 'approve' OR status = 'finalized') THEN floor(extract(epoch FROM created_at) * 1000)::bigint END,
       round(rate * amount_minor), 'payment', channel, CASE WHEN r2 > 0.98 THEN ARRAY['refunded'] END, entity_types FROM day ORDER BY created_at, sequence`,
    `INSERT INTO ${schema}.views SELECT created_at, sequence, json_build_object('id', id, 'tempId', id, 'status', status, 'decision', decision,
       'score', score, 'probability', score / 100.0, 'isFraudulent', decision = 'decline', 'fraudExplanation', repeat('Usual for this card. ', 4),
       'reasons', json_build_array(json_build_object('code', 'user_count_1h', 'value', 1, 'contribution', -0.42, 'message', repeat('usual ', 8)),
         json_build_object('code', 'amount_ratio_30d', 'value', 1.3, 'contribution', 0.12, 'message', repeat('a little more ', 4))),
       'model', json_build_object('name', 'transactions', 'version', model), 'oodWarning', '[]'::json, 'latencyMs', rounded_us / 1000.0,
       'createdAt', to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
       'transactionDate', to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'userId', user_id,
       'amount', amount_minor / 10 ^ minor_digits, 'currency', currency, 'amountBase', round(rate * amount_minor) / 100, 'cardId', 'c' || card_n,
       'deviceId', 'd' || device_n, 'merchantId', 'm' || merchant_n, 'ip', ip, 'email', mailbox, 'country', country, 'channel', channel)
     FROM day ORDER BY created_at, sequence`,
    `INSERT INTO ${schema}.transaction_entities SELECT DISTINCT key, created_at, sequence FROM day, unnest(entities) key ORDER BY key`,
    `INSERT INTO ${schema}.ids SELECT id, created_at, sequence FROM day ORDER BY id`,
    // Alerts of a user's day are one case.
    `INSERT INTO ${schema}.case_alerts SELECT id, 'case_' || min(sequence) OVER (PARTITION BY user_id), sequence, created_at,
       extract(epoch FROM created_at)::bigint * 1000, decision, score, amount_minor / 100.0, score * amount_minor / 10000.0,
       joining, label IS NOT NULL
     FROM day WHERE decision IN ('review', 'decline')`,
    `INSERT INTO ${schema}.audit SELECT 1000000000 + sequence, created_at + interval '1 hour', CASE WHEN r8 < 0.05 THEN 'label' ELSE 'finalize' END,
       CASE WHEN r8 < 0.05 THEN 'key_ann' ELSE 'key_checkout' END, id, NULL, id, 200, NULL, '{"override":false}'
     FROM day WHERE r7 < 0.1 AND created_at + interval '1 hour' < to_timestamp(${end / 1000})`,
  ];
}

function restSql(schema: string, { end }: Shape): string[] {
  return [
    `INSERT INTO ${schema}.cases (id, sequence, version, status, entity_type, entity_key, entity_value, entity_alerts, transactions, reviews,
       declines, score, amount, amount_at_risk, first_time, last_time, opened_at, last_alert_at, first_action_at, assignee, resolution,
       resolved_at, resolved_by, note, labels_due, due, rules)
     SELECT case_id, min(sequence), 2, CASE WHEN open THEN 'open' ELSE 'resolved' END, 'user', min(keys[4]), min(k.value), count(*),
       count(*), count(*) FILTER (WHERE decision = 'review'), count(*) FILTER (WHERE decision = 'decline'), max(score), sum(amount), sum(amount_at_risk),
       min(time), max(time), min(at), max(at), CASE WHEN random() < 0.8 THEN min(at) + random() * interval '5 hours' END,
       CASE WHEN random() < 0.6 THEN 'analyst_' || floor(8 * random())::int END,
       CASE WHEN NOT open THEN CASE WHEN max(score) > 70 THEN 'fraud' WHEN random() < 0.9 THEN 'legitimate' ELSE 'unsure' END END,
       CASE WHEN NOT open THEN max(at) + random() * interval '20 hours' END, CASE WHEN NOT open THEN 'key_ann' END, NULL, 0,
       CASE WHEN open THEN min(time) + 14400000 END, ARRAY[(ARRAY['${RULES.join("', '")}'])[1 + min(sequence) % ${RULES.length}]]
     FROM (SELECT *, hashtext(case_id) % 10 > 5 OR to_timestamp(${end / 1000}) - at < interval '1 day' AS open FROM ${schema}.case_alerts) a
     JOIN ${schema}.fill_keys k ON k.key = keys[4] GROUP BY case_id, open`,
    `INSERT INTO ${schema}.case_links SELECT case_id, l.type, l.key, k.value, count(*) FROM (SELECT case_id, unnest(ARRAY['device', 'card', 'ip', 'user']) AS type, unnest(keys) AS key
       FROM ${schema}.case_alerts) l JOIN ${schema}.fill_keys k ON k.key = l.key GROUP BY 1, 2, 3, 4`,
    // Words are drawn by a power too.
    `INSERT INTO ${schema}.notes (sequence, at, case_id, by, text) SELECT 3000000000 + sequence, resolved_at, id, 'key_ann',
       (SELECT string_agg('word' || floor(3000 * random() ^ 3)::int, ' ') FROM generate_series(1, 12) WHERE cases.id IS NOT NULL)
     FROM ${schema}.cases WHERE resolved_at IS NOT NULL`,
    `INSERT INTO ${schema}.entity_notes (id, sequence, key, type, value, kind, text, at, by) SELECT 'enote_' || key, 4000000000 + n, key, type, value, 'note',
       'Spoken to about word' || n % 3000, to_timestamp(${end / 1000} - n), 'key_ann' FROM ${schema}.fill_keys WHERE type IN ('card', 'user') AND n % 20 = 0`,
    `INSERT INTO ${schema}.audit SELECT 2000000000 + sequence, first_action_at, 'case.assign', 'key_ann', NULL, id, id, 200, NULL, '{"assignee":"ann"}'
       FROM ${schema}.cases WHERE first_action_at < to_timestamp(${end / 1000})`,
    `INSERT INTO ${schema}.users SELECT value, n, name, email, email, lower(name) || E'\\n' || email || E'\\n' || value, at, at FROM (
       SELECT u.n, u.value, (ARRAY['Ann', 'Bob', 'Chloe', 'Dmitri', 'Eve', 'Farid', 'Grace', 'Hugo', 'Ines', 'Jun'])[1 + u.n % 10] || ' ' || initcap(substr(md5(u.n::text), 1, 7)) AS name,
         m.value AS email, to_timestamp(${end / 1000} - u.n * 20) AS at
       FROM ${schema}.fill_keys u JOIN ${schema}.fill_keys m ON m.type = 'mailbox' AND m.n = u.n WHERE u.type = 'user') u`,
  ];
}
