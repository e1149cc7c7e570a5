import type { Encoding, FeatureDefinition } from '../features/definition.ts';
import type { Dataset } from './dataset.ts';
import { applyEncodings, copyWords, foldedCodes, learnEncodings } from './encoding.ts';
import { settlingParts } from './parts.ts';
import { type Period, splitPeriod } from './period.ts';
import { applyPrior, learnPrior, withPrior } from './priors.ts';

/** Where a row belongs. `gap`: its label was not known before the test began, or it is of no part. */
export type MatrixPart = 'train' | 'validation' | 'test' | 'gap';

export interface Matrix {
  data: Dataset;
  parts: MatrixPart[];
  /** As a model carries them. */
  definitions: FeatureDefinition[];
  encodings: Record<string, Encoding>;
}

/**
 * The rows as `assay train` sees them: split in time, words as codes and shares by priors that the training rows before validation
 * gave, and none after. The given dataset stays as it is.
 */
export function matrixOf(
  source: Dataset,
  definitions: readonly FeatureDefinition[],
  period: Period,
  options: { validationShare: number; handbook: boolean },
): Matrix {
  const data = copyWords(source, definitions);
  const { train, test } = splitPeriod(data, period, options.handbook);
  const { first, last } = settlingParts(train, options.validationShare, false);
  const encodings = learnEncodings(first, definitions);
  const prior = learnPrior(first);
  const parts = partsOf(data, first, last, test);
  const fold = foldedCodes(first, definitions);
  applyEncodings(data, definitions, encodings);
  fold();
  applyPrior(data, definitions, prior);
  return { data, parts, definitions: withPrior(definitions, prior), encodings };
}

/** Parts are stretches of the rows, by their times. Of the handbook's test some rows are left out: they are known by their place. */
function partsOf(data: Dataset, first: Dataset, last: Dataset, test: Dataset): MatrixPart[] {
  const parts = new Array<MatrixPart>(data.rows).fill('gap');
  const mark = (part: Dataset, name: MatrixPart) => {
    let at = 0;
    for (let row = 0; row < data.rows && at < part.rows; row++)
      if (
        data.times[row] === part.times[at] &&
        data.cards[row] === part.cards[at] &&
        data.amounts[row] === part.amounts[at]
      ) {
        parts[row] = name;
        at++;
      }
    if (at < part.rows) throw new Error(`A row of the ${name} part is not in its place.`);
  };
  mark(first, 'train');
  mark(last, 'validation');
  mark(test, 'test');
  return parts;
}
