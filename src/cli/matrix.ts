import { Command, Option } from 'commander';
import { dayEnd, dayStart, whole, withHistoryOptions, withJournalOptions, withUnlabelledOption } from './history.ts';
import type { MatrixFlags } from './matrix-flags.ts';

/** `assay matrix`: what a model is trained on, for a notebook. */
export function matrixCommand(): Command {
  const command = new Command('matrix')
    .description('the features of a history as a Parquet file, with labels and parts, for other tools to learn from')
    .argument('[file]', 'history: .csv, .csv.gz or .parquet')
    .requiredOption('--out <file>', 'where the matrix goes, .parquet')
    .addOption(
      new Option('--features <catalogue>', 'which features (default: by format)').choices([
        ...['default', 'shipped', 'handbook', 'handbook-15', 'stateless'],
      ]),
    )
    .option('--train-from <day>', 'first day that trains (UTC)', dayStart)
    .option('--train-to <day>', 'last day that trains', dayEnd)
    .option('--test-from <day>', 'first day that tests (default: the latest fifth of the rows)', dayStart)
    .option('--test-to <day>', 'last day that tests', dayEnd)
    .option('--delay-days <n>', 'after how many days a label is known where the file does not say', whole);
  return withJournalOptions(withUnlabelledOption(withHistoryOptions(command))).action(
    async (file: string | undefined, flags: MatrixFlags) => {
      const { runMatrix } = await import('./matrix-run.ts');
      await runMatrix(file, flags);
    },
  );
}
