import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createLog, removeEmbedded } from '../app.ts';
import { readConfig } from '../config.ts';
import { standingOf } from '../journal/local/chain.ts';
import { nodeFiles } from '../journal/local/files.ts';
import { lockDirectory } from '../journal/local/lock.ts';
import { assertOwnJournal } from './control.ts';
import { defaultModelDir } from './paths.ts';

/** Throws where a server has the directory, where its database is another's, or, unless it may `forget`, where the log does not reach back. */
export async function rebuildDatabase(dataDir: string | undefined, forget = false): Promise<void> {
  const config = readConfig(dataDir === undefined ? process.env : { ...process.env, ASSAY_DATA_DIR: dataDir }, {
    modelDir: defaultModelDir,
  });
  assertOwnJournal(config);
  if (config.databaseUrl)
    throw new Error('DATABASE_URL: this database is not embedded; empty its schema by your own means.');
  const journal = join(config.dataDir, 'journal');
  if (!existsSync(journal))
    throw new Error(`${config.dataDir} has no journal: there is nothing to make a database from.`);
  const { begins } = await standingOf(nodeFiles, journal);
  if (begins > 1 && !forget)
    throw new Error(
      `The journal begins at record ${begins}: payments, labels and cases from before were removed from it (JOURNAL_RETENTION_DAYS), and stand ` +
        'in the database alone: they cannot be made again. Users, keys, rules, lists and webhooks can. Mend the database or bring it back from ' +
        'a backup; or, to go on without them: assay database rebuild --forget-removed.',
    );
  const unlock = await lockDirectory(journal);
  try {
    const folder = await removeEmbedded({ dataDir: config.dataDir, log: createLog('warn') });
    console.log(`${folder} is gone; the next start makes it again from the journal.`);
  } finally {
    await unlock();
  }
}
