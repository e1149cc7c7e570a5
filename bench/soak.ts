/**
 * A server under load for long, with users that come and go: does its memory stay where it is, and does it let go of what it took?
 *
 *   npm run bench:soak [-- --minutes 30 --share 0.6 --memory 32M]
 *
 * Payments come at a share of what the server decided at first as fast as connections go, over new connections each half minute. A user
 * pays about twenty times within two minutes and is never seen again. Beside them: lists, statistics and entities are read, live feeds
 * open and close, and uploads break off. Memory must not grow behind the first third; at the end, when it is quiet again, handles,
 * timers and open files must be those of before. Exit code 1 where not.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { body, figures, load, stop } from './http-load.ts';
import { offer } from './open-loop.ts';
import { scratch } from './scratch.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    share: { type: 'string', default: '0.6' },
    memory: { type: 'string', default: '32M' },
  },
});
const minutes = Number(values.minutes);
const SLICE_SECONDS = 30;
const CONNECTIONS = 64;
/** What a user pays before another takes the place, and for how long one is about. */
const PAYMENTS_EACH = 20;
const STAY_SECONDS = 120;
/** Growth of memory behind the first third that other things than a leak explain, such as pages that the allocator keeps. */
const MOST_GROWTH = 0.05;
const MIB = 1024 * 1024;

interface Held {
  rss: number;
  heapUsed: number;
  external: number;
  resources: string[];
}

const dataDir = scratch('soak');
const server = fork(join(import.meta.dirname, '..', 'bin/assay.js'), ['serve', '--port', '0', '--data-dir', dataDir], {
  env: { ...process.env, RATE_LIMIT_MAX: '0', LOG_LEVEL: 'warn', PROFILE_MEMORY: values.memory },
  execArgv: ['--expose-gc', '--import', join(import.meta.dirname, 'soak/probe.ts')],
  stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
});
const faults: string[] = [];
try {
  const url = await listening();
  await load(url, { connections: CONNECTIONS, duration: 10 });
  const saturated = figures(await load(url, { connections: CONNECTIONS, duration: 10 })).perSecond;
  const rate = Math.max(1, Math.round(saturated * Number(values.share)));
  await beside(url, Date.now() + 3_000);
  const before = await quiet(() => true);
  console.log(
    `${saturated} a second at most: ${rate} a second for ${minutes} minutes; load ${loadavg()[0].toFixed(1)}`,
  );

  const users = Math.max(1, Math.round((rate * STAY_SECONDS) / PAYMENTS_EACH));
  const began = Date.now();
  const end = began + minutes * 60_000;
  const memory: { anonymousMiB: number; heapMiB: number }[] = [];
  const statuses: Record<string, number> = {};
  let sent = 0;
  let unanswered = 0;
  while (Date.now() < end) {
    const came = Math.floor(sent / PAYMENTS_EACH);
    const [offered] = await Promise.all([
      offer(url, {
        ...{ rate, seconds: SLICE_SECONDS, connections: CONNECTIONS, patienceMs: 60_000 },
        bodyOf: (i) => payment(came + ((i * 2_654_435_761) % users), i),
      }),
      beside(url, Date.now() + SLICE_SECONDS * 1_000),
    ]);
    for (const [status, times] of Object.entries(offered.times))
      statuses[status] = (statuses[status] ?? 0) + times.length;
    sent += rate * SLICE_SECONDS;
    unanswered += offered.unanswered;
    const held = await ask();
    memory.push({ anonymousMiB: anonymousMiB(), heapMiB: Math.round(held.heapUsed / MIB) });
    const now = memory.at(-1)!;
    console.log(
      `${((Date.now() - began) / 60_000).toFixed(1)} min: ${now.anonymousMiB} MiB, heap ${now.heapMiB}, external ` +
        `${Math.round(held.external / MIB)}, ${files()} files, ${JSON.stringify(counted(held.resources))}, load ${loadavg()[0].toFixed(1)}`,
    );
  }
  if (unanswered > 0) faults.push(`${unanswered} payments were not answered`);
  for (const status of Object.keys(statuses))
    if (status !== '201' && status !== '503') faults.push(`${statuses[status]} were answered ${status}`);

  // Two halves of what comes behind the first third, by their medians: a slope is in them, a single peak is not.
  const later = memory.slice(Math.floor(memory.length / 3));
  const growth = (of: (one: (typeof memory)[number]) => number) => {
    const half = Math.floor(later.length / 2);
    return median(later.slice(half).map(of)) / median(later.slice(0, half).map(of)) - 1;
  };
  const grown = { anonymous: growth((one) => one.anonymousMiB), heap: growth((one) => one.heapMiB) };
  for (const [name, share] of Object.entries(grown))
    if (share > MOST_GROWTH) faults.push(`${name} memory grew by ${(100 * share).toFixed(1)}% behind the first third`);
  const more = (held: Record<string, number>) => Object.keys(held).filter((kind) => held[kind] > (before[kind] ?? 0));
  const after = await quiet((held) => more(held).length === 0);
  for (const kind of more(after)) faults.push(`${kind}: ${before[kind] ?? 0} before, ${after[kind]} after`);
  console.log(
    JSON.stringify({ sent, statuses, users: Math.floor(sent / PAYMENTS_EACH), grown, before, after, faults }, null, 2),
  );
} finally {
  await stop(server);
  rmSync(dataDir, { recursive: true, force: true });
}
process.exitCode = faults.length > 0 ? 1 : 0;

async function listening(): Promise<string> {
  let said = '';
  for await (const text of server.stdout!.setEncoding('utf8')) {
    said += text;
    const url = /at (http:\/\/\S+)/.exec(said)?.[1];
    if (url) {
      server.stdout!.resume();
      return url;
    }
  }
  throw new Error(`the server ended: ${said}`);
}

/** User `user` with things of its own, and a merchant of 300. */
function payment(user: number, i: number): string {
  const name = `soak_${user}`;
  const own = { userId: name, cardId: `card_${name}`, deviceId: `device_${name}`, email: `${name}@example.com` };
  return JSON.stringify({
    ...JSON.parse(body(i)),
    ...own,
    ip: `10.${(user >> 16) & 255}.${(user >> 8) & 255}.${user & 255}`,
  });
}

/** What else goes on: reads, live feeds that open and close, uploads that break off. */
async function beside(url: string, until: number): Promise<void> {
  const { hostname, port } = new URL(url);
  const reads = [
    '/api/transactions?limit=50',
    '/api/transactions/stats',
    '/api/transactions/alerts',
    '/health',
    '/metrics',
  ];
  for (let i = 0; Date.now() < until; i++) {
    // A connection that is kept would be held by both sides.
    const answer = await fetch(`${url}${reads[i % reads.length]}`, { headers: { connection: 'close' } });
    await answer.text();
    if (answer.status !== 200) faults.push(`${reads[i % reads.length]} answered ${answer.status}`);
    const feed = new WebSocket(`${url.replace('http', 'ws')}/ws`);
    const opened = once(feed, 'open');
    const half = connect(Number(port), hostname);
    half.on('error', () => {});
    half.write(
      'POST /api/transactions HTTP/1.1\r\nHost: soak\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{"userId":',
    );
    await Promise.all([opened, sleep(1_000)]);
    feed.close();
    half.destroy();
  }
}

async function ask(): Promise<Held> {
  server.send('what do you hold?');
  const [held] = await once(server, 'message');
  return held as Held;
}

function counted(names: string[]): Record<string, number> {
  return Object.fromEntries(
    Object.entries(Object.groupBy(names, (name) => name)).map(([name, all]) => [name, all!.length]),
  );
}

function files(): number {
  return readdirSync(`/proc/${server.pid}/fd`).length;
}

function anonymousMiB(): number {
  return Math.round(Number(/RssAnon:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))![1]) / 1024);
}

/** What it holds when nobody asks: the least of each kind, for something is always under way. Looks until it is `enough`, three minutes at most. */
async function quiet(enough: (held: Record<string, number>) => boolean): Promise<Record<string, number>> {
  await sleep(30_000);
  let least: Record<string, number> = {};
  for (let look = 0; look < 20 || (look < 300 && !enough(least)); look++) {
    const now: Record<string, number> = { ...counted((await ask()).resources), files: files() };
    const kinds = look === 0 ? Object.keys(now) : Object.keys(least);
    least = Object.fromEntries(kinds.map((kind) => [kind, Math.min(least[kind] ?? Infinity, now[kind] ?? 0)]));
    await sleep(500);
  }
  return least;
}

function median(numbers: number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1];
}
