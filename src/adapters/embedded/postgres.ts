import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chown, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Log } from '../../projections/log.ts';
import { chooseAccount, chooseHome, makeOwned, type RunAs } from './account.ts';
import { type Binaries, findBinaries } from './binaries.ts';
import { stopLeftover } from './leftover.ts';
import { freePort } from './port.ts';

const run = promisify(execFile);
const READY = 'database system is ready to accept connections';
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 20_000;
const MAX_BACKOFF_MS = 10_000;

/** The projection may lose its newest commits in a crash (rows and offset together): the journal replays them. */
const SETTINGS = {
  // A file of the write-ahead log that is done with is deleted, not kept with all that stands in it to be written over later.
  wal_recycle: 'off',
  listen_addresses: '127.0.0.1',
  // In the data folder itself: by it a server is found that runs in another container.
  unix_socket_directories: '.',
  unix_socket_permissions: '0700',
  fsync: 'on',
  full_page_writes: 'on',
  synchronous_commit: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '1GB',
  checkpoint_timeout: '15min',
  max_connections: '40',
  shared_buffers: '128MB',
  work_mem: '16MB',
  jit: 'off',
  // After a crash one sync of the file system, not one of each of a thousand files: 2 s less until it answers.
  ...(process.platform === 'linux' ? { recovery_init_sync_method: 'syncfs' } : {}),
  max_parallel_workers_per_gather: '0',
  logging_collector: 'off',
  log_min_messages: 'warning',
  // Neither the statement nor the values that an error is about: they are people's.
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_checkpoints: 'off',
};

export interface EmbeddedPostgres {
  /** Stays the same for as long as this process lives, restarts of the server included. */
  url: string;
  /** Why it does not run now, in words for who has to mend it; undefined while it runs. */
  readonly problem: string | undefined;
  stop(): Promise<void>;
}

/**
 * Starts a PostgreSQL that belongs to this process, with its files in `<dataDir>/postgres` and on a free loopback port.
 * The caller holds the lock of `dataDir`. A server that dies, or does not start (no space, no permission, damaged files), is
 * started again with a growing pause between attempts, and `problem` says why: decisions need only the log.
 */
export async function startEmbedded(options: { dataDir: string; log: Log }): Promise<EmbeddedPostgres> {
  const { dataDir, log } = options;
  let known: Secret = { fresh: randomBytes(24).toString('hex') };
  let port = 0;
  const start = async () => {
    const prepared = await prepare(dataDir, known, log);
    known = prepared.secret;
    return launch({ ...prepared, port, log });
  };
  let first: ChildProcess | undefined;
  let problem: Error | undefined;
  for (let attempt = 1; !first && attempt <= 3; attempt++) {
    port = await freePort();
    try {
      first = await start();
    } catch (error) {
      problem = error as Error;
      // Another program may have taken the port in between.
      if (!/bind|address/i.test(problem.message)) break;
    }
  }
  known = { ...known, given: known.kept ?? known.fresh };
  const supervisor = supervise(first, problem, start, log);
  return {
    url: `postgres://assay:${known.given}@127.0.0.1:${port}/postgres`,
    get problem() {
      return supervisor.problem;
    },
    stop: supervisor.stop,
  };
}

/** Takes its files away; a server that was left running on them is ended first. Returns where they were. The caller holds the lock. */
export async function removeEmbedded({ dataDir, log }: { dataDir: string; log: Log }): Promise<string> {
  const home = await chooseHome(dataDir, await chooseAccount(log), log);
  const data = join(home, 'data');
  const password = await readFile(join(home, 'password'), 'utf8').catch(() => '');
  if (existsSync(join(data, 'PG_VERSION'))) await stopLeftover(data, password.trim(), log).catch(() => {});
  await rm(data, { recursive: true, force: true });
  return data;
}

/** The password of the cluster: what its file holds, else what it will hold; and what the pools were given, once they were. */
interface Secret {
  fresh: string;
  kept?: string;
  given?: string;
}

/** All that a start needs, found or made. */
async function prepare(dataDir: string, known: Secret, log: Log) {
  const account = await chooseAccount(log);
  const home = await chooseHome(dataDir, account, log);
  const binaries = await findBinaries(account, home);
  const kept = await readPassword(join(home, 'password'), known.fresh);
  if (known.given !== undefined && kept !== known.given)
    throw new Error(
      `${join(home, 'password')} could not be read when Assay started, and now it can: start Assay again.`,
    );
  const data = join(home, 'data');
  if (existsSync(join(data, 'PG_VERSION'))) await checkVersion(data, binaries);
  else await initialise(data, kept, account, binaries);
  await stopLeftover(data, kept, log);
  return { binaries, data, account, secret: { ...known, kept } };
}

/** What is kept; `fresh`, written down, where nothing is. */
async function readPassword(file: string, fresh: string): Promise<string> {
  const kept = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  if (kept.trim()) return kept.trim();
  await writeFile(file, `${fresh}\n`, { mode: 0o600 });
  return fresh;
}

async function checkVersion(data: string, { postgres }: Binaries): Promise<void> {
  const kept = (await readFile(join(data, 'PG_VERSION'), 'utf8')).trim();
  const { stdout } = await run(postgres, ['--version'], { cwd: '/' });
  const major = /(\d+)/.exec(stdout)?.[1];
  if (kept !== major)
    throw new Error(
      `${data} belongs to PostgreSQL ${kept} and this is ${major}. Delete it: it is rebuilt from the journal.`,
    );
}

/** Made under another name and renamed when whole, so that a crash half-way leaves nothing that looks like a database. */
async function initialise(data: string, password: string, account: RunAs | undefined, { initdb }: Binaries) {
  const half = `${data}.new`;
  await rm(half, { recursive: true, force: true });
  await makeOwned(half, account);
  const passwordFile = join(half, '..', 'initdb-password');
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  if (account) await chown(passwordFile, account.uid, account.gid);
  try {
    await run(
      initdb,
      [
        `--pgdata=${half}`,
        '--username=assay',
        '--auth=scram-sha-256',
        `--pwfile=${passwordFile}`,
        '--encoding=UTF8',
        '--locale=C',
        '--no-instructions',
        ...(process.platform === 'linux' ? ['--sync-method=syncfs'] : []),
      ],
      { ...account, cwd: '/', env: environment(), timeout: START_TIMEOUT_MS },
    );
  } catch (error) {
    const { stderr } = error as { stderr?: string };
    throw new Error(`PostgreSQL could not make its files in ${half}: ${stderr?.trim() || (error as Error).message}`, {
      cause: error,
    });
  } finally {
    await rm(passwordFile, { force: true });
  }
  await rename(half, data);
}

interface Launch {
  binaries: Binaries;
  data: string;
  port: number;
  account: RunAs | undefined;
  log: Log;
}

/** Resolves with the server once it accepts connections. */
function launch({ binaries, data, port, account, log }: Launch): Promise<ChildProcess> {
  const settings = Object.entries({ ...SETTINGS, port: String(port) }).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ]);
  // A session of its own: a Ctrl-C meant for Assay must not stop the database before Assay has.
  const server = spawn(binaries.postgres, ['-D', data, ...settings], {
    ...account,
    cwd: '/',
    env: environment(),
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  return new Promise((resolve, reject) => {
    let said = '';
    let ready = false;
    const timer = setTimeout(() => {
      server.kill('SIGQUIT');
      reject(new Error(`PostgreSQL did not start within ${START_TIMEOUT_MS / 1000} s: ${said.trim()}`));
    }, START_TIMEOUT_MS);
    server.stderr!.setEncoding('utf8').on('data', (text: string) => {
      if (!ready) said = (said + text).slice(-4_000);
      log.debug({ source: 'postgres' }, text.trimEnd());
      if (!ready && said.includes(READY)) {
        ready = true;
        clearTimeout(timer);
        resolve(server);
      }
    });
    server.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    server.on('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`PostgreSQL ended at start (${code}): ${said.trim()}`));
    });
  });
}

/** Starts the server again whenever it ends by itself, or did not start; stops it with us. */
function supervise(
  first: ChildProcess | undefined,
  failed: Error | undefined,
  start: () => Promise<ChildProcess>,
  log: Log,
) {
  let server: ChildProcess | undefined;
  let problem: string | undefined;
  let stopping = false;
  let timer: NodeJS.Timeout | undefined;
  let starting: Promise<void> | undefined;

  const onExit = (code: number | null, signal: string | null) => {
    server = undefined;
    if (stopping) return;
    problem = `it ended (${signal ?? code}) and is started again`;
    log.error({ code, signal }, 'PostgreSQL ended; starting it again');
    again(100);
  };
  const runs = (next: ChildProcess) => {
    server = next;
    if (next.exitCode !== null || next.signalCode !== null) return onExit(next.exitCode, next.signalCode);
    problem = undefined;
    next.once('exit', onExit);
  };
  const fails = (error: Error, delayMs: number) => {
    // Said once, not at every attempt.
    if (problem !== error.message)
      log.error(
        { reason: error.message },
        'PostgreSQL does not start; decisions go on without it, and it is tried again',
      );
    problem = error.message;
    if (!stopping) again(Math.min(delayMs * 2, MAX_BACKOFF_MS));
  };
  const again = (delayMs: number) => {
    timer = setTimeout(() => {
      starting = start().then(
        (next) => {
          runs(next);
          if (server) log.info({}, 'PostgreSQL is back');
        },
        (error: Error) => fails(error, delayMs),
      );
    }, delayMs);
  };
  // The process may end without stop(): the signal still goes out.
  const lastResort = () => void server?.kill('SIGINT');
  process.once('exit', lastResort);
  if (first) runs(first);
  else if (failed) fails(failed, 500);

  return {
    get problem() {
      return problem;
    },
    async stop() {
      stopping = true;
      clearTimeout(timer);
      await starting;
      process.removeListener('exit', lastResort);
      if (server) await stopServer(server);
    },
  };
}

/** A fast shutdown; an immediate one (the next start recovers) where that takes too long. */
async function stopServer(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  server.kill('SIGINT');
  const timer = setTimeout(() => server.kill('SIGQUIT'), STOP_TIMEOUT_MS);
  await ended;
  clearTimeout(timer);
}

/** Bare on purpose: PGDATA, PGPORT and the like of the caller's shell must not leak in, and a HOME is not needed. */
function environment(): Record<string, string> {
  return { PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };
}
