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
  let frauds = 0;
  for (const label of train.labels) frauds += label;
  const prior = (frauds + 0.5) / (train.rows + 1);
  const encodings: Record<string, Encoding> = {};
  for (const { name, field } of encoded(definitions)) {
    const counts = new Map<number, [rows: number, frauds: number]>();
    const column = train.columns[train.features.indexOf(name)];
    for (let row = 0; row < train.rows; row++) {
      if (Number.isNaN(column[row])) continue;
      const count = counts.get(column[row]) ?? [0, 0];
      count[0]++;
      count[1] += train.labels[row];
      counts.set(column[row], count);
    }
    const codes = [...counts]
      .filter(([, [rows]]) => rows >= MIN_ROWS)
      .map(
        ([hash, [rows, bad]]) => [hash, logOdds((bad + PRIOR_ROWS * prior) / (rows + PRIOR_ROWS))] as [number, number],
      )
      .sort((a, b) => a[0] - b[0]);
    encodings[field!] = { other: logOdds(prior), codes };
  }
  return encodings;
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
