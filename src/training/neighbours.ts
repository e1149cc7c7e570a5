/** The nearest rows of each row, by brute force over a bounded number of candidates. */

export interface Points {
  rows: number;
  /** `columns[feature][row]`, scaled so that differences of features compare; NaN where missing. */
  columns: Float64Array[];
  /** 1 where a feature is a category: two values are equal or 1 apart. */
  categorical: Uint8Array;
}

/**
 * For each row of `of`, the `k` candidates nearest to it, nearest first, itself left out: [row of `of` × k], −1 where
 * there are fewer. The cost is of.length × candidates.length × features. A value that one of two rows lacks counts as 1
 * apart, one that both lack as 0. Equal distances go by the order of candidates.
 */
export function nearest(points: Points, of: Int32Array, candidates: Int32Array, k: number): Int32Array {
  const features = points.columns.length;
  const table = rowMajor(points);
  const found = new Int32Array(of.length * k).fill(-1);
  const distances = new Float64Array(k);
  for (let i = 0; i < of.length; i++) {
    const at = of[i] * features;
    distances.fill(Number.POSITIVE_INFINITY);
    for (const candidate of candidates) {
      if (candidate === of[i]) continue;
      const distance = distanceWithin(table, at, candidate * features, points.categorical, distances[k - 1]);
      if (distance < distances[k - 1]) insert(distances, found, i * k, distance, candidate);
    }
  }
  return found;
}

function rowMajor({ rows, columns }: Points): Float64Array {
  const table = new Float64Array(rows * columns.length);
  columns.forEach((column, feature) => {
    for (let row = 0; row < rows; row++) table[row * columns.length + feature] = column[row];
  });
  return table;
}

/** Squared distance; stops early, with anything that is not below `limit`, once that is certain. */
function distanceWithin(table: Float64Array, a: number, b: number, categorical: Uint8Array, limit: number): number {
  let sum = 0;
  for (let i = 0; i < categorical.length && sum < limit; i++) {
    const difference = table[a + i] - table[b + i];
    if (Number.isNaN(difference)) sum += Number.isNaN(table[a + i]) && Number.isNaN(table[b + i]) ? 0 : 1;
    else if (categorical[i] === 0) sum += difference * difference;
    else if (difference !== 0) sum += 1;
  }
  return sum;
}

/** Puts one more into the ascending distances, of which the last falls out. */
function insert(distances: Float64Array, found: Int32Array, start: number, distance: number, row: number): void {
  let place = distances.length - 1;
  for (; place > 0 && distances[place - 1] > distance; place--) {
    distances[place] = distances[place - 1];
    found[start + place] = found[start + place - 1];
  }
  distances[place] = distance;
  found[start + place] = row;
}
