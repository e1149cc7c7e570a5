/** The distribution's real PgBouncer before a PostgreSQL, by its defaults but for the mode. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from '../../src/adapters/embedded/port.ts';
import { onServer } from './store-bench.ts';

const run = promisify(execFile);

export interface PgBouncer {
  url: string;
  version: string;
  stop(): Promise<void>;
}

/** `PGBOUNCER` names another one than the distribution's. */
const program = () => process.env.PGBOUNCER ?? 'pgbouncer';
const versionOf = async () => (await run(program(), ['--version'])).stdout.split('\n')[0];

/** Undefined where it is there or could be installed, else why not. */
export async function withoutPgBouncer(): Promise<string | undefined> {
  const is = () => versionOf().then(Boolean, () => false);
  if (await is()) return undefined;
  if (process.getuid?.() !== 0) return 'PgBouncer is not installed and only root may install it';
  const quiet = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }, timeout: 300_000 };
  await run('apt-get', ['update', '-qq'], quiet).catch(() => {});
  await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'pgbouncer'], quiet).catch(() => {});
  // The distribution starts one of its own.
  await run('service', ['pgbouncer', 'stop'], quiet).catch(() => {});
  return (await is()) ? undefined : 'PgBouncer could not be installed by apt-get';
}

/** `mode` undefined: PgBouncer's default, which is `session`. */
export async function startPgBouncer(server: string, mode: string | undefined, users = ''): Promise<PgBouncer> {
  const folder = mkdtempSync(join(tmpdir(), 'assay-pgbouncer-'));
  chmodSync(folder, 0o755);
  const { hostname, port: serverPort, pathname, username } = new URL(server);
  const port = await freePort();
  const userFile = join(folder, 'users.txt');
  writeFileSync(userFile, users);
  const lines = [
    '[databases]',
    `postgres = host=${hostname} port=${serverPort} dbname=${pathname.slice(1)}`,
    '[pgbouncer]',
    ...[`listen_addr = 127.0.0.1`, `listen_port = ${port}`, `unix_socket_dir =`],
    users ? `auth_file = ${userFile}\nauth_type = plain` : 'auth_type = any',
    ...(mode ? [`pool_mode = ${mode}`] : []),
  ];
  if (!users) lines[1] += ` user=${username}`;
  const file = join(folder, 'pgbouncer.ini');
  writeFileSync(file, `${lines.join('\n')}\n`);
  // It refuses to run as root.
  const account = process.getuid?.() === 0 ? ['-u', 'postgres'] : [];
  const child: ChildProcess = spawn(program(), [...account, '-q', file], { cwd: '/', stdio: 'ignore' });
  const url = `postgres://${username}@127.0.0.1:${port}/postgres`;
  for (let tries = 0; !users; tries++) {
    const problem = await onServer(url, (client) => client.query('SELECT 1')).then(
      () => undefined,
      (error) => error,
    );
    if (!problem) break;
    if (tries === 200 || child.exitCode !== null) throw problem;
    await sleep(50);
  }
  return {
    ...{ url, version: await versionOf() },
    async stop() {
      if (child.exitCode === null && child.signalCode === null) {
        const gone = new Promise((resolve) => child.once('exit', resolve));
        child.kill('SIGINT');
        await Promise.race([gone, sleep(3_000)]);
        child.kill('SIGKILL');
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
