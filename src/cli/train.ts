import { Command, Option } from 'commander';
import { dayEnd, dayStart, whole, withHistoryOptions, withJournalOptions, withUnlabelledOption } from './history.ts';
import { searchBudget } from './search-budget.ts';
import type { TrainFlags } from './train-flags.ts';

const CATALOGUES = ['default', 'shipped', 'handbook', 'handbook-15', 'stateless'];

/** `assay train`: history replayed through the serving features, a model and its report out. */
export function trainCommand(): Command {
  const command = new Command('train')
    .description('trains a model by replaying history through the profiles and features that serve')
    .argument('[file]', 'history: .csv, .csv.gz or .parquet')
    .option('--out <folder>', 'where model.json, model.bin, report.json and report.html go')
    .option('--name <name>', 'of the model', 'transactions')
    .option('--learner <learner>', 'what is trained', 'trees')
    .addOption(new Option('--features <catalogue>', 'which features (default: by format)').choices(CATALOGUES))
    .option('--train-from <day>', 'first day that trains (UTC)', dayStart)
    .option('--train-to <day>', 'last day that trains', dayEnd)
    .option('--test-from <day>', 'first day that tests (default: the latest fifth of the rows)', dayStart)
    .option('--test-to <day>', 'last day that tests', dayEnd)
    .option('--delay-days <n>', 'after how many days a label is known where the file does not say', whole)
    .addOption(
      new Option('--resample <how>', 'of the training rows; the report says what it changed')
        .choices(['none', 'smote', 'undersample', 'weights'])
        .default('none'),
    )
    .option('--resample-ratio <n>', 'smote: frauds for each legitimate row; undersample: the reverse', Number)
    .option(
      '--search <budget>',
      'options by trial on folds of the training part: trials=20, minutes=5 or both',
      searchBudget,
    )
    .option(
      '--tune <trials>',
      'features that help, and so many settings of the trees tried, on folds of the training part; 0: all features, settings as they are (default: 8 for trees on a history)',
      whole,
    )
    .option('--max-features <n>', 'with --tune: features kept at most, columns of your own aside (default: 48)', whole)
    .option('--folds <n>', 'tests on so many periods one after another, each trained on what came before it', whole, 1)
    .option('--alert-share <share>', 'thresholds by alert budget: this share of payments is flagged', Number)
    .option('--alerts-per-day <n>', 'thresholds by alert budget: this many are flagged a day', Number)
    .option('--precision <share>', 'thresholds by precision: as many are flagged as keep this share of frauds', Number)
    .option(
      '--decline-precision <share>',
      'with a budget or a precision: share of frauds among the declined',
      Number,
      0.95,
    )
    .option('--cost <what=amount...>', 'of the cost matrix, such as review=4 or missedFee=15', collect, {})
    .option('--two-way', 'thresholds for approve or decline alone: nobody reviews')
    .addOption(
      new Option(
        '--refit <how>',
        'fit again on all training rows, calibrated by cross-fitting (default: by format; choose: unless validation of the whole procedure is clearly against it)',
      ).choices(['choose', 'always', 'never']),
    )
    .option('--seed <n>', 'the same seed and data give the same model, bit for bit', whole, 1)
    .option('--set <option=value...>', "the learner's own options, such as rounds=200", collect, {});
  command.addOption(
    new Option('--default', 'train the model that ships, on the generator’s stream; the file is not needed'),
  );
  command.option('--stateless', 'train the three small models of predict_fraud that ship, on that stream too');
  command.option('--synthetic [rows]', 'with --format ulb: made-up rows instead of a file (default 60000)', whole);
  command.option(
    '--matrix <file>',
    'on a matrix that assay matrix wrote, perhaps changed in a notebook, instead of a file',
  );
  return withJournalOptions(withUnlabelledOption(withHistoryOptions(command, ['ulb']))).action(
    async (file: string | undefined, flags: TrainFlags) => {
      const { runTrain, runTrainStateless } = await import('./train-run.ts');
      await (flags.stateless ? runTrainStateless(flags) : runTrain(file, flags));
    },
  );
}

function collect(pair: string, options: Record<string, unknown>): Record<string, unknown> {
  const at = pair.indexOf('=');
  const text = pair.slice(at + 1);
  const value =
    text === 'true'
      ? true
      : text === 'false'
        ? false
        : text !== '' && !Number.isNaN(Number(text))
          ? Number(text)
          : text;
  return { ...options, [pair.slice(0, at)]: value };
}
