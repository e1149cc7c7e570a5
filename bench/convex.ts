/**
 * The copy in Convex under faults: payments while the server is killed with SIGKILL and started again, the deployment goes away, answers get lost and calls are
 * done late; then the tables beside the API's pages, field by field, and how long it took.
 *
 *   npm run bench:convex -- [payments, 20000] [kills, 4]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { call } from '../test/support/app.ts';
import { type Fault, startConvex } from '../test/support/convex-server.ts';
import { type ServerProcess, startServer } from '../test/support/process.ts';
import { createConvexMemory } from './convex-memory.ts';

const payments = Number(process.argv[2] ?? 20_000);
const kills = Number(process.argv[3] ?? 4);
const LANES = 16;
const FAULTS: Fault[] = ['none', 'none', 'after', 'none', 'refused', 'none', 'before', 'none', 'late', 'none'];

type Row = Record<string, unknown> & { id: string };

const memory = createConvexMemory();
const convex = await startConvex(memory.run);
let away = false;
convex.fault = (count) => (away ? 'before' : FAULTS[count % FAULTS.length]);
const dataDir = mkdtempSync(join(tmpdir(), 'assay-convex-'));
const env = { CONVEX_URL: convex.url, CONVEX_DEPLOY_KEY: convex.deployKey, CONVEX_TIMEOUT_MS: '400' };
let server: ServerProcess = await startServer(dataDir, env);
let restarting: Promise<void> | undefined;

/** Asks until it is answered, whatever happens to the server meanwhile: names make that harmless. */
async function send(method: string, path: string, body: object): Promise<number> {
  for (;;) {
    await restarting;
    const { status } = await call(server.url, method, path, body).catch(() => ({ status: 0 }));
    if (status !== 0 && status !== 503) return status;
    await sleep(20);
  }
}

async function pay(i: number): Promise<void> {
  const id = `p${i}`;
  const body = { id, userId: `u${i % 997}`, amount: (i % 500) + 1, cardId: `c${i % 1_200}`, merchantId: `m${i % 40}` };
  await send('POST', '/api/transactions', body);
  if (i % 5 === 0) await send('POST', '/api/transactions/finalize', { tempId: id });
  if (i % 50 === 7) await send('POST', `/api/transactions/${id}/labels`, { label: 'fraud', source: 'analyst' });
  if (i % 100 === 11) await send('DELETE', `/api/transactions/${id}`, {});
}

async function restart(): Promise<void> {
  await server.kill();
  server = await startServer(dataDir, env);
}

const health = async () => (await call(server.url, 'GET', '/health')).body.convex;
const began = performance.now();
let next = 0;
let mostBehind = 0;
const faultsOfTime = (async () => {
  for (let round = 1; round <= kills; round++) {
    while (next < (payments * round) / (kills + 1)) await sleep(20);
    mostBehind = Math.max(mostBehind, (await health().catch(() => undefined))?.lagRecords ?? 0);
    if (round % 2 === 0) {
      away = true;
      await sleep(3_000);
      mostBehind = Math.max(mostBehind, (await health().catch(() => undefined))?.lagRecords ?? 0);
      away = false;
    }
    restarting = restart();
    await restarting;
    restarting = undefined;
  }
})();
const lane = async () => {
  while (next < payments) await pay(next++);
};
await Promise.all([...Array.from({ length: LANES }, lane), faultsOfTime]);
const paid = performance.now();
for (let lag = await health(); lag.lagRecords > 0 || lag.state !== 'ok'; lag = await health()) await sleep(50);
const copied = performance.now();

const shown: Row[] = [];
for (let cursor = ''; ; ) {
  const { body } = await call(server.url, 'GET', `/api/transactions?limit=200${cursor}`);
  shown.push(...body.data);
  if (!body.hasMore) break;
  cursor = `&cursor=${body.nextCursor}`;
}
const byId = (a: Row, b: Row) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
const known = shown.map(({ labelState: _, ...view }) => view as Row).sort(byId);
const copies = [...memory.rows('transactions'), ...memory.rows('tempTransactions')]
  .map(({ details }) => JSON.parse(details as string) as Row)
  .sort(byId);
const equal = isDeepStrictEqual(copies, known);
let applied = 0;
for (let i = convex.writes.length - 1; i >= 0; i--)
  if (((await convex.again(i)) as { applied: boolean }).applied) applied++;
const rows = memory.rows('transactions').length;
console.log(
  JSON.stringify({
    ...{ payments, kills, shown: shown.length, rows, equal, distinct: new Set(copies.map(({ id }) => id)).size },
    ...{ writes: convex.writes.length, appliedWhenSentAgain: applied, mostBehindRecords: mostBehind },
    ...{ paidPerSecond: Math.round((1_000 * payments) / (paid - began)) },
    ...{ copiedAfterTheLastSeconds: Number(((copied - paid) / 1_000).toFixed(2)) },
    rowsPerSecond: Math.round((1_000 * rows) / (copied - began)),
  }),
);
await server.stop();
await convex.close();
rmSync(dataDir, { recursive: true, force: true });
if (!equal || applied > 0) process.exitCode = 1;
