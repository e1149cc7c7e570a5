import { closeSync, existsSync, openSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Log } from '../../projections/log.ts';

/**
 * Stops the server that an owner which was killed left behind. The caller holds the data folder's lock, so whoever
 * serves this folder is nobody's. A process that merely got the old pid is left alone. A server in another container is
 * found by its socket in the folder, which no namespace of processes hides, and told over it to stop.
 * Throws where one is there and does not stop: two on one folder destroy it.
 */
export async function stopLeftover(data: string, password: string, log: Log): Promise<void> {
  const file = await readPidFile(data);
  if (!file) return;
  const listens = await withSocket(data, file.port, accepts);
  if (await isOurs(file, data, password)) {
    log.warn({ pid: file.pid }, 'stopping a PostgreSQL that an earlier Assay left running');
    return stopByPid(file.pid);
  }
  if (listens) {
    log.warn({ pid: file.pid }, 'stopping a PostgreSQL that an earlier Assay left running in another container');
    return stopBySocket(data, file, password);
  }
  // Its number may now be some other process's here, which would keep the next server from starting.
  await rm(join(data, 'postmaster.pid'), { force: true });
}

async function stopByPid(pid: number): Promise<void> {
  for (const [signal, waitMs] of [
    ['SIGINT', 10_000],
    ['SIGQUIT', 5_000],
    ['SIGKILL', 2_000],
  ] as const) {
    try {
      process.kill(pid, signal);
    } catch {
      return;
    }
    for (let waited = 0; waited < waitMs; waited += 20) {
      if (!alive(pid)) return;
      await sleep(20);
    }
  }
}

const STOP_MS = 10_000;

/** A superuser may run a program where the server runs: there its pid is its pid. */
async function stopBySocket(data: string, { pid, port }: PidFile, password: string): Promise<void> {
  const asked = await withSocket(data, port, async (path) => {
    const client = clientOf(path.slice(0, path.lastIndexOf('/')), port, password);
    try {
      await client.connect();
      await client.query(`COPY (SELECT 1) TO PROGRAM 'kill -INT ${pid}'`);
      return undefined;
    } catch (error) {
      return error as Error;
    } finally {
      await client.end().catch(() => {});
    }
  });
  for (let waited = 0; waited < STOP_MS; waited += 50) {
    if (!(await withSocket(data, port, accepts))) return;
    await sleep(50);
  }
  throw new Error(
    `A PostgreSQL that this process cannot see, as one in another container, has the files in ${data} and does not stop` +
      `${asked ? ` (${asked.message})` : ''}. End that container; nothing here touches its files until then.`,
  );
}

interface PidFile {
  pid: number;
  port: number;
}

/** Lines of postmaster.pid: pid, data folder, start time, port, … */
async function readPidFile(data: string): Promise<PidFile | undefined> {
  const text = await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const lines = text.split('\n');
  const pid = Number(lines[0]);
  return Number.isInteger(pid) && pid > 1 ? { pid, port: Number(lines[3]) } : undefined;
}

/** Calls back with the path of the server's socket. A path may have 107 bytes, so on Linux it goes by the folder's descriptor. */
async function withSocket<T>(data: string, port: number, use: (path: string) => Promise<T>): Promise<T> {
  const name = `.s.PGSQL.${port}`;
  if (!existsSync('/proc/self/fd')) return use(join(data, name));
  const folder = openSync(data, 'r');
  try {
    return await use(`/proc/self/fd/${folder}/${name}`);
  } finally {
    closeSync(folder);
  }
}

/** Whether somebody listens there, even one that is frozen. */
function accepts(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const settle = (open: boolean) => {
      socket.destroy();
      resolve(open);
    };
    socket.once('connect', () => settle(true)).once('error', () => settle(false));
    socket.setTimeout(2_000, () => settle(true));
  });
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Whether the process of that number here is a server of this folder: the kernel's word where there is /proc, else the server's. */
async function isOurs({ pid, port }: PidFile, data: string, password: string): Promise<boolean> {
  if (!alive(pid)) return false;
  const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => undefined);
  if (commandLine !== undefined) return commandLine.split('\0').includes(data);
  const client = clientOf('127.0.0.1', port, password);
  try {
    await client.connect();
    const { rows } = await client.query('SHOW data_directory');
    return rows[0].data_directory === data;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}

function clientOf(host: string, port: number, password: string): pg.Client {
  const bounds = { connectionTimeoutMillis: 3_000, query_timeout: 3_000 };
  const client = new pg.Client({ host, port, user: 'assay', password, database: 'postgres', ...bounds });
  client.on('error', () => {});
  return client;
}
