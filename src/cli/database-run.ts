import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createLog, removeEmbedded } from '../app.ts';
import { readConfig } from '../config.ts';
import { lockDirectory } from '../journal/local/lock.ts';
import { assertOwnJournal } from './control.ts';
import { defaultModelDir } from './paths.ts';

/** Throws where a server has the directory, or where its database is another's. */
export async function rebuildDatabase(dataDir: string | undefined): Promise<void> {
  const config = readConfig(dataDir === undefined ? process.env : { ...process.env, ASSAY_DATA_DIR: dataDir }, {
    modelDir: defaultModelDir,
  });
  assertOwnJournal(config);
  if (config.databaseUrl)
    throw new Error('DATABASE_URL: this database is not embedded; empty its schema by your own means.');
  const journal = join(config.dataDir, 'journal');
  if (!existsSync(journal))
    throw new Error(`${config.dataDir} has no journal: there is nothing to make a database from.`);
  const unlock = await lockDirectory(journal);
  try {
    const folder = await removeEmbedded({ dataDir: config.dataDir, log: createLog('warn') });
    console.log(`${folder} is gone; the next start makes it again from the journal.`);
  } finally {
    await unlock();
  }
}
