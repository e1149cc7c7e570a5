/** What was published, what was measured, side by side. */
import type { Figures } from './candidates.ts';
import type { FeatureSet, TrainSpan } from './data.ts';

export interface Line {
  name: string;
  set: FeatureSet;
  span: TrainSpan;
  /** By test fold; the first is protocol A. */
  folds: Figures[];
  chosen: Record<string, unknown>;
  /** Mean average precision on the validation folds. */
  validation: number;
}

type Row = [name: string, auc: number, ap: number, cards: number];

const PUBLISHED: Record<'A' | 'B', Row[]> = {
  A: [
    ['logistic regression', 0.871, 0.606, 0.291],
    ['decision tree, depth 2', 0.763, 0.496, 0.241],
    ['random forest', 0.867, 0.658, 0.287],
    ['XGBoost', 0.862, 0.639, 0.273],
    ['neural network', 0.864, 0.653, 0.286],
  ],
  B: [
    ['logistic regression', 0.868, 0.623, 0.297],
    ['random forest', 0.87, 0.678, 0.299],
    ['XGBoost', 0.869, 0.687, 0.303],
    ['neural network', 0.876, 0.675, 0.303],
    ['LSTM with attention', 0.874, 0.667, 0.295],
    ['balanced bagging', 0.879, 0.68, 0.305],
  ],
};

const mean = (numbers: number[]) => numbers.reduce((sum, x) => sum + x, 0) / numbers.length;

function spread(numbers: number[]): number {
  const middle = mean(numbers);
  return Math.sqrt(mean(numbers.map((x) => (x - middle) ** 2)));
}

/** One line as it comes in. */
export function briefly({ name, set, span, folds }: Line): string {
  const of = (pick: keyof Figures) => mean(folds.map((fold) => fold[pick])).toFixed(3);
  return `${name}, ${set} features, ${span}: AP ${of('ap')}, AUC ${of('auc')}, CP@100 ${of('cards')}, ${of('seconds')} processor s a fit`;
}

const SETS: Record<string, string> = {
  'handbook week': "the handbook's 15 features, one week of training",
  'product week': "the product's features, one week of training",
  'product history': "the product's features, all the history before the test",
};

/** A Markdown table for each set of features. */
export function printTable(lines: Line[]): void {
  const head =
    '| | A: AUC | AP | CP@100 | B: AUC | AP (± folds) | CP@100 | processor s a fit |\n|---|---|---|---|---|---|---|---|';
  const f = (x: number) => x.toFixed(3);
  console.log(`\nPublished (15 features)\n\n${head}`);
  for (const name of new Set([...PUBLISHED.A, ...PUBLISHED.B].map(([name]) => name))) {
    const cells = (['A', 'B'] as const).flatMap((protocol) => {
      const row = PUBLISHED[protocol].find(([own]) => own === name);
      return row ? row.slice(1).map((x) => f(x as number)) : ['', '', ''];
    });
    console.log(`| ${[name, ...cells, ''].join(' | ')} |`);
  }
  for (const [key, title] of Object.entries(SETS)) {
    const own = lines.filter(({ set, span }) => `${set} ${span}` === key);
    if (own.length === 0) continue;
    console.log(`\nMeasured: ${title}\n\n${head}`);
    for (const { name, folds } of own) {
      const of = (pick: keyof Figures) => folds.map((fold) => fold[pick]);
      const a = [folds[0].auc, folds[0].ap, folds[0].cards].map(f);
      const b = [f(mean(of('auc'))), `${f(mean(of('ap')))} ± ${f(spread(of('ap')))}`, f(mean(of('cards')))];
      console.log(`| ${[name, ...a, ...b, mean(of('seconds')).toFixed(1)].join(' | ')} |`);
    }
  }
  console.log('\nChosen on the validation folds:');
  for (const { name, set, span, chosen, validation } of lines) {
    if (Object.keys(chosen).length === 0) continue;
    const merit = Number.isFinite(validation) ? ` (AP there ${f(validation)})` : '';
    console.log(`- ${name}, ${set} features, ${span}: ${JSON.stringify(chosen)}${merit}`);
  }
  console.log('');
}
