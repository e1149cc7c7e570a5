/**
 * Attacks a server of its own, on the loopback, and prints a table: `npm run attack`. It makes the server, ends it, and stops by itself.
 * Whatever gets through ends it with exit code 1.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startServer } from '../support/process.ts';
import { bodies } from './bodies.ts';
import { callers } from './callers.ts';
import { floods } from './floods.ts';
import { inputs } from './inputs.ts';
import { places } from './places.ts';
import { feeds, slow } from './slow.ts';
import { targetOf } from './target.ts';
import { type Row, tableOf } from './verdict.ts';

const ADMIN = 'the-key-of-the-attack';
/** Whatever happens, it is over by then. */
const LONGEST_MS = 20 * 60_000;

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    inputs: { type: 'string', default: '16' },
    short: { type: 'boolean', default: false },
  },
});
const seed = Number(values.seed);
const timer = setTimeout(() => {
  console.error('The attack took too long.');
  process.exit(1);
}, LONGEST_MS);
timer.unref();

const dataDir = mkdtempSync(join(tmpdir(), 'assay-attack-'));
const server = await startServer(dataDir, {
  API_KEY: ADMIN,
  HOST: '127.0.0.1',
  LOG_LEVEL: 'error',
  RATE_LIMIT_MAX: '100000',
});
const rows: Row[] = [];
try {
  const target = targetOf(server.url, server.child.pid!, ADMIN);
  const document = JSON.parse((await target.send({ method: 'GET', path: '/openapi.json' })).body);
  const run = async (attack: () => Promise<Row | Row[]>) => {
    for (const row of [await attack()].flat()) {
      rows.push(row);
      console.error(`${row.name}: ${row.cases} cases, ${row.faults.length} through`);
    }
  };
  await run(() => callers(target, document));
  await run(() => places(target));
  await run(() => bodies(target, document));
  await run(() => inputs(target, document, seed, values.short ? 4 : Number(values.inputs)));
  await run(() => floods(target));
  await run(() => feeds(target, values.short ? 50 : 300));
  if (!values.short) await run(() => slow(target));
  // It decides as before.
  const health = JSON.parse((await target.send({ method: 'GET', path: '/health' })).body);
  if (health.status !== 'healthy')
    rows.push({ name: 'afterwards', what: '/health', cases: 1, faults: [JSON.stringify(health)], seen: '' });
  target.close();
} finally {
  await server.stop().catch(() => {});
  rmSync(dataDir, { recursive: true, force: true });
}
console.log(tableOf(rows));
const faults = rows.flatMap((row) => row.faults.map((fault) => `${row.name}: ${fault}`));
for (const fault of faults.slice(0, 60)) console.error(fault);
if (/uncaught|unhandled/i.test(server.output())) faults.push(server.output().slice(0, 2_000));
process.exitCode = faults.length > 0 ? 1 : 0;
