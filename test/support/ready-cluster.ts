import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { chooseAccount, chooseHome } from '../../src/adapters/embedded/account.ts';
import { startEmbedded } from '../../src/adapters/embedded/postgres.ts';
import { migrate } from '../../src/adapters/postgres/migrate.ts';
import { readConfig } from '../../src/config.ts';
import { silentLog } from '../../src/projections/log.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..', '..');
const MIGRATIONS = join(root, 'src', 'adapters', 'postgres', 'migrations');
const CACHE = join(root, 'node_modules', '.cache', 'assay-cluster');

/**
 * A data directory whose embedded database was initialised and migrated already, copied from one that is made once for these
 * migrations: most of what a first start costs. One that has a database, and a system without `cp -a`, are left as they are.
 */
export async function withReadyCluster(dataDir: string): Promise<void> {
  if (process.platform === 'win32' || existsSync(join(dataDir, 'postgres'))) return;
  const home = await chooseHome(dataDir, await chooseAccount(silentLog), silentLog);
  // Elsewhere, where the folder of the data directory may not be entered by the database's account.
  if (existsSync(join(home, 'data'))) return;
  const ready = await readyCluster();
  await run('cp', ['-a', join(ready, 'data'), join(ready, 'password'), home]);
}

async function readyCluster(): Promise<string> {
  const hash = createHash('sha256').update(`${process.getuid?.()}`);
  for (const name of readdirSync(MIGRATIONS).sort()) hash.update(name).update(readFileSync(join(MIGRATIONS, name)));
  hash.update(readFileSync(join(root, 'package.json')));
  const ready = join(CACHE, hash.digest('hex').slice(0, 16));
  if (existsSync(ready)) return ready;
  mkdirSync(CACHE, { recursive: true });
  const dataDir = mkdtempSync(`${ready}-`);
  try {
    await makeCluster(dataDir);
    const home = await chooseHome(dataDir, await chooseAccount(silentLog), silentLog);
    // Who comes second finds it made; a rename of a folder over one that is not empty fails.
    if (!existsSync(ready)) renameSync(home, ready);
  } catch (error) {
    if (!existsSync(ready)) throw error;
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
  return ready;
}

async function makeCluster(dataDir: string): Promise<void> {
  const database = await startEmbedded({ dataDir, log: silentLog });
  try {
    const { namespace } = readConfig({ ASSAY_DATA_DIR: dataDir }, { modelDir: '' });
    await migrate(database.url, namespace, silentLog, { isAlone: true });
  } finally {
    await database.stop();
  }
}
