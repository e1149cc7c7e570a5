/**
 * What is kept of a decision, and how fast an empty database takes it in: each build fills a folder of its own over HTTP, the same payments,
 * and then begins anew from its journal alone.
 *
 *   node bench/kept.ts [ROOT...] [--payments 30000] [--connections 64]
 *
 * ROOT: folders of builds (git worktree add, npm ci); this one where none is named. Prints Markdown. Bytes of the journal are those of its
 * records, not of what is laid out for more; PostgreSQL's are those of its tables and indexes, the largest of this build told one by one.
 */
import { readdirSync, rmSync, statSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { body, start, stop } from './http-load.ts';
import { processesNaming, processorMs } from './process-stat.ts';
import { scratch } from './scratch.ts';
import { wrk } from './wrk.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { payments: { type: 'string', default: '30000' }, connections: { type: 'string', default: '64' } },
});
const here = join(import.meta.dirname, '..');
const roots = positionals.length > 0 ? positionals : [here];
const [most, connections] = [Number(values.payments), Number(values.connections)];
/** Of load between two looks at how many there are. */
const STEP_SECONDS = 5;

interface Counted {
  durable: number;
  behind: number;
  journalBytes: number;
  residentBytes: number;
}

async function counted(url: string): Promise<Counted> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const of = (name: string) => Number(new RegExp(`^${name} (\\S+)`, 'm').exec(text)![1]);
  return {
    durable: of('assay_journal_durable_sequence'),
    behind: of('assay_projection_lag_records'),
    journalBytes: of('assay_journal_bytes'),
    residentBytes: of('process_resident_memory_bytes'),
  };
}

function bytesIn(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}

async function level(url: string): Promise<Counted> {
  for (;;) {
    const now = await counted(url);
    if (now.behind === 0) return now;
    await sleep(100);
  }
}

const serve = (root: string, dataDir: string) =>
  start([join(root, 'bin/assay.js'), 'serve', '--port', '0'], {
    ...{ ASSAY_DATA_DIR: dataDir, RATE_LIMIT_MAX: '0', LOG_LEVEL: 'warn' },
  });
/** Processor time of all that belongs to a folder but for the server itself. */
const beside = (dataDir: string, server: number) =>
  processesNaming(dataDir).reduce((sum, pid) => (pid === server ? sum : sum + processorMs(pid)), 0);

async function measure(root: string): Promise<Record<string, number>> {
  const folder = scratch('kept');
  const dataDir = join(folder, 'data');
  const postgres = join(dataDir, 'postgres');
  const payments = Array.from({ length: 20_000 }, (_, i) => body(i));
  let server: Awaited<ReturnType<typeof serve>> | undefined;
  try {
    server = await serve(root, dataDir);
    const empty = bytesIn(join(postgres, 'data', 'base'));
    const beganEmpty = (await level(server.url)).durable;
    while ((await counted(server.url)).durable - beganEmpty < most)
      await wrk(`${server.url}/api/transactions`, payments, { folder, connections, seconds: STEP_SECONDS });
    const { durable, journalBytes, residentBytes } = await level(server.url);
    await stop(server.child);
    const filled = bytesIn(join(postgres, 'data', 'base')) - empty;
    const snapshots = join(dataDir, 'snapshots');

    const figures: Record<string, number> = {
      records: durable,
      'journal, bytes a record': journalBytes / durable,
      'PostgreSQL, bytes a record': filled / durable,
      'snapshots, bytes a record': bytesIn(snapshots) / durable,
      'memory of the process, MB': residentBytes / 2 ** 20,
    };
    rmSync(postgres, { recursive: true });
    server = await serve(root, dataDir);
    const began = performance.now();
    const pid = server.child.pid!;
    const before = { server: processorMs(pid), beside: beside(dataDir, pid) };
    const first = durable - (await counted(server.url)).behind;
    await level(server.url);
    const done = durable - first;
    const us = (ms: number) => (1000 * ms) / done;
    figures['caught up, records a second'] = (1000 * done) / (performance.now() - began);
    figures['… processor time of PostgreSQL, µs a record'] = us(beside(dataDir, pid) - before.beside);
    figures['… of the server, µs a record'] = us(processorMs(pid) - before.server);
    return figures;
  } finally {
    if (server?.child.exitCode === null) await stop(server.child);
    rmSync(folder, { recursive: true, force: true });
  }
}

const found: Record<string, number>[] = [];
for (const root of roots) found.push(await measure(root));
const shown = (number: number) => number.toFixed(number < 100 ? 1 : 0);
console.log(`${cpus().length} × ${cpus()[0].model}, Node ${process.version}, load ${loadavg()[0].toFixed(1)}\n`);
console.log(`| | ${roots.join(' | ')} |\n|${' --- |'.repeat(roots.length + 1)}`);
for (const name of Object.keys(found[0]))
  console.log(`| ${name} | ${found.map((each) => shown(each[name])).join(' | ')} |`);
