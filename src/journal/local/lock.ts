import { readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { AssayError } from '../../domain/errors.ts';

/**
 * Takes a directory for this process by an advisory lock of the kernel on the file `owner.lock`: it holds across the namespaces
 * of containers that share a volume, and ends with the process. Node has no call for it; SQLite, which is part of Node, has: an
 * exclusive transaction on an empty database takes it (fcntl) and writes nothing. The file `lock` says who it is, for
 * messages and for releases before 0.2, which know nothing else. Resolves to the way to give it back.
 */
export async function lockDirectory(directory: string): Promise<() => Promise<void>> {
  const held = await takeKernelLock(directory);
  const path = join(directory, 'lock');
  try {
    const own = await ownName();
    await refuseOlderRelease(directory, path, own);
    await writeFile(path, own);
    ours.add(resolve(directory));
    return async () => {
      ours.delete(resolve(directory));
      await rm(path, { force: true });
      held.close();
    };
  } catch (error) {
    held.close();
    throw error;
  }
}

/** Whether another process, in whatever namespace, has the directory now. */
export function isLocked(directory: string): boolean {
  try {
    const probe = tryKernelLock(directory);
    probe?.close();
    return probe === undefined;
  } catch {
    // No such directory, or one that nothing can be locked in.
    return false;
  }
}

/** Two that begin at once may both find the other in the way. */
const ATTEMPTS = 12;

async function takeKernelLock(directory: string): Promise<DatabaseSync> {
  for (let attempt = 1; ; attempt++) {
    const held = tryKernelLock(directory);
    if (held !== undefined) return held;
    if (attempt === ATTEMPTS) throw await inUse(directory);
    await sleep(2 + Math.random() * 20);
  }
}

/** The lock; undefined where another has it. Throws where the file system has no locks. */
function tryKernelLock(directory: string): DatabaseSync | undefined {
  const { DatabaseSync } = loadSqlite();
  const database = new DatabaseSync(join(directory, 'owner.lock'), { timeout: 0 });
  try {
    database.exec('BEGIN EXCLUSIVE');
    return database;
  } catch (error) {
    database.close();
    if ((error as { errcode?: number }).errcode === SQLITE_BUSY) return undefined;
    throw new AssayError('unavailable', `the directory ${directory} cannot be locked: ${(error as Error).message}`);
  }
}

const SQLITE_BUSY = 5;

/** Node 22 warns of its SQLite as experimental when it is loaded, in whatever thread; of it no more is used than a lock. */
function loadSqlite(): typeof import('node:sqlite') {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return process.getBuiltinModule('node:sqlite');
  } finally {
    process.emitWarning = emitWarning;
  }
}

/** What this process holds. Its number does not tell: two in namespaces of their own may share it, and have begun in one tick. */
const ours = new Set<string>();

async function inUse(directory: string): Promise<AssayError> {
  const held = await readFile(join(directory, 'lock'), 'utf8').catch(() => '');
  const where = ours.has(resolve(directory)) ? 'this very process' : 'another process';
  const pid = held.split(' ')[0] || 'unknown';
  return new AssayError('unavailable', `the journal in ${directory} is open in ${where}, pid ${pid} where it runs`, {
    retryAfterSeconds: 1,
  });
}

const ownName = async () => `${process.pid} ${await startTime(process.pid)}`;

/** An earlier release holds no lock of the kernel, only the file that names it. */
async function refuseOlderRelease(directory: string, path: string, own: string): Promise<void> {
  const [pid, started] = (await readFile(path, 'utf8').catch(() => '')).split(' ');
  if (pid === '' || `${pid} ${started}` === own || (await startTime(Number(pid))) !== started) return;
  throw new AssayError('unavailable', `the journal in ${directory} is open in an earlier release, pid ${pid}`, {
    retryAfterSeconds: 1,
  });
}

/**
 * When a process began, in clock ticks since boot (field 22 of /proc/pid/stat), so that a reused pid is not mistaken for
 * the old process; `alive` where there is no /proc; undefined for a pid that is not running.
 */
async function startTime(pid: number): Promise<string | undefined> {
  if (!Number.isSafeInteger(pid) || pid <= 0) return undefined;
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may itself hold spaces and parentheses.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return isRunning(pid) ? 'alive' : undefined;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
