// Dense layers in f32. A matrix is row-major with a row length that is a multiple of four, so that a vector of four
// lanes is always four columns of one row.

const ZERO = f32x4.splat(0);

function fourByEight(
  k: i32,
  a: usize,
  rowBytes: usize,
  stepBytes: usize,
  b: usize,
  bRow: usize,
  c: usize,
  cRow: usize,
  init: usize,
  rectify: bool,
): void {
  let s0 = ZERO;
  let s1 = ZERO;
  if (init) {
    s0 = v128.load(init);
    s1 = v128.load(init, 16);
  }
  let p0 = s0;
  let p1 = s1;
  let q0 = s0;
  let q1 = s1;
  let r0 = s0;
  let r1 = s1;
  const a2 = a + 2 * rowBytes;
  let at: usize = 0;
  for (let i = 0; i < k; i++) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    let x = v128.load32_splat(a + at);
    s0 = f32x4.add(s0, f32x4.mul(x, b0));
    s1 = f32x4.add(s1, f32x4.mul(x, b1));
    x = v128.load32_splat(a + rowBytes + at);
    p0 = f32x4.add(p0, f32x4.mul(x, b0));
    p1 = f32x4.add(p1, f32x4.mul(x, b1));
    x = v128.load32_splat(a2 + at);
    q0 = f32x4.add(q0, f32x4.mul(x, b0));
    q1 = f32x4.add(q1, f32x4.mul(x, b1));
    x = v128.load32_splat(a2 + rowBytes + at);
    r0 = f32x4.add(r0, f32x4.mul(x, b0));
    r1 = f32x4.add(r1, f32x4.mul(x, b1));
    b += bRow;
    at += stepBytes;
  }
  if (rectify) {
    s0 = f32x4.pmax(ZERO, s0);
    s1 = f32x4.pmax(ZERO, s1);
    p0 = f32x4.pmax(ZERO, p0);
    p1 = f32x4.pmax(ZERO, p1);
    q0 = f32x4.pmax(ZERO, q0);
    q1 = f32x4.pmax(ZERO, q1);
    r0 = f32x4.pmax(ZERO, r0);
    r1 = f32x4.pmax(ZERO, r1);
  }
  v128.store(c, s0);
  v128.store(c, s1, 16);
  v128.store(c + cRow, p0);
  v128.store(c + cRow, p1, 16);
  v128.store(c + 2 * cRow, q0);
  v128.store(c + 2 * cRow, q1, 16);
  v128.store(c + 3 * cRow, r0);
  v128.store(c + 3 * cRow, r1, 16);
}

function oneByFour(
  k: i32,
  a: usize,
  stepBytes: usize,
  b: usize,
  bRow: usize,
  c: usize,
  init: usize,
  rectify: bool,
): void {
  let sum = init ? v128.load(init) : ZERO;
  for (let i = 0; i < k; i++) {
    sum = f32x4.add(sum, f32x4.mul(v128.load32_splat(a), v128.load(b)));
    a += stepBytes;
    b += bRow;
  }
  v128.store(c, rectify ? f32x4.pmax(ZERO, sum) : sum);
}

/**
 * c[m × n] = a[m × k] · b[k × n] + init[n], then max(0, ·) where `rectify`. `a` is read at i × rowBytes + j × stepBytes,
 * so that its transpose needs no copy; init 0 is none. n is a multiple of four. Each element is summed in the order of
 * k, so that the result has the same bits however it is tiled.
 */
export function matrixProduct(
  m: i32,
  n: i32,
  k: i32,
  a: usize,
  rowBytes: usize,
  stepBytes: usize,
  b: usize,
  c: usize,
  init: usize,
  rectify: bool,
): void {
  const cRow = (<usize>n) << 2;
  let row = 0;
  for (; row + 4 <= m; row += 4) {
    let column = 0;
    for (; column + 8 <= n; column += 8) {
      const at = (<usize>column) << 2;
      fourByEight(k, a, rowBytes, stepBytes, b + at, cRow, c + at, cRow, init ? init + at : 0, rectify);
    }
    if (column < n) {
      const at = (<usize>column) << 2;
      for (let i: usize = 0; i < 4; i++) {
        oneByFour(k, a + i * rowBytes, stepBytes, b + at, cRow, c + i * cRow + at, init ? init + at : 0, rectify);
      }
    }
    a += 4 * rowBytes;
    c += 4 * cRow;
  }
  for (; row < m; row++) {
    for (let at: usize = 0; at < cRow; at += 16) {
      oneByFour(k, a, stepBytes, b + at, cRow, c + at, init ? init + at : 0, rectify);
    }
    a += rowBytes;
    c += cRow;
  }
}

/** One row of a layer: out[n] = init[n] + x[k] · b[k × n], then max(0, ·) where `rectify`. */
export function denseRow(n: i32, k: i32, x: usize, b: usize, out: usize, init: usize, rectify: bool): void {
  const bRow = (<usize>n) << 2;
  let column: usize = 0;
  // Eight sums side by side hide the latency of an addition.
  for (; column + 128 <= bRow; column += 128) {
    const start = init + column;
    let s0 = v128.load(start);
    let s1 = v128.load(start, 16);
    let s2 = v128.load(start, 32);
    let s3 = v128.load(start, 48);
    let s4 = v128.load(start, 64);
    let s5 = v128.load(start, 80);
    let s6 = v128.load(start, 96);
    let s7 = v128.load(start, 112);
    let at = b + column;
    for (let i = 0; i < k; i++) {
      const value = v128.load32_splat(x + ((<usize>i) << 2));
      s0 = f32x4.add(s0, f32x4.mul(value, v128.load(at)));
      s1 = f32x4.add(s1, f32x4.mul(value, v128.load(at, 16)));
      s2 = f32x4.add(s2, f32x4.mul(value, v128.load(at, 32)));
      s3 = f32x4.add(s3, f32x4.mul(value, v128.load(at, 48)));
      s4 = f32x4.add(s4, f32x4.mul(value, v128.load(at, 64)));
      s5 = f32x4.add(s5, f32x4.mul(value, v128.load(at, 80)));
      s6 = f32x4.add(s6, f32x4.mul(value, v128.load(at, 96)));
      s7 = f32x4.add(s7, f32x4.mul(value, v128.load(at, 112)));
      at += bRow;
    }
    const target = out + column;
    v128.store(target, rectify ? f32x4.pmax(ZERO, s0) : s0);
    v128.store(target, rectify ? f32x4.pmax(ZERO, s1) : s1, 16);
    v128.store(target, rectify ? f32x4.pmax(ZERO, s2) : s2, 32);
    v128.store(target, rectify ? f32x4.pmax(ZERO, s3) : s3, 48);
    v128.store(target, rectify ? f32x4.pmax(ZERO, s4) : s4, 64);
    v128.store(target, rectify ? f32x4.pmax(ZERO, s5) : s5, 80);
    v128.store(target, rectify ? f32x4.pmax(ZERO, s6) : s6, 96);
    v128.store(target, rectify ? f32x4.pmax(ZERO, s7) : s7, 112);
  }
  for (; column < bRow; column += 16) oneByFour(k, x, 4, b + column, bRow, out + column, init + column, rectify);
}

/** out[n] = the sum over m rows of a[m × n]. */
export function columnSums(m: i32, n: i32, a: usize, out: usize): void {
  const rowBytes = (<usize>n) << 2;
  for (let column: usize = 0; column < rowBytes; column += 16) {
    let sum = ZERO;
    let at = a + column;
    for (let row = 0; row < m; row++) {
      sum = f32x4.add(sum, v128.load(at));
      at += rowBytes;
    }
    v128.store(out + column, sum);
  }
}

/** out[n × m] = the transpose of a[m × n]. */
export function transpose(m: i32, n: i32, a: usize, out: usize): void {
  for (let row = 0; row < m; row++) {
    let at = out + ((<usize>row) << 2);
    for (let column = 0; column < n; column++) {
      store<f32>(at, load<f32>(a));
      a += 4;
      at += (<usize>m) << 2;
    }
  }
}

/** The derivative through max(0, ·) and dropout: d = y > 0 ? d × scale : 0 over `count` lanes of four. */
export function rectifyBack(count: i32, d: usize, y: usize, scale: f32): void {
  const factor = f32x4.splat(scale);
  for (let i = 0; i < count; i++) {
    const kept = f32x4.gt(v128.load(y), ZERO);
    v128.store(d, v128.and(kept, f32x4.mul(v128.load(d), factor)));
    d += 16;
    y += 16;
  }
}

/**
 * y = kept ? y × scale : 0, where an element is kept if its random u32 is below `limit`. `state` holds four xorshift32
 * generators (Marsaglia 2003), one a lane, and moves on.
 */
export function dropout(count: i32, y: usize, state: usize, limit: u32, scale: f32): void {
  const factor = f32x4.splat(scale);
  const below = i32x4.splat(limit);
  let random = v128.load(state);
  for (let i = 0; i < count; i++) {
    random = v128.xor(random, i32x4.shl(random, 13));
    random = v128.xor(random, i32x4.shr_u(random, 17));
    random = v128.xor(random, i32x4.shl(random, 5));
    const kept = i32x4.lt_u(random, below);
    v128.store(y, v128.and(kept, f32x4.mul(v128.load(y), factor)));
    y += 16;
  }
  v128.store(state, random);
}

/** Copies `count` rows of `rowBytes` (a multiple of 16), named by u32 numbers, next to one another. */
export function gatherRows(source: usize, rows: usize, count: i32, rowBytes: usize, out: usize): void {
  for (let i = 0; i < count; i++) {
    const from = source + <usize>load<u32>(rows + ((<usize>i) << 2)) * rowBytes;
    for (let at: usize = 0; at < rowBytes; at += 16) v128.store(out + at, v128.load(from + at));
    out += rowBytes;
  }
}

/** Zero where |x| is tiny: numbers that fade away would become subnormal, and arithmetic on those is many times slower. */
function flush(x: v128): v128 {
  return v128.and(x, f32x4.gt(f32x4.abs(x), f32x4.splat(1e-30)));
}

/**
 * One step of Adam (Kingma and Ba 2015) over `count` lanes of four: w −= rate × m / (√v + epsilon), where `rate` already
 * holds both bias corrections. `decay` × w is added to the gradient (L2).
 */
export function adamStep(
  count: i32,
  w: usize,
  g: usize,
  m: usize,
  v: usize,
  rate: f32,
  beta1: f32,
  beta2: f32,
  epsilon: f32,
  decay: f32,
): void {
  const keep1 = f32x4.splat(beta1);
  const keep2 = f32x4.splat(beta2);
  const take1 = f32x4.splat(1 - beta1);
  const take2 = f32x4.splat(1 - beta2);
  const step = f32x4.splat(rate);
  const small = f32x4.splat(epsilon);
  const shrink = f32x4.splat(decay);
  for (let i = 0; i < count; i++) {
    const weight = v128.load(w);
    const gradient = f32x4.add(v128.load(g), f32x4.mul(shrink, weight));
    const mean = f32x4.add(f32x4.mul(keep1, v128.load(m)), f32x4.mul(take1, gradient));
    const square = f32x4.mul(gradient, gradient);
    const spread = f32x4.add(f32x4.mul(keep2, v128.load(v)), f32x4.mul(take2, square));
    v128.store(m, flush(mean));
    v128.store(v, flush(spread));
    const change = f32x4.div(f32x4.mul(step, mean), f32x4.add(f32x4.sqrt(spread), small));
    v128.store(w, flush(f32x4.sub(weight, change)));
    w += 16;
    g += 16;
    m += 16;
    v += 16;
  }
}
