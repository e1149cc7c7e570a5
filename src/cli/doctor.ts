import { Command } from 'commander';

/** `assay doctor`: what ails this installation, found before it is needed. */
export function doctorCommand(): Command {
  return new Command('doctor')
    .description('looks at clock, disk, journal, keys, models, rates, ports and neighbours; exits 1 on a fault')
    .option('--data-dir <folder>', 'the data directory (ASSAY_DATA_DIR)')
    .option('--json', 'print JSON')
    .action(async (options: { dataDir?: string; json?: boolean }) => {
      const { runDoctor } = await import('./doctor-run.ts');
      process.exitCode = await runDoctor(options, process.env);
    });
}
