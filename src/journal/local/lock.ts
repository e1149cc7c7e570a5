import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AssayError } from '../../domain/errors.ts';

/**
 * Takes a directory for this process by a file `lock` that holds `pid startTime`. A lock whose process is gone, or whose
 * pid now belongs to another process, is taken over. Resolves to the way to give it back.
 */
export async function lockDirectory(directory: string): Promise<() => Promise<void>> {
  const path = join(directory, 'lock');
  const own = `${process.pid} ${await startTime(process.pid)}`;
  const draft = join(directory, `lock.${process.pid}.${process.hrtime.bigint()}`);
  await writeFile(draft, own);
  try {
    for (let attempt = 0; attempt < 5; attempt++) {
      if (await linked(draft, path)) return () => release(path, own);
      await dropStale(directory, path);
    }
    throw new AssayError('unavailable', `the lock of ${directory} keeps changing hands`, { retryAfterSeconds: 1 });
  } finally {
    await rm(draft, { force: true });
  }
}

/** A link is made whole or not at all, so nobody reads a lock without its pid. */
async function linked(draft: string, path: string): Promise<boolean> {
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Removes the lock if its process is gone; throws if it lives. */
async function dropStale(directory: string, path: string): Promise<void> {
  const held = await readFile(path, 'utf8').catch(() => undefined);
  if (held === undefined) return;
  const [pid, started] = held.split(' ');
  if (pid !== '' && (await startTime(Number(pid))) === started) {
    const where = Number(pid) === process.pid ? 'this very process' : 'another process';
    throw new AssayError('unavailable', `the journal in ${directory} is open in ${where}, pid ${pid}`, {
      retryAfterSeconds: 1,
    });
  }
  // Moved away, then looked at: if someone else took it over in between, it is put back.
  const aside = `${path}.stale.${process.pid}`;
  try {
    await rename(path, aside);
  } catch {
    return;
  }
  if ((await readFile(aside, 'utf8')) !== held) await linked(aside, path);
  await rm(aside, { force: true });
}

async function release(path: string, own: string): Promise<void> {
  const held = await readFile(path, 'utf8').catch(() => undefined);
  if (held === own) await rm(path, { force: true });
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
