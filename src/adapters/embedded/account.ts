import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, chown, mkdir, realpath, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Log } from '../../projections/log.ts';

const run = promisify(execFile);

/** PostgreSQL refuses to run as root: whom it runs as instead. Undefined means: as ourselves. */
export interface RunAs {
  uid: number;
  gid: number;
}

let chosen: RunAs | undefined;

/** Our own account, or where we are root, `postgres` (made if the system has none), or else `nobody`. Once found it stays. */
export async function chooseAccount(log: Log): Promise<RunAs | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  chosen ??= await findAccount(log);
  return chosen;
}

async function findAccount(log: Log): Promise<RunAs> {
  const existing = await lookUp('postgres');
  if (existing) return existing;
  try {
    await run('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/bin/false', 'postgres']);
    log.info({}, 'made the system user "postgres", because PostgreSQL does not run as root');
  } catch (error) {
    log.warn({ reason: (error as Error).message }, 'could not make a user for PostgreSQL, trying "nobody"');
  }
  const account = (await lookUp('postgres')) ?? (await lookUp('nobody'));
  if (account) return account;
  throw new Error(
    'PostgreSQL does not run as root and no other user was found. Run Assay as an ordinary user, or set DATABASE_URL.',
  );
}

async function lookUp(name: string): Promise<RunAs | undefined> {
  try {
    const [uid, gid] = await Promise.all(
      ['-u', '-g'].map(async (flag) => Number((await run('id', [flag, name])).stdout)),
    );
    return Number.isInteger(uid) && Number.isInteger(gid) ? { uid, gid } : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The folder that PostgreSQL's files live below: `<dataDir>/postgres`, or where the account may not pass through one of
 * its parents (a 0700 home of root), one under /var/lib/assay named after it. A data folder that only root may enter is
 * opened to the account's group for passing through, no more; its parents are left as they are.
 */
export async function chooseHome(dataDir: string, account: RunAs | undefined, log: Log): Promise<string> {
  await mkdir(dataDir, { recursive: true });
  const wanted = join(await realpath(dataDir), 'postgres');
  if (!account) {
    await mkdir(wanted, { recursive: true, mode: 0o700 });
    return wanted;
  }
  if ((await reaches(dataDir, account)) || (await letThrough(dataDir, account))) {
    await makeOpen(wanted);
    return wanted;
  }
  const name = createHash('sha256').update(wanted).digest('hex').slice(0, 16);
  const elsewhere = join('/var/lib/assay', name);
  await makeOpen('/var/lib/assay');
  await makeOpen(elsewhere);
  if (!(await reaches(elsewhere, account)))
    throw new Error(
      `PostgreSQL runs as user ${account.uid}, which may enter neither ${dataDir} nor ${elsewhere}. ` +
        'Set ASSAY_DATA_DIR to a folder whose parents others may pass through, run as an ordinary user, or set DATABASE_URL.',
    );
  log.warn({ dataDir, postgres: elsewhere }, 'the data folder is closed to the user that PostgreSQL runs as');
  return elsewhere;
}

/** A folder that is the account's own. */
export async function makeOwned(folder: string, account: RunAs | undefined): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if (account) await chown(folder, account.uid, account.gid);
}

/** Opens a folder of ours that was closed to everyone else. */
async function letThrough(dataDir: string, account: RunAs): Promise<boolean> {
  const { mode, uid } = await stat(dataDir);
  if (uid !== process.getuid?.() || (mode & 0o077) !== 0 || !(await reaches(dirname(await realpath(dataDir)), account)))
    return false;
  await chown(dataDir, uid, account.gid);
  await chmod(dataDir, (mode & 0o700) | 0o010);
  return reaches(dataDir, account);
}

/** Others may pass through, not look around; whatever the umask. */
async function makeOpen(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await run('chmod', ['a+x', folder]);
}

async function reaches(folder: string, account: RunAs): Promise<boolean> {
  try {
    await run('/bin/sh', ['-c', 'cd "$1"', 'sh', folder], { ...account, cwd: '/' });
    return true;
  } catch {
    return false;
  }
}
