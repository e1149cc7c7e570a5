import { Command } from 'commander';

/** `assay journal`: reads every byte of the journal of this machine, and gives back what is damaged where that can be. */
export function journalCommand(): Command {
  const journal = new Command('journal').description('the journal on disk: verify it, repair it');
  journal
    .command('verify')
    .description('reads every byte and changes nothing; exits 1 where something is damaged')
    .option('--data-dir <folder>', 'the data directory (ASSAY_DATA_DIR)')
    .option('--from <mirror>', 'reads a mirror instead: a folder, or s3://bucket/prefix')
    .option('--json', 'print JSON')
    .action(async (options: { dataDir?: string; from?: string; json?: boolean }) => {
      const { runVerify } = await import('./journal-run.ts');
      process.exitCode = await runVerify(options);
    });
  journal
    .command('repair')
    .description('gives back what it can, with the server stopped; exits 1 where something stays damaged')
    .option('--data-dir <folder>', 'the data directory (ASSAY_DATA_DIR)')
    .option('--from <folder>', 'a copy: the folder of a backup, or a mirror (JOURNAL_MIRROR where that is set)')
    .option('--json', 'print JSON')
    .action(async (options: { dataDir?: string; from?: string; json?: boolean }) => {
      const { runRepair } = await import('./journal-run.ts');
      process.exitCode = await runRepair(options);
    });
  return journal;
}
