/**
 * What a decision costs each part of a fleet, as microseconds of the processor: a server, a worker, a process that only follows the log,
 * Redis' own thread, the broker and PostgreSQL. One of each, on real ones. By CPU time, so that it says what a part would cost with cores of
 * its own; what the parts cost while nothing comes is taken off. docs/sizing.md takes its figures from here.
 *
 *   node bench/fleet-cost.ts [--rates 100,300] [--seconds 20]
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Redis } from 'ioredis';
import pg from 'pg';
import { openRawTopic } from '../src/adapters/kafka/raw.ts';
import { readConfig } from '../src/config.ts';
import { startFleet } from '../test/support/fleet.ts';
import { inParallel, type Payment, payments, poster, until } from '../test/support/load.ts';
import { parentOf, processorMs } from './process-stat.ts';

const { values } = parseArgs({
  options: { rates: { type: 'string', default: '100,300' }, seconds: { type: 'string', default: '20' } },
});
const seconds = Number(values.seconds);
const WARM_UP = 3_000;
const IN_FLIGHT = 64;

/** Processor time of a process so far, microseconds. */
const usedBy = (pid: number) => processorMs(pid) * 1_000;

const childrenOf = (pid: number) =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((one) => {
      try {
        return parentOf(one) === pid;
      } catch {
        return false;
      }
    });

const fleet = await startFleet({ servers: 1, workers: 1 });
const follower = spawn(process.execPath, [join(import.meta.dirname, 'fleet-cost', 'follow.ts')], {
  ...{ env: { ...process.env, ...fleet.env }, stdio: ['ignore', 'pipe', 'inherit'] },
});
const { namespace, fleet: settings } = readConfig(fleet.env, { modelDir: '' });
const raw = await openRawTopic({ ...settings!, namespace });
const redis = new Redis(fleet.redis.url);
const database = new pg.Client({ connectionString: fleet.env.DATABASE_URL });
await Promise.all([once(follower.stdout!, 'data'), database.connect()]);
const backend = Number((await database.query('SELECT pg_backend_pid() AS pid')).rows[0].pid);
const postmaster = parentOf(backend);
const [server] = fleet.servers;
const [worker] = fleet.workers;
const client = poster(server.url, IN_FLIGHT);

async function used(): Promise<Record<string, number>> {
  const cpu = await redis.info('cpu');
  const redisOf = (name: string) => Number(new RegExp(`used_cpu_${name}_main_thread:([\\d.]+)`).exec(cpu)![1]) * 1e6;
  return {
    server: usedBy(server.child.pid!),
    worker: usedBy(worker.child.pid!),
    follower: usedBy(follower.pid!),
    redis: redisOf('user') + redisOf('sys'),
    broker: usedBy(fleet.kafka.pid!),
    postgres: childrenOf(postmaster).reduce((sum, pid) => sum + usedBy(pid), 0),
  };
}

async function figure(url: string, name: string): Promise<number> {
  const text = await (await fetch(new URL('/metrics', url))).text();
  return Number(new RegExp(`^${name}(?:\\{[^}]*\\})? (.*)$`, 'm').exec(text)?.[1] ?? 0);
}

/** Everything that was sent is decided, in PostgreSQL, and repeated to Redis. */
const settled = () =>
  until(
    'all is settled',
    async () => {
      const { rows } = await database.query('SELECT applied FROM assay_layout2.meta');
      const behind = [
        await figure(new URL(worker.url).origin, 'assay_order_lag_records'),
        await figure(server.url, 'assay_projection_lag_records'),
        await figure(server.url, 'assay_consumer_lag_records'),
        await figure(new URL(worker.url).origin, 'assay_consumer_lag_records'),
      ];
      return Number(rows[0].applied) >= decided && behind.every((lag) => lag === 0);
    },
    120_000,
  );

const ways = {
  http: async ({ body }: Payment) => void (await client.post('/api/transactions', body)),
  kafka: ({ body }: Payment) => raw.send({ key: /"userId":"([^"]*)"/.exec(body)![1], value: body }),
};
let decided = 0;

async function send(way: keyof typeof ways, rate: number, count: number): Promise<void> {
  const began = performance.now();
  await inParallel(
    payments(count, 7, decided).map((payment, i) => ({ payment, due: (i / rate) * 1_000 })),
    rate === Number.POSITIVE_INFINITY ? IN_FLIGHT : count,
    async ({ payment, due }) => {
      await sleep(Math.max(0, began + due - performance.now()));
      await ways[way](payment);
    },
  );
  decided += count;
  await settled();
}

async function costOf(work: () => Promise<void>): Promise<{ cost: Record<string, number>; seconds: number }> {
  const before = await used();
  const began = performance.now();
  await work();
  const after = await used();
  const cost = Object.fromEntries(Object.entries(after).map(([name, us]) => [name, us - before[name]]));
  return { cost, seconds: (performance.now() - began) / 1_000 };
}

try {
  for (const way of ['http', 'kafka'] as const) await send(way, Number.POSITIVE_INFINITY, WARM_UP);
  await sleep(3_000);
  const idle = await costOf(() => sleep(10_000));
  const perSecond = (name: string) => idle.cost[name] / idle.seconds;
  const names = Object.keys(idle.cost);
  console.log(`| µs of the processor | ${names.join(' | ')} |\n|---|${names.map(() => '---').join('|')}|`);
  console.log(`| a second in which nothing comes | ${names.map((name) => Math.round(perSecond(name))).join(' | ')} |`);
  for (const rate of values.rates.split(',').map(Number))
    for (const way of ['http', 'kafka'] as const) {
      const count = rate * seconds;
      const { cost, seconds: took } = await costOf(() => send(way, rate, count));
      const each = names.map((name) => Math.round((cost[name] - perSecond(name) * took) / count));
      console.log(`| a decision by ${way}, ${rate} a second (${took.toFixed(1)} s) | ${each.join(' | ')} |`);
    }
} finally {
  follower.kill();
  client.close();
  redis.disconnect();
  await Promise.all([raw.close(), database.end()]);
  await fleet.stop();
}
