/**
 * Profiles in a real Redis on this machine: payments a second that read and change the profiles of six entities each, one of them a
 * merchant that all share, by insert (and the log's consumer that repeats it) and by compare-and-set; and what an entity takes.
 * `node bench/redis-profiles.ts [--workers 4] [--in-flight 8] [--seconds 6] [--rounds 3] [--merchants 1]`
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Redis } from 'ioredis';
import { type RedisServer, startRedis } from '../scripts/services/redis.ts';
import { openRedisProfiles } from '../src/adapters/redis/profiles.ts';
import { ENTITY_TYPES, event, T0 } from '../test/support/profile-events.ts';

const { values } = parseArgs({
  options: {
    ...{ workers: { type: 'string', default: '4' }, 'in-flight': { type: 'string', default: '8' } },
    ...{ seconds: { type: 'string', default: '6' }, rounds: { type: 'string', default: '3' } },
    merchants: { type: 'string', default: '1' },
  },
});
const [workers, inFlight, seconds, rounds, merchants] = [
  ...[values.workers, values['in-flight'], values.seconds, values.rounds, values.merchants].map(Number),
];

async function measure(server: RedisServer, mode: string, namespace: string): Promise<void> {
  const children = Array.from({ length: workers }, (_, index) => {
    const options = {
      mode,
      index,
      seconds,
      inFlight,
      merchants,
      entityTypes: ENTITY_TYPES,
      url: server.url,
      namespace,
    };
    const child = spawn(process.execPath, [join(import.meta.dirname, 'redis', 'worker.ts')], {
      env: { ...process.env, OPTIONS: JSON.stringify(options) },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    return { child, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator]() };
  });
  for (const { lines } of children) await lines.next();
  for (const { child } of children) child.stdin.write('go\n');
  const results = await Promise.all(children.map(async ({ lines }) => JSON.parse((await lines.next()).value!)));
  const latencies = results.flatMap((one) => one.latencies as number[]).sort((a, b) => a - b);
  const retries = results.reduce((sum, one) => sum + one.retries, 0);
  const at = (q: number) => latencies[Math.min(latencies.length - 1, Math.floor(q * latencies.length))].toFixed(1);
  const rate = Math.round(latencies.length / seconds);
  const tries = (retries / latencies.length).toFixed(2);
  console.log(
    `${mode.padEnd(16)} ${rate} payments/s, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, ${tries} retries a payment`,
  );
}

/** Bytes that Redis' memory grows by: a profile by the number of its events, and the keys of records. */
async function sizes(server: RedisServer): Promise<void> {
  const redis = new Redis(server.url);
  const profiles = await openRedisProfiles({
    ...{ url: server.url, namespace: 'size', entityTypes: ENTITY_TYPES, deadlineMs: 10_000, logDeadlineMs: 60_000 },
  });
  const used = async () => Number(/used_memory:(\d+)/.exec(await redis.info('memory'))![1]);
  const grown = async (count: number, by: () => Promise<void>) => {
    const before = await used();
    await by();
    return Math.round(((await used()) - before) / count);
  };
  let offset = 0;
  let entity = 0;
  for (const count of [1, 3, 10, 30, 64, 100, 512, 2_000]) {
    const entities = Math.ceil(20_000 / count);
    const bytes = await grown(entities, async () => {
      for (let i = 0; i < entities; i++) {
        entity++;
        const records = Array.from({ length: count }, (_, row) => {
          const learn = event(offset + row + 1, T0 + row * 3_600_000, [entity, 0, 0, 0, 0, 0]);
          return { offset: offset + row, keys: [], learn };
        });
        offset += count;
        await profiles.repeat(0, records, offset);
      }
    });
    console.log(`${count} events: ${bytes} bytes`);
  }
  await redis.flushall();
  const empty = await used();
  for (let keys = 0; keys < 4_500_000; ) {
    for (const end = keys + 250_000; keys < end; keys += 500) {
      const names = Array.from({ length: 500 }, (_, i) => `t:payment ${keys + i}`);
      const record = { partition: 3, offset: 123_456_789 + keys };
      await profiles.insert(event(1, T0, [0, 0, 0, 0, 0, 0]), record, names);
    }
    // The answers are sent, and their buffers given back.
    await sleep(300);
    const own = await redis.memory('USAGE', String(await redis.randomkey()));
    console.log(
      `${keys} keys of records: ${Math.round(((await used()) - empty) / keys)} bytes each, ${own} by MEMORY USAGE`,
    );
  }
  await profiles.close();
  redis.disconnect();
}

const directory = mkdtempSync(join(tmpdir(), 'assay-bench-'));
try {
  const server = await startRedis({ directory });
  console.log(`${workers} processes, ${inFlight} in flight each, ${merchants} merchant(s)`);
  for (let round = 0; round < rounds; round++)
    for (const mode of ['insert', 'compare-and-set']) await measure(server, mode, `${mode}${round}`);
  console.log('profiles as scripts/services/redis.ts sets the server up:');
  await sizes(server);
  await server.stop();
  rmSync(directory, { recursive: true, force: true });
  const plain = await startRedis({
    directory,
    settings: { 'zset-max-listpack-value': 64, 'zset-max-listpack-entries': 128 },
  });
  console.log("profiles by Redis' own defaults:");
  await sizes(plain);
  await plain.stop();
} finally {
  rmSync(directory, { recursive: true, force: true });
}
