import { Command } from 'commander';
import { whole, withHistoryOptions } from './history.ts';
import type { ReplayFlags } from './replay-flags.ts';

/** `assay replay`: history decided as if it had come in then. */
export function replayCommand(): Command {
  const command = new Command('replay')
    .description('history through the online path: decided, journaled, learnt; labels when they became known')
    .argument('<file>', 'history: .csv, .csv.gz or .parquet')
    .option('--data-dir <folder>', 'the data directory (ASSAY_DATA_DIR)')
    .option('--model <folder>', 'the model that decides (ASSAY_MODEL_DIR)')
    .option('--live', 'although a server holds the data directory, or it has later decisions: history joins them')
    .option('--delay-days <n>', 'after how many days a label is known where the file does not say', whole);
  return withHistoryOptions(command).action(async (file: string, flags: ReplayFlags) => {
    const { runReplay } = await import('./replay-run.ts');
    await runReplay(file, flags);
  });
}
