import { Command } from 'commander';
import type { InspectFlags } from './inspect-flags.ts';

/** `assay inspect`: what a foreign file is, and a map to edit. */
export function inspectCommand(): Command {
  return new Command('inspect')
    .description('looks at a history file: its columns, times, truth, order and span; writes a map to edit')
    .argument('<file>', 'history: .csv, .csv.gz or .parquet')
    .option('--out <map>', 'where the map goes')
    .option('--json', 'print JSON')
    .action(async (file: string, flags: InspectFlags) => {
      const { runInspect } = await import('./inspect-run.ts');
      await runInspect(file, flags);
    });
}
