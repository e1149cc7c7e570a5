/**
 * `npm run bench:worker [-- --count 10000 --rate 100]`: a worker's throughput and latency, from a transaction handed to
 * transactions.raw to its record in transactions.scored, beside one process on the embedded default (HTTP request to durable
 * answer) and the naive shape (a consumer that asks a Python scoring service once per message). One run, one after another, on
 * one broker; with the processor time that all of a shape's processes took for each transaction, which other work on the
 * machine hardly changes. The Python side comes from PyPI into ~/.cache/assay-bench (ASSAY_BENCH_CACHE); without it that row is left out.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Admin, Producer } from '@platformatic/kafka';
import { type Kafka, startKafka } from '../scripts/services/kafka.ts';
import { type RedisServer, startRedis } from '../scripts/services/redis.ts';
import { freePort } from '../src/adapters/embedded/port.ts';
import { createLogClient } from '../src/adapters/kafka/client.ts';
import { createTail } from '../src/adapters/kafka/tail.ts';
import { startWorker } from '../test/support/fleet.ts';
import { inParallel, type Payment, payments, poster, until } from '../test/support/load.ts';
import { startServer } from '../test/support/process.ts';
import { processorMs } from './process-stat.ts';
import { environment } from './trees/rivals.ts';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '10000' },
    rate: { type: 'string', default: '100' },
    seconds: { type: 'string', default: '20' },
  },
});
const [count, rate, seconds] = [values.count, values.rate, values.seconds].map(Number);
const PARTITIONS = 12;
const IN_FLIGHT = 256;
const WARM_UP = 2_000;

/** Hands a transaction in; whoever is asked answers it in his own way. */
interface Shape {
  name: string;
  /** Of its processes, by what they are. */
  pids: Record<string, number>;
  /** Resolves when it is decided and durable. */
  decide(payment: Payment): Promise<void>;
}

interface Row {
  name: string;
  perSecond: number;
  p50: number;
  p99: number;
  p999: number;
  /** Milliseconds for each transaction, by process. */
  processorMs: Record<string, number>;
}

/** As many as go at 256 in flight; then so many a second, evenly, and how long each took. */
async function measure({ name, pids, decide }: Shape): Promise<Row> {
  const all = payments(WARM_UP + count + rate * seconds, 1);
  await inParallel(all.splice(0, WARM_UP), IN_FLIGHT, decide);
  // What the warm-up left to be done behind it.
  await sleep(1_000);
  const before = Object.entries(pids).map(([what, pid]) => ({ what, pid, ms: processorMs(pid, 'with children') }));
  const began = performance.now();
  await inParallel(all.splice(0, count), IN_FLIGHT, decide);
  const perSecond = (count / (performance.now() - began)) * 1_000;
  await sleep(1_000);
  const taken = before.map(({ what, pid, ms }) => [what, (processorMs(pid, 'with children') - ms) / count]);
  const latencies: number[] = [];
  const start = performance.now();
  await Promise.all(
    all.map(async (payment, i) => {
      const due = start + (i / rate) * 1_000;
      await sleep(Math.max(0, due - performance.now()));
      // From when it was due, so that a pause of this program is not hidden; timers are up to a millisecond early.
      const began = Math.min(due, performance.now());
      await decide(payment);
      latencies.push(performance.now() - began);
    }),
  );
  latencies.sort((a, b) => a - b);
  const at = (q: number) => latencies[Math.min(latencies.length - 1, Math.floor(q * latencies.length))];
  const [p50, p99, p999] = [0.5, 0.99, 0.999].map(at);
  return { name, perSecond, p50, p99, p999, processorMs: Object.fromEntries(taken) };
}

/** A transaction into one topic, and the wait for its id in another. */
async function throughKafka(brokers: string[], from: string, to: string, idOf: (key: string, value: Buffer) => string) {
  const producer = new Producer({ clientId: 'bench', bootstrapBrokers: brokers, idempotent: true, acks: -1 });
  const at = Array.from({ length: PARTITIONS }, (_, partition) => ({ topic: to, partition }));
  const layout = { at, numberOf: (_topic: string, partition: number) => partition };
  const waiting = new Map<string, () => void>();
  const client = createLogClient({ brokers }, layout, `bench-${to}`);
  const tail = createTail({
    ...{ client, from: new Map(at.map((_, number) => [number, 0])) },
    onFetched(fetched) {
      for (const { records } of fetched)
        for (const { key, value } of records) {
          const id = idOf(key!.toString(), value!);
          waiting.get(id)?.();
          waiting.delete(id);
        }
    },
    onGap() {},
  });
  let queue: Payment[] = [];
  let sending = false;
  /** What comes while a request is under way goes along with the next one. */
  async function flush(): Promise<void> {
    sending = true;
    while (queue.length > 0) {
      const batch = queue;
      queue = [];
      const messages = batch.map(({ body }) => ({
        topic: from,
        key: Buffer.from(JSON.parse(body).userId),
        value: Buffer.from(body),
      }));
      await producer.send({ messages });
    }
    sending = false;
  }
  return {
    decide({ id, body }: Payment): Promise<void> {
      const decided = new Promise<void>((resolve) => waiting.set(id, resolve));
      queue.push({ id, body });
      if (!sending) void flush();
      return decided;
    },
    async close() {
      await tail.close();
      await producer.close();
    },
  };
}

async function worker({ brokers, pid: kafka }: Kafka, { url, pid: redis }: RedisServer, folder: string): Promise<Row> {
  const process = await startWorker({
    ...{ KAFKA_BROKERS: brokers.join(','), REDIS_URL: url, DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' },
    ...{ KAFKA_PARTITIONS: String(PARTITIONS), ASSAY_DATA_DIR: join(folder, 'worker') },
  });
  const ready = async () => (await fetch(`${new URL(process.url).origin}/ready`)).ok;
  await until('the worker is ready', ready);
  const way = await throughKafka(brokers, 'transactions.raw', 'transactions.scored', (key) => key);
  const pids = { worker: process.child.pid!, Redis: redis!, Kafka: kafka! };
  const row = await measure({ name: 'assay worker', pids, decide: way.decide });
  await way.close();
  await process.stop();
  return row;
}

async function embedded(folder: string): Promise<Row> {
  const server = await startServer(join(folder, 'server'));
  const { post, close } = poster(server.url, IN_FLIGHT);
  const row = await measure({
    name: 'one process, embedded default',
    pids: { server: server.child.pid! },
    async decide({ body }) {
      const { status } = await post('/api/transactions', body);
      if (status !== 201) throw new Error(`the server answers ${status}`);
    },
  });
  close();
  await server.stop();
  return row;
}

async function naive({ brokers, pid: kafka }: Kafka): Promise<Row | string> {
  const cache = process.env.ASSAY_BENCH_CACHE ?? join(homedir(), '.cache', 'assay-bench');
  const python = environment(join(cache, 'worker'), join(import.meta.dirname, 'worker', 'requirements.txt'));
  if (!python.endsWith('python')) return python;
  const port = await freePort();
  const service = spawn(python, [join(import.meta.dirname, 'worker', 'score.py'), String(port)], { stdio: 'inherit' });
  const url = `http://127.0.0.1:${port}`;
  await until(
    'the scoring service answers',
    () =>
      fetch(`${url}/docs`).then(
        ({ ok }) => ok,
        () => false,
      ),
    60_000,
  );
  const admin = new Admin({ clientId: 'bench', bootstrapBrokers: brokers });
  const [from, to] = ['naive.raw', 'naive.scored'];
  await admin.createTopics({ topics: [from, to], partitions: PARTITIONS, replicas: 1 });
  await admin.close();
  const env = { ...process.env, OPTIONS: JSON.stringify({ brokers, url: `${url}/score`, from, to }) };
  const consumer = spawn(process.execPath, [join(import.meta.dirname, 'worker', 'naive.ts')], {
    ...{ env, stdio: ['ignore', 'pipe', 'inherit'] },
  });
  await once(consumer.stdout!, 'data');
  const way = await throughKafka(brokers, from, to, (_key, value) => JSON.parse(value.toString()).id);
  const pids = { consumer: consumer.pid!, service: service.pid!, Kafka: kafka! };
  const row = await measure({ name: 'a consumer and a Python service', pids, decide: way.decide });
  await way.close();
  for (const child of [consumer, service] as ChildProcess[]) {
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }
  return row;
}

const folder = mkdtempSync(join(tmpdir(), 'assay-bench-'));
const [kafka, redis] = await Promise.all([
  startKafka({ directory: join(folder, 'kafka') }),
  startRedis({ directory: join(folder, 'redis') }),
]);
try {
  console.log(`${count} at ${IN_FLIGHT} in flight, then ${rate} a second for ${seconds} s\n`);
  console.log('| | a second | p50, ms | p99, ms | p99.9, ms | processor time, ms |\n|---|---|---|---|---|---|');
  for (const shape of [() => worker(kafka, redis, folder), () => embedded(folder), () => naive(kafka)]) {
    const row = await shape();
    if (typeof row === 'string') console.log(`The Python service is left out: ${row}`);
    else {
      const figures = [row.p50, row.p99, row.p999].map((ms) => ms.toFixed(1));
      const times = Object.entries(row.processorMs).map(([what, ms]) => `${what} ${ms.toFixed(2)}`);
      console.log(`| ${[row.name, Math.round(row.perSecond), ...figures, times.join(', ')].join(' | ')} |`);
    }
  }
} finally {
  await Promise.all([kafka.stop(), redis.stop()]);
  rmSync(folder, { recursive: true, force: true });
}
process.exit(0);
