/** A matrix by columns: `columns[feature][row]`, NaN for a missing value, rows in time order. */
export interface Dataset {
  features: string[];
  rows: number;
  columns: Float64Array[];
  /** 1 is fraud. */
  labels: Uint8Array;
  /** Event time in milliseconds. */
  times: Float64Array;
  /** Amount in base currency, for costs. */
  amounts: Float64Array;
  /** Hash of the card or the customer that card precision ranks. */
  cards: Float64Array;
  weights?: Float64Array;
  /** What payments are called, for results by segment; absent where the rows say nothing. */
  words?: Words[];
}

/** A field of words: row r has names[codes[r]]; names[0] is '', for none. */
export interface Words {
  field: string;
  names: string[];
  codes: Uint16Array;
}

/** The rows `from` (included) to `to` (not included), sharing memory. */
export function slice(data: Dataset, from: number, to: number): Dataset {
  return {
    features: data.features,
    rows: to - from,
    columns: data.columns.map((column) => column.subarray(from, to)),
    labels: data.labels.subarray(from, to),
    times: data.times.subarray(from, to),
    amounts: data.amounts.subarray(from, to),
    cards: data.cards.subarray(from, to),
    weights: data.weights?.subarray(from, to),
    words: data.words?.map((words) => ({ ...words, codes: words.codes.subarray(from, to) })),
  };
}

/** The given rows in the given order, copied. */
export function take(data: Dataset, rows: ArrayLike<number>): Dataset {
  const pick = <T extends Float64Array | Uint8Array | Uint16Array>(source: T, target: T): T => {
    for (let i = 0; i < rows.length; i++) target[i] = source[rows[i]];
    return target;
  };
  const count = rows.length;
  return {
    features: data.features,
    rows: count,
    columns: data.columns.map((column) => pick(column, new Float64Array(count))),
    labels: pick(data.labels, new Uint8Array(count)),
    times: pick(data.times, new Float64Array(count)),
    amounts: pick(data.amounts, new Float64Array(count)),
    cards: pick(data.cards, new Float64Array(count)),
    weights: data.weights && pick(data.weights, new Float64Array(count)),
    words: data.words?.map((words) => ({ ...words, codes: pick(words.codes, new Uint16Array(count)) })),
  };
}
