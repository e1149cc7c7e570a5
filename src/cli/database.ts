import { Command } from 'commander';

/** `assay database`: the database that a server of one machine starts for itself. */
export function databaseCommand(): Command {
  const database = new Command('database').description('the embedded database: make it again');
  database
    .command('rebuild')
    .description('takes its files away, with the server stopped; the next start makes them again from the journal')
    .option('--data-dir <folder>', 'the data directory (ASSAY_DATA_DIR)')
    .option(
      '--forget-removed',
      'where the journal was cut (JOURNAL_RETENTION_DAYS): go on without what only the database has',
    )
    .action(async (options: { dataDir?: string; forgetRemoved?: boolean }) => {
      const { rebuildDatabase } = await import('./database-run.ts');
      await rebuildDatabase(options.dataDir, options.forgetRemoved);
    });
  return database;
}
