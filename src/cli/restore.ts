import { Command } from 'commander';

/** `assay restore`: a data directory again, from what JOURNAL_MIRROR holds. */
export function restoreCommand(): Command {
  return new Command('restore')
    .description(
      'makes a data directory from a mirror of the journal, and says what it reaches; exits 1 where something is damaged',
    )
    .requiredOption('--from <mirror>', 'a folder, or s3://bucket/prefix: what JOURNAL_MIRROR was')
    .requiredOption('--data-dir <folder>', 'where to: an empty folder, or a new one')
    .option('--json', 'print JSON')
    .action(async (options: { from: string; dataDir: string; json?: boolean }) => {
      const { runRestore } = await import('./restore-run.ts');
      process.exitCode = await runRestore(options);
    });
}
