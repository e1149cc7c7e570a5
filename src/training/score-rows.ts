import type { Dataset, Words } from './dataset.ts';

/** Rows with what the model says of them. */
export interface ScoredRows {
  /** Log-odds before calibration: the ranking measures use them, because calibration may tie scores. */
  raw: Float64Array;
  probabilities: Float64Array;
  labels: Uint8Array;
  times: Float64Array;
  amounts: Float64Array;
  cards: Float64Array;
  words?: Words[];
}

/** Scores every row of a dataset. */
export function scoreRows(
  model: { score(vector: Float64Array): number; calibrate(raw: number): number },
  data: Dataset,
): ScoredRows {
  const raw = new Float64Array(data.rows);
  const probabilities = new Float64Array(data.rows);
  const vector = new Float64Array(data.columns.length);
  for (let row = 0; row < data.rows; row++) {
    for (let feature = 0; feature < vector.length; feature++) vector[feature] = data.columns[feature][row];
    raw[row] = model.score(vector);
    probabilities[row] = model.calibrate(raw[row]);
  }
  const { labels, times, amounts, cards, words } = data;
  return { raw, probabilities, labels, times, amounts, cards, words };
}
