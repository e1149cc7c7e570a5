/**
 * The real Redis server on a private port, for tests and trials. `startRedis` for tests; as a command,
 * `node scripts/services/redis.ts [--port 4350] [--directory DIR]` runs one until it is interrupted.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { freePort } from '../../src/adapters/embedded/port.ts';
import { type ServerProcess, startProcess } from './process.ts';

export interface RedisOptions {
  /** A free one by default. */
  port?: number;
  /** Made if it is missing; holds the data and the server's output. */
  directory: string;
  /** Settings of redis.conf that replace the ones from here, such as `maxmemory`. */
  settings?: Record<string, string | number>;
}

export interface RedisServer extends ServerProcess {
  readonly url: string;
  readonly port: number;
}

const READY_MS = 60_000;
const INSTALL_MS = 120_000;
/** The server is a link to what redis-tools holds; the libraries are those that a small Debian may lack. */
const PACKAGES = ['redis-server', 'redis-tools', 'liblzf1', 'libjemalloc2', 'libatomic1'];
const ARCHITECTURES: Record<string, string> = { x64: 'x86_64', arm64: 'aarch64' };

interface Binary {
  path: string;
  env: NodeJS.ProcessEnv;
}

/** Resolves when the server answers. Throws where there is no redis-server and none can be had. */
export async function startRedis(options: RedisOptions): Promise<RedisServer> {
  const binary = findServer();
  const { directory, port = await freePort() } = options;
  mkdirSync(directory, { recursive: true });
  const server = await startProcess({
    ...{ name: 'Redis', path: binary.path, args: argumentsOf({ ...options, port }), cwd: directory, env: binary.env },
    ...{ output: join(directory, 'redis.log'), answers: () => answers(port), readyMs: READY_MS, pollMs: 20 },
  });
  return Object.assign(server, { url: `redis://127.0.0.1:${port}/0`, port });
}

function argumentsOf({ port, directory, settings }: RedisOptions): string[] {
  const all = {
    ...{ port: port!, bind: '127.0.0.1', dir: directory, daemonize: 'no' },
    // What a second takes with it, the log's consumer repeats.
    ...{ appendonly: 'yes', appendfsync: 'everysec', save: '' },
    'maxmemory-policy': 'noeviction',
    // Rows of a small profile are longer than the 64 bytes by default: packed they take a third.
    ...{ 'zset-max-listpack-value': 256, 'zset-max-listpack-entries': 64 },
    ...settings,
  };
  return Object.entries(all).flatMap(([name, value]) => [`--${name}`, String(value)]);
}

/** The redis-server of the path; else Debian's, installed where this is root, or else unpacked into a folder of our own. */
function findServer(): Binary {
  const cache = join(import.meta.dirname, '..', '..', 'node_modules', '.cache', 'redis-server');
  const unpacked = join(cache, 'usr', 'bin', 'redis-server');
  const libraries = join(cache, 'usr', 'lib', `${ARCHITECTURES[process.arch] ?? process.arch}-linux-gnu`);
  const candidates: Binary[] = [
    { path: 'redis-server', env: process.env },
    { path: unpacked, env: { ...process.env, LD_LIBRARY_PATH: libraries } },
  ];
  const works = ({ path, env }: Binary) => spawnSync(path, ['--version'], { env, stdio: 'ignore' }).status === 0;
  const find = () => candidates.find(works);
  const found = find();
  if (found) return found;
  if (process.getuid?.() === 0)
    spawnSync('apt-get', ['install', '-y', '--no-install-recommends', 'redis-server'], {
      ...{ stdio: 'ignore', timeout: INSTALL_MS },
    });
  if (!find()) unpack(cache);
  const binary = find();
  if (!binary) throw new Error('There is no redis-server: apt-get install redis-server');
  return binary;
}

/** Without root: the packages as files. */
function unpack(cache: string): void {
  const folder = mkdtempSync(join(tmpdir(), 'redis-packages-'));
  try {
    for (const name of PACKAGES)
      spawnSync('apt-get', ['download', name], { cwd: folder, stdio: 'ignore', timeout: INSTALL_MS });
    mkdirSync(cache, { recursive: true });
    for (const file of readdirSync(folder))
      execFileSync('dpkg', ['-x', join(folder, file), cache], { stdio: 'ignore' });
  } catch {
    // Told by the caller: there is none.
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Whether it has loaded its data: `PING` says `LOADING` until then. */
function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port });
    const end = (open: boolean) => {
      socket.destroy();
      resolve(open);
    };
    socket.once('connect', () => socket.write('PING\r\n'));
    socket.once('data', (answer) => end(answer.toString('latin1').startsWith('+PONG')));
    socket.once('error', () => end(false)).setTimeout(1_000, () => end(false));
  });
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { port: { type: 'string', default: '4350' }, directory: { type: 'string' } },
  });
  const directory = values.directory ?? join(import.meta.dirname, '..', '..', 'node_modules', '.cache', 'redis-data');
  const redis = await startRedis({ port: Number(values.port), directory });
  process.stdout.write(`${JSON.stringify({ url: redis.url, pid: redis.pid })}\n`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void redis.stop());
}
