import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Log } from '../../projections/log.ts';

/**
 * Stops the server that an owner which was killed left behind. The caller holds the data folder's lock, so whoever
 * serves this folder is nobody's. A process that merely got the old pid is left alone.
 */
export async function stopLeftover(data: string, password: string, log: Log): Promise<void> {
  const file = await readPidFile(data);
  if (!file) return;
  if (!(await isOurs(file, data, password))) {
    if (!alive(file.pid)) await rm(join(data, 'postmaster.pid'), { force: true });
    return;
  }
  log.warn({ pid: file.pid }, 'stopping a PostgreSQL that an earlier Assay left running');
  for (const [signal, waitMs] of [
    ['SIGINT', 10_000],
    ['SIGQUIT', 5_000],
    ['SIGKILL', 2_000],
  ] as const) {
    try {
      process.kill(file.pid, signal);
    } catch {
      return;
    }
    for (let waited = 0; waited < waitMs; waited += 20) {
      if (!alive(file.pid)) return;
      await sleep(20);
    }
  }
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

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** The kernel's word where there is /proc; elsewhere the server's own. */
async function isOurs({ pid, port }: PidFile, data: string, password: string): Promise<boolean> {
  if (!alive(pid)) return false;
  const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => undefined);
  if (commandLine !== undefined) return commandLine.split('\0').includes(data);
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    user: 'assay',
    password,
    database: 'postgres',
    connectionTimeoutMillis: 2_000,
  });
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
