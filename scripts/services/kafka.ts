/**
 * The real Apache Kafka broker (KRaft, one JVM) on a private port, for tests and trials. `startKafka` for tests; as a
 * command, `node scripts/services/kafka.ts [--port 4300] [--directory DIR]` runs one until it is interrupted.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { freePort } from '../../src/adapters/embedded/port.ts';
import { kafkaJars } from './kafka-jars.ts';
import { type ServerProcess, startProcess } from './process.ts';

export interface KafkaOptions {
  /** Of the broker; its controller listens on the next one. A free pair by default. */
  port?: number;
  /** Made if it is missing; holds the data and the broker's output. */
  directory: string;
  /** What clients are told to connect to, where that is a proxy before the broker: `host:port`. */
  advertised?: string;
  /** A second listener, for clients that are told another address. */
  second?: { port: number; advertised: string };
  /** Further arguments for formatting its storage, such as users of SCRAM. */
  format?: string[];
  /** Lines of server.properties that replace the ones from here. */
  properties?: Record<string, string | number>;
}

export interface Kafka extends ServerProcess {
  /** Bootstrap addresses, `host:port`. */
  readonly brokers: string[];
  /** Of the broker itself, whatever it is advertised as. */
  readonly port: number;
}

/** A busy machine is not a broker that does not start. */
const READY_MS = 180_000;

/** A JVM that lives for a test is not worth a second compiler. */
const SMALL = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-XX:-UsePerfData'];

/** A port that was free may be taken by the time a JVM has started. */
const TRIES = 3;

/** Resolves when the broker takes connections. Throws where there is no Java or the jars cannot be had. */
export async function startKafka(options: KafkaOptions): Promise<Kafka> {
  const java = findJava();
  const jars = await kafkaJars();
  for (let left = options.port === undefined ? TRIES : 1; ; left--)
    try {
      return await startOn(options.port ?? (await freePair()), options, java, jars);
    } catch (error) {
      if (left === 1) throw error;
    }
}

async function startOn(port: number, options: KafkaOptions, java: string, jars: string): Promise<Kafka> {
  const { directory } = options;
  mkdirSync(directory, { recursive: true });
  const properties = join(directory, 'server.properties');
  writeFileSync(properties, propertiesOf({ ...options, port }));
  const data = join(directory, 'data');
  if (!existsSync(join(data, 'meta.properties')))
    cpSync(
      formatted(propertiesOf({ ...options, port: FORMAT_PORT, directory: '' }), options.format ?? [], java, jars),
      data,
      {
        recursive: true,
      },
    );
  const heap = ['-Xmx512m', '-Xms128m', ...SMALL];
  const broker = await startProcess({
    ...{ name: 'The broker', path: java, args: [...heap, '-cp', `${jars}/*`, 'kafka.Kafka', properties] },
    ...{ output: join(directory, 'broker.log'), answers: () => answers(port), readyMs: READY_MS, pollMs: 100 },
  });
  return Object.assign(broker, { brokers: [options.advertised ?? `127.0.0.1:${port}`], port });
}

/** Stands in the place of a port where an empty storage is made, which does not depend on it. */
const FORMAT_PORT = 9_092;
const CACHE = join(import.meta.dirname, '..', '..', 'node_modules', '.cache', 'kafka-formatted');

/** An empty storage of these settings, to be copied: made once, for that is a JVM of its own. Brokers that share its cluster's id never meet. */
function formatted(settings: string, format: readonly string[], java: string, jars: string): string {
  const hash = createHash('sha256').update([jars, settings, ...format].join('\n'));
  const ready = join(CACHE, hash.digest('hex').slice(0, 16));
  if (existsSync(ready)) return ready;
  mkdirSync(CACHE, { recursive: true });
  const made = mkdtempSync(`${ready}-`);
  try {
    const properties = join(made, 'server.properties');
    writeFileSync(properties, settings.replace(/^log\.dirs=.*$/m, `log.dirs=${join(made, 'data')}`));
    // Joined: an id may begin with a dash.
    const cluster = `--cluster-id=${randomBytes(16).toString('base64url')}`;
    const words = ['kafka.tools.StorageTool', 'format', '--config', properties, cluster, ...format];
    execFileSync(java, [...SMALL, '-Xmx128m', '-cp', `${jars}/*`, ...words], { stdio: 'pipe' });
    // Who comes second finds it made; a rename of a folder over one that is not empty fails.
    if (!existsSync(ready)) renameSync(join(made, 'data'), ready);
  } catch (error) {
    if (!existsSync(ready)) throw error;
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
  return ready;
}

function propertiesOf(options: KafkaOptions & { port: number }): string {
  const { port, directory, advertised, second, properties } = options;
  const lines: Record<string, string | number> = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${port + 1}`,
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${port + 1}${second ? `,SECOND://127.0.0.1:${second.port}` : ''}`,
    'advertised.listeners': `PLAINTEXT://${advertised ?? `127.0.0.1:${port}`}${second ? `,SECOND://${second.advertised}` : ''}`,
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SECOND:PLAINTEXT',
    'controller.listener.names': 'CONTROLLER',
    'log.dirs': join(directory, 'data'),
    'auto.create.topics.enable': 'false',
    'offsets.topic.num.partitions': 4,
    'offsets.topic.replication.factor': 1,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'group.initial.rebalance.delay.ms': 0,
    'log.cleaner.dedupe.buffer.size': 16 * 1024 * 1024,
    // A broker that was killed comes back when its session has ended.
    'broker.session.timeout.ms': 3_000,
    'broker.heartbeat.interval.ms': 500,
    'num.network.threads': 2,
    'num.io.threads': 4,
    ...properties,
  };
  return Object.entries(lines)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

/** The java on the path; where there is none and this is a Debian as root, the system's headless runtime is installed. */
function findJava(): string {
  const works = () => spawnSync('java', ['-version'], { stdio: 'ignore' }).status === 0;
  if (!works() && process.getuid?.() === 0)
    spawnSync('apt-get', ['install', '-y', '--no-install-recommends', 'default-jre-headless'], { stdio: 'ignore' });
  if (!works()) throw new Error('Kafka needs a Java runtime, 17 or newer: apt-get install default-jre-headless');
  return 'java';
}

/** A port that is free, and so is the next one. */
async function freePair(): Promise<number> {
  while (true) {
    const port = await freePort();
    if (port < 65_535 && (await freePort(port + 1).catch(() => 0))) return port;
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port });
    const end = (open: boolean) => {
      socket.destroy();
      resolve(open);
    };
    socket.once('connect', () => end(true)).once('error', () => end(false));
  });
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { port: { type: 'string', default: '4300' }, directory: { type: 'string' } },
  });
  const directory = values.directory ?? join(import.meta.dirname, '..', '..', 'node_modules', '.cache', 'kafka-data');
  const kafka = await startKafka({ port: Number(values.port), directory });
  process.stdout.write(`${JSON.stringify({ brokers: kafka.brokers, pid: kafka.pid })}\n`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void kafka.stop());
}
