// Weighted sums of products of columns, in f64.

/**
 * out[i × width + j] += the sum over rows of weight × x[i] × x[j], for j from i (an even i) or i − 1 (an odd one) on;
 * the rest is left alone. Rows are `width` f64 long, an even number, and added in their order, two at a time.
 */
export function addGram(rows: i32, width: i32, values: usize, weights: usize, out: usize): void {
  const rowBytes = (<usize>width) << 3;
  let row = 0;
  for (; row + 2 <= rows; row += 2) {
    const first = load<f64>(weights);
    const second = load<f64>(weights, 8);
    const other = values + rowBytes;
    let line = out;
    for (let i: usize = 0; i < rowBytes; i += 8) {
      const a = f64x2.splat(first * load<f64>(values + i));
      const b = f64x2.splat(second * load<f64>(other + i));
      for (let j = i & ~15; j < rowBytes; j += 16) {
        const sum = f64x2.add(v128.load(line + j), f64x2.mul(a, v128.load(values + j)));
        v128.store(line + j, f64x2.add(sum, f64x2.mul(b, v128.load(other + j))));
      }
      line += rowBytes;
    }
    values += 2 * rowBytes;
    weights += 16;
  }
  if (row === rows) return;
  const weight = load<f64>(weights);
  for (let i: usize = 0; i < rowBytes; i += 8) {
    const a = f64x2.splat(weight * load<f64>(values + i));
    for (let j = i & ~15; j < rowBytes; j += 16) {
      v128.store(out + j, f64x2.add(v128.load(out + j), f64x2.mul(a, v128.load(values + j))));
    }
    out += rowBytes;
  }
}
