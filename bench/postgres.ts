/**
 * Every list and stats query of the store, and those of the desk, on a PostgreSQL of 10M transactions over 90 days: p50 and p99 through the store's
 * own code, and the plans, which go to docs/query-plans.md.
 * `npm run bench:postgres [-- --transactions 10000000 --calls 200 --data DIR --only 'WORDS' --write]`; `--data` keeps the filled database,
 * `--only` takes the queries whose name fits an expression.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { startEmbedded } from '../src/adapters/embedded/postgres.ts';
import { layoutSchema } from '../src/adapters/postgres/migrate.ts';
import { openStore } from '../src/adapters/postgres/store.ts';
import { entityTypesWith } from '../src/domain/entity.ts';
import { silentLog } from '../src/projections/log.ts';
import { deskQueries } from './postgres/desk.ts';
import { fill, type Shape } from './postgres/fill.ts';
import { plansOf, recordStatements } from './postgres/plans.ts';
import { queries } from './postgres/queries.ts';

const { values } = parseArgs({
  options: {
    transactions: { type: 'string', default: '10000000' },
    days: { type: 'string', default: '90' },
    calls: { type: 'string', default: '200' },
    data: { type: 'string' },
    only: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
});
const shape: Shape = { rows: Number(values.transactions), days: Number(values.days), end: Date.UTC(2026, 9, 1) };
const calls = Number(values.calls);
const dataDir = values.data ?? mkdtempSync(join(tmpdir(), 'assay-bench-'));
const NAMESPACE = 'bench';
const schema = layoutSchema(NAMESPACE);
const since = (began: number) => `${((performance.now() - began) / 1000).toFixed(0)} s`;

const isFilled = existsSync(join(dataDir, 'filled'));
const server = await startEmbedded({ dataDir, log: silentLog });
const recorder = recordStatements();
const store = await openStore({
  ...{ url: server.url, namespace: NAMESPACE, clock: Date.now, entityTypes: entityTypesWith(), log: silentLog },
});
if (!isFilled) {
  const began = performance.now();
  await fill(server.url, schema, shape, (text) => console.log(`${since(began)}: ${text}`));
  writeFileSync(join(dataDir, 'filled'), '');
}
const client = new pg.Client(server.url);
await client.connect();
const { rows: sizes } = await client.query(
  `SELECT coalesce(parent.relname, c.relname) AS name, sum(pg_total_relation_size(c.oid)) AS bytes, sum(c.reltuples) AS rows
   FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_inherits i ON i.inhrelid = c.oid
   LEFT JOIN pg_class parent ON parent.oid = i.inhparent WHERE n.nspname = $1 AND c.relkind = 'r' GROUP BY 1 ORDER BY 2 DESC`,
  [schema],
);
for (const { name, bytes, rows } of sizes)
  if (Number(bytes) > 1e6)
    console.log(`${name}: ${Number(rows).toLocaleString('en')} rows, ${(bytes / 1e9).toFixed(2)} GB`);

const random = mulberry(7);
const lines: string[] = [];
const plans = new Map<string, string>();

for (const { name, run, isAlike } of [...queries(store, shape), ...deskQueries(store, shape)]) {
  if (values.only && !new RegExp(values.only).test(name)) continue;
  const took: number[] = [];
  for (let call = 0; call < calls; call++) {
    const began = performance.now();
    await run(random);
    took.push(performance.now() - began);
  }
  took.sort((a, b) => a - b);
  const at = (q: number) => took[Math.min(calls - 1, Math.floor(q * calls))].toFixed(1);
  lines.push(`| ${name} | ${at(0.5)} | ${at(0.99)} | ${took[calls - 1].toFixed(1)} |`);
  console.log(lines[lines.length - 1]);
  if (!values.write || isAlike) continue;
  const statements = await recorder.during(() => run(random));
  plans.set(name, await plansOf(client, schema, statements));
}
if (values.write) {
  const head =
    `# Query plans\n\nWritten by \`npm run bench:postgres -- --write\` on ${shape.rows.toLocaleString('en')} transactions over ${shape.days} days: ` +
    'one plan a statement (`EXPLAIN (ANALYZE, BUFFERS)`), its longest lines cut, what was never executed left out; of links those of two steps. ' +
    'The figures are in [benchmarks.md](benchmarks.md).\n';
  const file = join(import.meta.dirname, '..', 'docs', 'query-plans.md');
  // Of what was not asked now those stay that were written before.
  const before = values.only ? readFileSync(file, 'utf8').trimEnd().split('\n\n## ').slice(1) : [];
  const known = before.map((section): [string, string] => [
    section.slice(0, section.indexOf('\n')),
    section.slice(section.indexOf('\n') + 2),
  ]);
  const sections = [...new Map([...known, ...plans])].map(([name, text]) => `## ${name}\n\n${text}`);
  writeFileSync(file, `${head}\n${sections.join('\n\n')}\n`);
}
await client.end();
await store.close();
await server.stop();
if (!values.data) rmSync(dataDir, { recursive: true, force: true });

/** mulberry32 (T. Ettinger, public domain). */
function mulberry(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
