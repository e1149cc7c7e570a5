/**
 * Twice as much as can be decided, offered by connections that do not wait for each other: what those who are let in wait, with
 * admission and without. Each run is a server of its own.
 *
 *   node bench/overload.ts [--seconds 20] [--connections 400]
 *
 * Prints JSON. Every answered 201 has to be there at the end, and nothing else: else it throws.
 */
import { rmSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { figures, load, start, stop } from './http-load.ts';
import { type Offered, offer } from './open-loop.ts';
import { scratch } from './scratch.ts';

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '20' }, connections: { type: 'string', default: '400' } },
});
const [seconds, connections] = [Number(values.seconds), Number(values.connections)];
const assay = join(import.meta.dirname, '..', 'bin/assay.js');

/** Below it, waits are those of the machine's other work. */
const LEAST_PER_SECOND = 100;

const quantile = (numbers: number[], share: number) =>
  Math.round(numbers.toSorted((a, b) => a - b)[Math.floor(share * (numbers.length - 1))] ?? 0);

function told({ times, unanswered }: Offered) {
  const [decided, refused] = [times[201] ?? [], times[503] ?? []];
  const others = Object.keys(times).filter((status) => status !== '201' && status !== '503');
  if (others.length > 0) throw new Error(`answered ${others.join(', ')}`);
  if (unanswered > 0) throw new Error(`${unanswered} were not answered`);
  return {
    decidedPerSecond: Math.round(decided.length / seconds),
    decidedMs: { p50: quantile(decided, 0.5), p99: quantile(decided, 0.99), p999: quantile(decided, 0.999) },
    refusedPerSecond: Math.round(refused.length / seconds),
    refusedMs: { p50: quantile(refused, 0.5), p95: quantile(refused, 0.95), p99: quantile(refused, 0.99) },
  };
}

async function run(env: Record<string, string>) {
  const dataDir = scratch('overload');
  const common = { ASSAY_DATA_DIR: dataDir, RATE_LIMIT_MAX: '0', LOG_LEVEL: 'warn' };
  const server = await start([assay, 'serve', '--port', '0'], { ...common, ...env });
  try {
    await load(server.url, { connections: 64, duration: 4 });
    const saturated = figures(await load(server.url, { connections: 64, duration: 5 }));
    if (saturated.perSecond < LEAST_PER_SECOND)
      throw new Error(`${saturated.perSecond} a second are decided: the machine is too busy for this to say anything`);
    await counted(server.url);
    if (saturated.not2xx + saturated.errors > 0) throw new Error('64 connections were refused something');
    const half = await offer(server.url, { rate: saturated.perSecond / 2, seconds, connections });
    const before = await counted(server.url);
    const twice = await offer(server.url, { rate: saturated.perSecond * 2, seconds, connections });
    const decided = (await counted(server.url)) - before;
    const acknowledged = twice.times[201]?.length ?? 0;
    if (decided !== acknowledged) throw new Error(`${acknowledged} were acknowledged, and ${decided} are there`);
    return { saturatedPerSecond: saturated.perSecond, half: told(half), twice: told(twice), decided, acknowledged };
  } finally {
    await stop(server.child);
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** Decisions that are durable, once no more come: a generator that left has some under way. */
async function counted(url: string): Promise<number> {
  for (let before = -1; ; ) {
    await sleep(1_000);
    const text = await (await fetch(`${url}/metrics`)).text();
    const found = text.matchAll(/^assay_decisions_total\{[^}]*\} (\d+)$/gm);
    const now = Array.from(found, ([, count]) => Number(count)).reduce((sum, count) => sum + count, 0);
    if (now === before) return now;
    before = now;
  }
}

const machine = { cpu: cpus()[0].model, cores: cpus().length, node: process.version, load: loadavg()[0] };
const queueing = await run({ ADMIT_DELAY_MS: '0' });
const admitting = await run({});
console.log(JSON.stringify({ machine, connections, seconds, queueing, admitting }, null, 2));
