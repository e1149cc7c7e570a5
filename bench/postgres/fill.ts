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

/** How many of each there are; the entity's id is its letter and its number, such as `m0`. */
export const SIZES = { user: 300_000, card: 400_000, device: 350_000, ip: 250_000, merchant: 5_000, email: 40 };
export const PREFIX = { user: 'u', card: 'c', device: 'd', ip: '10.0.', merchant: 'm', email: 'mail' };
export const MODELS = ['aaaa000000000001', 'aaaa000000000002', 'aaaa000000000003'];
/** Users and merchants are drawn by a power: a few have very many. The first ten users have a hundredth of all rows each. */
const REASONS = 20;

export function entityId(type: keyof typeof PREFIX, n: number): string {
  return type === 'email' ? `mail${n}.example` : `${PREFIX[type]}${n}`;
}

/** Fills the empty tables of `schema`, a day at a time, two days at once. */
export async function fill(url: string, schema: string, shape: Shape, say: (text: string) => void): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  await client.query('SELECT setseed(0.5)');
  const first = Math.floor(shape.end / DAY_MS) - shape.days;
  const days = Array.from({ length: shape.days }, (_, index) => (first + index) * DAY_MS);
  await createPartitions(schema, 28).hold(client, days);
  await writeKeys(client, schema);
  let next = 0;
  const worker = async () => {
    const own = new pg.Client(url);
    await own.connect();
    for (let index = next++; index < days.length; index = next++) {
      await own.query('BEGIN');
      await own.query(`SELECT setseed(${((index % 97) / 97).toFixed(4)})`);
      for (const statement of daySql(schema, shape, days[index], index)) await own.query(statement);
      await own.query('COMMIT');
      if (index % 10 === 9) say(`${index + 1} of ${days.length} days`);
    }
    await own.end();
  };
  await Promise.all([worker(), worker()]);
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

async function writeKeys(client: pg.Client, schema: string): Promise<void> {
  await client.query(`CREATE UNLOGGED TABLE ${schema}.fill_keys (type text, n int, key bigint)`);
  for (const type of ['card', 'device', 'ip', 'merchant', 'email'] as const)
    for (let from = 0; from < SIZES[type]; from += 50_000) {
      const numbers = Array.from({ length: Math.min(50_000, SIZES[type] - from) }, (_, index) => from + index);
      await client.query(
        `INSERT INTO ${schema}.fill_keys SELECT $1, n, key FROM unnest($2::int[], $3::bigint[]) AS r (n, key)`,
        [type, numbers, numbers.map((n) => entityKey(type, entityId(type, n)))],
      );
    }
  await client.query(`CREATE INDEX ON ${schema}.fill_keys (type, n); ANALYZE ${schema}.fill_keys`);
}

/** What is drawn for each payment; `r` are random numbers, drawn once. */
function daySql(schema: string, { rows, days, end }: Shape, day: number, index: number): string[] {
  const from = Math.floor((rows * index) / days);
  const to = Math.floor((rows * (index + 1)) / days);
  const facts = `id, sequence, created_at, user_id, status, decision, score, probability, currency, amount_minor,
    minor_digits, latency_us, label, entities, reasons, model, country`;
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
    `CREATE TEMP TABLE day ON COMMIT DROP AS
     SELECT d.*, 'tx_' || md5(sequence::text) AS id,
       'u' || CASE WHEN r1 < 0.1 THEN floor(r1 * 100)::int ELSE floor(${SIZES.user} * r2 ^ 2)::int END AS user_id,
       CASE WHEN decision IS NULL THEN 'failed' WHEN decision = 'decline' THEN CASE WHEN r7 < 0.01 THEN 'finalized' ELSE 'pending' END
         WHEN r7 < ${old ? 0.97 : 0.5} THEN 'finalized' ELSE 'pending' END AS status,
       CASE WHEN r6 < 0.7 THEN 'USD' WHEN r6 < 0.9 THEN 'EUR' WHEN r6 < 0.97 THEN 'GBP' ELSE 'JPY' END AS currency,
       floor(100 * exp(3 + 1.5 * (r3 + r6 + r7 - 1.5)))::bigint AS amount_minor,
       CASE WHEN r6 < 0.97 THEN 2 ELSE 0 END AS minor_digits,
       round(us::numeric, 2 - floor(log(us))::int)::int AS latency_us,
       CASE WHEN decision IN ('review', 'decline') AND r8 < ${old ? 0.6 : 0.1} THEN CASE WHEN r5 > 0.5 THEN 'fraud' ELSE 'legitimate' END
         WHEN r8 > 0.9992 THEN 'fraud' END AS label,
       ARRAY(SELECT key FROM unnest(ARRAY[k1.key, k2.key, k3.key, k4.key, k5.key]) key WHERE key IS NOT NULL) AS entities,
       CASE WHEN decision IN ('review', 'decline') THEN ARRAY['code_' || floor(${REASONS} * r1 ^ 2)::int, 'code_' || (${REASONS} + floor(9 * r8)::int)] END AS reasons,
       '${MODELS[Math.floor((index * MODELS.length) / days)]}' AS model
     FROM (SELECT *, (150 * exp(1.1 * (r2 + r4 + r6 + r8 - 2)))::numeric AS us FROM drawn) d
     LEFT JOIN ${schema}.fill_keys k1 ON k1.type = 'card' AND k1.n = floor(${SIZES.card} * r2 ^ 2)::int
     LEFT JOIN ${schema}.fill_keys k2 ON k2.type = 'device' AND k2.n = floor(${SIZES.device} * r2 ^ 2 * r4)::int AND r6 < 0.8
     LEFT JOIN ${schema}.fill_keys k3 ON k3.type = 'ip' AND k3.n = floor(${SIZES.ip} * r3)::int
     LEFT JOIN ${schema}.fill_keys k4 ON k4.type = 'merchant' AND k4.n = floor(${SIZES.merchant} * r3 ^ 3)::int
     LEFT JOIN ${schema}.fill_keys k5 ON k5.type = 'email' AND k5.n = floor(${SIZES.email} * r7 ^ 4)::int AND r8 < 0.7`,
    `INSERT INTO ${schema}.transactions (${facts}) SELECT id, sequence, created_at, user_id, status, decision, score,
       score / 100.0, currency, amount_minor, minor_digits, CASE WHEN decision IS NOT NULL THEN latency_us END, label, entities, reasons,
       CASE WHEN decision IS NOT NULL THEN model END, 'C' || floor(30 * r2 ^ 3)::int FROM day ORDER BY created_at, sequence`,
    `INSERT INTO ${schema}.views SELECT created_at, sequence, json_build_object('id', id, 'tempId', id, 'status', status, 'decision', decision,
       'score', score, 'probability', score / 100.0, 'isFraudulent', decision = 'decline', 'fraudExplanation', repeat('Usual for this card. ', 4),
       'reasons', json_build_array(json_build_object('code', 'user_count_1h', 'value', 1, 'contribution', -0.42, 'message', repeat('usual ', 8)),
         json_build_object('code', 'amount_ratio_30d', 'value', 1.3, 'contribution', 0.12, 'message', repeat('a little more ', 4))),
       'model', json_build_object('name', 'transactions', 'version', model), 'oodWarning', '[]'::json, 'latencyMs', latency_us / 1000.0,
       'createdAt', to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'userId', user_id, 'amount', amount_minor / 100.0,
       'currency', currency, 'cardId', 'c' || floor(${SIZES.card} * r2 ^ 2)::int, 'merchantId', 'm' || floor(${SIZES.merchant} * r3 ^ 3)::int)
     FROM day ORDER BY created_at, sequence`,
    `INSERT INTO ${schema}.transaction_entities SELECT DISTINCT key, created_at, sequence FROM day, unnest(entities) key ORDER BY key`,
    `INSERT INTO ${schema}.ids SELECT id, created_at, sequence FROM day ORDER BY id`,
    // Alerts of a user's day are one case.
    `INSERT INTO ${schema}.case_alerts SELECT id, 'case_' || min(sequence) OVER (PARTITION BY user_id), sequence, created_at,
       extract(epoch FROM created_at)::bigint * 1000, decision, score, amount_minor / 100.0, score * amount_minor / 10000.0,
       ARRAY[entities[2], entities[1], entities[3], hashtext(user_id)::bigint], label IS NOT NULL
     FROM day WHERE decision IN ('review', 'decline')`,
    `INSERT INTO ${schema}.audit SELECT 1000000000 + sequence, created_at + interval '1 hour', CASE WHEN r8 < 0.05 THEN 'label' ELSE 'finalize' END,
       CASE WHEN r8 < 0.05 THEN 'key_ann' ELSE 'key_checkout' END, id, NULL, id, 200, NULL, '{"override":false}'
     FROM day WHERE r7 < 0.1 AND created_at + interval '1 hour' < to_timestamp(${end / 1000})`,
  ];
}

function restSql(schema: string, { end }: Shape): string[] {
  return [
    `INSERT INTO ${schema}.cases SELECT case_id, min(sequence), 2, CASE WHEN open THEN 'open' ELSE 'resolved' END, 'device', min(keys[1]), 'd' || min(sequence), count(*),
       count(*), count(*) FILTER (WHERE decision = 'review'), count(*) FILTER (WHERE decision = 'decline'), max(score), sum(amount), sum(amount_at_risk),
       min(time), max(time), min(at), max(at), CASE WHEN random() < 0.8 THEN min(at) + random() * interval '5 hours' END,
       CASE WHEN random() < 0.6 THEN 'analyst_' || floor(8 * random())::int END,
       CASE WHEN NOT open THEN CASE WHEN max(score) > 70 THEN 'fraud' WHEN random() < 0.9 THEN 'legitimate' ELSE 'unsure' END END,
       CASE WHEN NOT open THEN max(at) + random() * interval '20 hours' END, CASE WHEN NOT open THEN 'key_ann' END, NULL, 0
     FROM (SELECT *, hashtext(case_id) % 10 > 5 OR to_timestamp(${end / 1000}) - at < interval '1 day' AS open FROM ${schema}.case_alerts) a GROUP BY case_id, open`,
    `INSERT INTO ${schema}.case_links SELECT case_id, type, key, 'e' || key, count(*) FROM (SELECT case_id, unnest(ARRAY['device', 'card', 'ip', 'user']) AS type, unnest(keys) AS key
       FROM ${schema}.case_alerts) l WHERE key IS NOT NULL GROUP BY 1, 2, 3`,
    `INSERT INTO ${schema}.audit SELECT 2000000000 + sequence, first_action_at, 'case.assign', 'key_ann', NULL, id, id, 200, NULL, '{"assignee":"ann"}'
       FROM ${schema}.cases WHERE first_action_at < to_timestamp(${end / 1000})`,
    `INSERT INTO ${schema}.users SELECT 'u' || n, n, name, email, email, lower(name) || E'\\n' || email || E'\\n' || 'u' || n, at, at FROM (
       SELECT n, (ARRAY['Ann', 'Bob', 'Chloe', 'Dmitri', 'Eve', 'Farid', 'Grace', 'Hugo', 'Ines', 'Jun'])[1 + n % 10] || ' ' || initcap(substr(md5(n::text), 1, 7)) AS name,
         substr(md5(n::text), 1, 9) || n || '@mail' || n % 40 || '.example' AS email, to_timestamp(${end / 1000} - n * 20) AS at FROM generate_series(0, ${SIZES.user - 1}) n) u`,
  ];
}
