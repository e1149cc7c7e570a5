import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { startKafka } from '../../scripts/services/kafka.ts';
import { kafkaJars } from '../../scripts/services/kafka-jars.ts';
import { startRedis } from '../../scripts/services/redis.ts';
import { freePort } from '../../src/adapters/embedded/port.ts';
import { endsWithUs } from './children.ts';
import { wayTo } from './cut.ts';
import { until } from './load.ts';
import { startDebianPostgres, withoutPostgres } from './postgres.ts';
import { type ServerProcess, startServer } from './process.ts';

export interface WorkerProcess {
  child: ChildProcess;
  url: string;
  output(): string;
  kill(): Promise<void>;
  stop(): Promise<number | null>;
}

const entry = join(import.meta.dirname, '..', '..', 'bin', 'assay.js');

/** `assay worker` as a process of its own; resolves once it is ready to decide. */
export async function startWorker(env: Record<string, string>): Promise<WorkerProcess> {
  const child = spawn(process.execPath, [entry, 'worker', '--port', '0'], {
    env: { ...process.env, LOG_LEVEL: 'warn', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  endsWithUs(child);
  let text = '';
  const ended = once(child, 'exit');
  child.stderr.on('data', (chunk) => {
    text += chunk;
  });
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (chunk) => {
      text += chunk;
      const match = /at (http:\/\/[^\s"]+)/.exec(text);
      if (match) resolve(match[1]);
    });
    child.once('exit', (code) => reject(new Error(`the worker ended with ${code}:\n${text}`)));
  });
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    const [code] = await ended;
    return code as number | null;
  };
  return {
    ...{ child, url, output: () => text },
    kill: async () => void (await end('SIGKILL')),
    stop: () => end('SIGTERM'),
  };
}

/** Why there can be no fleet here: only where its parts are not installed and cannot be. */
export async function withoutFleet(): Promise<string | undefined> {
  const noKafka = await kafkaJars().then(
    () => undefined,
    (error) => `the jars of Kafka cannot be had: ${error.message}`,
  );
  return noKafka ?? (await withoutPostgres());
}

interface Options {
  servers: number;
  workers: number;
  env?: Record<string, string>;
}

/**
 * Real Kafka, Redis and PostgreSQL, and as many servers and workers as asked for, each a process with a folder of its own. All
 * but the first of each kind reach the three by a network that can be cut.
 */
export async function startFleet(options: Options) {
  const ends: (() => unknown)[] = [];
  try {
    return await assemble(options, ends);
  } catch (error) {
    await Promise.allSettled(ends.toReversed().map((end) => end()));
    throw error;
  }
}

/** `ends` is told how to end each part as soon as it runs. */
async function assemble(options: Options, ends: (() => unknown)[]) {
  const keep = async <T>(starting: Promise<T>, end: (part: T) => unknown) => {
    const part = await starting;
    ends.push(() => end(part));
    return part;
  };
  const folder = mkdtempSync(join(tmpdir(), 'assay-fleet-'));
  const secondPort = await freePort();
  const toKafka = await keep(
    wayTo(() => secondPort),
    (way) => way.close(),
  );
  const second = { port: secondPort, advertised: `127.0.0.1:${toKafka.port}` };
  const [kafka, redis, postgres] = await Promise.all([
    keep(startKafka({ directory: join(folder, 'kafka'), second }), (part) => part.stop()),
    keep(startRedis({ directory: join(folder, 'redis') }), (part) => part.stop()),
    keep(startDebianPostgres(), (part) => part.dispose()),
  ]);
  const toRedis = await keep(
    wayTo(() => redis.port),
    (way) => way.close(),
  );
  const toPostgres = await keep(
    wayTo(() => Number(new URL(postgres.url).port)),
    (way) => way.close(),
  );
  const ways = [toKafka, toRedis, toPostgres];
  const env: Record<string, string> = {
    KAFKA_BROKERS: kafka.brokers.join(','),
    KAFKA_PARTITIONS: '6',
    REDIS_URL: redis.url,
    DATABASE_URL: postgres.url,
    ...options.env,
  };
  const through = (url: string, { port }: { port: number }) => Object.assign(new URL(url), { port: String(port) }).href;
  const far: Record<string, string> = {
    ...env,
    KAFKA_BROKERS: second.advertised,
    REDIS_URL: through(redis.url, toRedis),
    DATABASE_URL: through(postgres.url, toPostgres),
  };
  let made = 0;
  const directory = () => join(folder, `process-${made++}`);
  const server = (i: number) => startServer(directory(), i === 0 ? env : far);
  const worker = (i: number) => startWorker({ ...(i === 0 ? env : far), ASSAY_DATA_DIR: directory() });
  const servers: ServerProcess[] = [];
  const workers: WorkerProcess[] = [];
  for (let i = 0; i < options.servers; i++) servers.push(await keep(server(i), (part) => part.stop()));
  for (let i = 0; i < options.workers; i++) workers.push(await keep(worker(i), (part) => part.stop()));
  return {
    ...{ folder, kafka, redis, postgres, env, servers, workers },
    /** Starts one anew in the place of one that is gone. */
    async restartServer(i: number) {
      servers[i] = await server(i);
    },
    async restartWorker(i: number) {
      workers[i] = await worker(i);
    },
    network: {
      cut: () => ways.forEach((way) => void way.cut()),
      mend: () => ways.forEach((way) => void way.mend()),
    },
    async stop() {
      const alive = [...servers, ...workers].filter(
        ({ child }) => child.exitCode === null && child.signalCode === null,
      );
      await Promise.all(alive.map((each) => each.stop()));
      await Promise.all([kafka.stop(), redis.stop(), postgres.dispose(), ...ways.map((way) => way.close())]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export type Fleet = Awaited<ReturnType<typeof startFleet>>;

/** Follows a server's feed, through its restarts too: what was decided, each event once. */
export function followFeed(urlOf: () => string) {
  const decided = new Map<string, number>();
  let twice = 0;
  let seq: number | undefined;
  let socket: WebSocket | undefined;
  let closed = false;
  function connect(): void {
    if (closed) return;
    socket = new WebSocket(`${urlOf().replace('http', 'ws')}/ws${seq === undefined ? '' : `?since=${seq}`}`);
    socket.on('message', (message) => {
      const event = JSON.parse(String(message));
      seq = event.seq;
      if (event.type !== 'transaction.decided') return;
      if (decided.has(event.data.id)) twice++;
      decided.set(event.data.id, Math.round(event.data.amount * 100));
    });
    socket.on('error', () => {});
    socket.on('close', () => setTimeout(connect, 200));
  }
  connect();
  return {
    decided,
    get twice() {
      return twice;
    },
    opened: () => until('the feed is open', () => socket?.readyState === WebSocket.OPEN),
    async close() {
      closed = true;
      socket?.close();
      await sleep(50);
    },
  };
}
