import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from '../../src/adapters/embedded/port.ts';
import { endsWithUs } from './children.ts';
import { onServer } from './store-bench.ts';

const run = promisify(execFile);
const DEBIAN = '/usr/lib/postgresql';

export interface DebianPostgres {
  url: string;
  /** Fast shutdown, or at once and without a checkpoint (`immediate`). */
  halt(how?: 'fast' | 'immediate'): Promise<void>;
  /** The same cluster on the same port. */
  resume(): Promise<void>;
  /** Halts it and removes its files. */
  dispose(): Promise<void>;
}

/** Undefined where the binaries are there or could be installed, else why not. */
export async function withoutPostgres(): Promise<string | undefined> {
  if (binaries()) return undefined;
  if (process.getuid?.() !== 0) return 'PostgreSQL is not installed and only root may install it';
  try {
    const quiet = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }, timeout: 300_000 };
    // No cluster of the distribution's own: it would take port 5432 and outlive the test.
    await run('apt-get', ['update', '-qq'], quiet);
    await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'postgresql-common'], quiet);
    await run('sed', [
      '-i',
      's/^#\\?create_main_cluster.*/create_main_cluster = false/',
      '/etc/postgresql-common/createcluster.conf',
    ]);
    await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'postgresql'], quiet);
  } catch (error) {
    return `PostgreSQL could not be installed by apt-get: ${(error as Error).message.split('\n')[0]}`;
  }
  return binaries() ? undefined : 'apt-get installed PostgreSQL, but not where it belongs';
}

function binaries(): string | undefined {
  const versions = existsSync(DEBIAN)
    ? readdirSync(DEBIAN).filter((version) => existsSync(join(DEBIAN, version, 'bin/initdb')))
    : [];
  const newest = versions.sort((a, b) => Number(b) - Number(a))[0];
  return newest && join(DEBIAN, newest, 'bin');
}

/** A cluster of the distribution's PostgreSQL in a folder of its own, with the distribution's own settings. */
export async function startDebianPostgres(tls?: { cert: string; key: string }): Promise<DebianPostgres> {
  const folder = mkdtempSync(join(tmpdir(), 'assay-debian-pg-'));
  const account = await postgresAccount();
  if (account) chownSync(folder, account.uid, account.gid);
  const data = join(folder, 'data');
  const bin = binaries()!;
  const options = { ...account, cwd: '/' };
  await run('cp', ['-a', await readyData(bin, account), data]);
  const secure = tls ? ['-c', 'ssl=on', '-c', `ssl_cert_file=${tls.cert}`, '-c', `ssl_key_file=${tls.key}`] : [];
  // Over TLS a password is asked for.
  const rules = ['hostssl all all 127.0.0.1/32 scram-sha-256', 'hostnossl all all 127.0.0.1/32 trust'];
  if (tls) writeFileSync(join(data, 'pg_hba.conf'), `${rules.join('\n')}\n`);
  const port = await freePort();
  const url = `postgres://assay@127.0.0.1:${port}/postgres`;
  let server: ChildProcess | undefined;

  async function resume(): Promise<void> {
    const flags = ['-p', String(port), '-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories=', ...secure];
    server = spawn(join(bin, 'postgres'), ['-D', data, ...flags], { ...options, stdio: 'ignore' });
    endsWithUs(server, 'SIGQUIT');
    for (let tries = 0; ; tries++) {
      try {
        return void (await onServer(url, (client) => client.query('SELECT 1')));
      } catch (error) {
        if (tries === 600 || server.exitCode !== null) throw error;
        await sleep(50);
      }
    }
  }
  async function halt(how: 'fast' | 'immediate' = 'fast'): Promise<void> {
    if (!server || server.exitCode !== null || server.signalCode !== null) return;
    const ended = new Promise((resolve) => server!.once('exit', resolve));
    server.kill(how === 'fast' ? 'SIGINT' : 'SIGQUIT');
    await ended;
  }

  await resume();
  return {
    ...{ url, halt, resume },
    async dispose() {
      await halt('immediate');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A new cluster's files, to be copied: made once a version and account. */
async function readyData(bin: string, account: { uid: number; gid: number } | undefined): Promise<string> {
  const ready = join(tmpdir(), `assay-debian-cluster-${basename(dirname(bin))}-${account?.uid ?? process.getuid?.()}`);
  if (existsSync(ready)) return ready;
  const folder = mkdtempSync(`${ready}-`);
  try {
    if (account) chownSync(folder, account.uid, account.gid);
    const made = join(folder, 'data');
    const words = ['-D', made, '-U', 'assay', '--auth=trust', '--no-sync', '-E', 'UTF8'];
    await run(join(bin, 'initdb'), words, { ...account, cwd: '/' });
    // Who comes second finds it made.
    if (!existsSync(ready)) renameSync(made, ready);
  } catch (error) {
    if (!existsSync(ready)) throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return ready;
}

/** PostgreSQL refuses to run as root; the Debian package makes this user. */
async function postgresAccount(): Promise<{ uid: number; gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const [uid, gid] = await Promise.all(
    ['-u', '-g'].map(async (flag) => Number((await run('id', [flag, 'postgres'])).stdout)),
  );
  return { uid, gid };
}
