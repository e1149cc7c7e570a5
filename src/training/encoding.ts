import type { Encoding, FeatureDefinition } from '../features/definition.ts';
import type { Dataset } from './dataset.ts';
import { isOpen } from './priors.ts';

/** Rows of a word's own that weigh as much as the prior. */
const PRIOR_ROWS = 50;
/** Words seen less often in training are `other`. */
const MIN_ROWS = 30;

/**
 * Learns a code for each word of the encoded features: the log-odds of fraud among its training rows, drawn towards
 * those of all rows (an m-estimate with m = 50). `data` holds word hashes in those columns.
 */
export function learnEncodings(train: Dataset, definitions: readonly FeatureDefinition[]): Record<string, Encoding> {
  const encodings: Record<string, Encoding> = {};
  for (const { name, field } of encoded(definitions))
    encodings[field!] = codesOf(train.columns[train.features.indexOf(name)], train.labels, () => true);
  return encodings;
}

/** The codes that the rows for which `counts` holds give. */
function codesOf(column: Float64Array, labels: Uint8Array, counts: (row: number) => boolean): Encoding {
  const words = new Map<number, [rows: number, frauds: number]>();
  let [all, frauds] = [0, 0];
  for (let row = 0; row < column.length; row++) {
    if (!counts(row)) continue;
    all++;
    frauds += labels[row];
    if (Number.isNaN(column[row])) continue;
    const count = words.get(column[row]) ?? [0, 0];
    count[0]++;
    count[1] += labels[row];
    words.set(column[row], count);
  }
  const prior = (frauds + 0.5) / (all + 1);
  const codes = [...words]
    .filter(([, [rows]]) => rows >= MIN_ROWS)
    .map(([hash, [rows, bad]]) => [hash, logOdds((bad + PRIOR_ROWS * prior) / (rows + PRIOR_ROWS))] as [number, number])
    .sort((a, b) => a[0] - b[0]);
  return { other: logOdds(prior), codes };
}

/**
 * The codes of training rows out of fold, for the definitions that ask for it (`parameters.folds`): a row's word has the code that the
 * rows of the other folds give, lest a rare word tell the row's own label. Folds are stretches of time: frauds come in bursts, and a row
 * of the same burst in another fold would tell it as well. Ask before the words are replaced, call after.
 */
export function foldedCodes(train: Dataset, definitions: readonly FeatureDefinition[]): () => void {
  const made = encoded(definitions).flatMap(({ name, parameters }) => {
    const folds = Number(parameters?.folds ?? 0);
    if (folds < 2) return [];
    const column = train.columns[train.features.indexOf(name)];
    const words = column.slice();
    for (let fold = 0; fold < folds; fold++) {
      const [from, to] = [fold, fold + 1].map((part) => Math.floor((part * words.length) / folds));
      const { other, codes } = codesOf(column, train.labels, (row) => row < from || row >= to);
      const byHash = new Map(codes);
      for (let row = from; row < to; row++)
        if (!Number.isNaN(column[row])) words[row] = byHash.get(column[row]) ?? other;
    }
    return [{ column, words }];
  });
  return () => {
    for (const { column, words } of made) column.set(words);
  };
}

/** Replaces the word hashes of a dataset by their codes, in place, as the compiled features would have given them. */
export function applyEncodings(
  data: Dataset,
  definitions: readonly FeatureDefinition[],
  encodings: Record<string, Encoding>,
): void {
  for (const { name, field } of encoded(definitions)) {
    const { other, codes } = encodings[field!];
    const byHash = new Map(codes);
    const column = data.columns[data.features.indexOf(name)];
    for (let row = 0; row < data.rows; row++)
      if (!Number.isNaN(column[row])) column[row] = byHash.get(column[row]) ?? other;
  }
}

/** The same rows with those columns copied into which codes and shares are put. */
export function copyWords(data: Dataset, definitions: readonly FeatureDefinition[]): Dataset {
  const words = new Set([...encoded(definitions), ...definitions.filter(isOpen)].map(({ name }) => name));
  return { ...data, columns: data.columns.map((column, i) => (words.has(data.features[i]) ? column.slice() : column)) };
}

function encoded(definitions: readonly FeatureDefinition[]): FeatureDefinition[] {
  return definitions.filter((definition) => definition.operation === 'encoding');
}

/** Rounded, so that a model file stays readable and its bits do not hang on a library's logarithm. */
function logOdds(p: number): number {
  return Math.round(Math.log(p / (1 - p)) * 1e6) / 1e6;
}
