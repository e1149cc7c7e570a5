import { Command } from 'commander';

/** `assay upgrade --check`: what this release would do to a data directory. */
export function upgradeCommand(): Command {
  return new Command('upgrade')
    .description(
      'says what this release will do to a data directory, before it is started on it; exits 1 where it cannot run there',
    )
    .requiredOption('--check', 'look, and change nothing: an upgrade itself is to start the new release')
    .option('--data-dir <folder>', 'the data directory (ASSAY_DATA_DIR); its server has to be stopped')
    .option('--json', 'print JSON')
    .action(async (options: { dataDir?: string; json?: boolean }) => {
      const { runUpgradeCheck } = await import('./upgrade-run.ts');
      process.exitCode = await runUpgradeCheck(options, process.env);
    });
}
