import { Command } from 'commander';
import type { EvaluateFlags } from './evaluate-flags.ts';
import { dayEnd, dayStart, whole, withHistoryOptions, withUnlabelledOption } from './history.ts';

/** `assay evaluate`: a model measured on other data, replayed through its own features. */
export function evaluateCommand(): Command {
  const command = new Command('evaluate')
    .description('measures a model on other data; writes report.json and report.html')
    .argument('<model>', 'folder of the model')
    .argument('<file>', 'history: .csv, .csv.gz or .parquet')
    .option('--from <day>', 'first day that is measured; earlier rows are only learnt', dayStart)
    .option('--to <day>', 'last day that is measured', dayEnd)
    .option('--delay-days <n>', 'after how many days a label is known where the file does not say', whole)
    .option('--out <folder>', 'where the report goes (default: a folder evaluation-… in the model’s)');
  return withUnlabelledOption(withHistoryOptions(command, ['ulb'])).action(
    async (model: string, file: string, flags: EvaluateFlags) => {
      const { runEvaluate } = await import('./evaluate-run.ts');
      await runEvaluate(model, file, flags);
    },
  );
}
