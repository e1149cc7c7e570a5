import { Command } from 'commander';
import type { ImportFlags } from './labels-import.ts';

/** `assay labels`: what became known of payments, from files. */
export function labelsCommand(): Command {
  const labels = new Command('labels').description('what became known of payments');
  labels
    .command('import <file>')
    .description(
      'disputes and fraud reports from CSV, or events, disputes and labels from JSON lines, told to the running server',
    )
    .option('--map <file>', 'JSON that says how the file calls things: {"columns": {"reasonCode": "…", …}}')
    .option('--url <url>', 'the server (default: the one that holds the data directory)')
    .option('--key <key>', 'API key with the scopes read and review (default: API_KEY of the environment)')
    .option('--data-dir <folder>', 'the data directory (ASSAY_DATA_DIR)')
    .option('--dry-run', 'match and check, and tell nothing')
    .option('--json', 'print JSON')
    .action(async (file: string, flags: ImportFlags) => {
      const { importLabels } = await import('./labels-import.ts');
      await importLabels(file, flags);
    });
  return labels;
}
