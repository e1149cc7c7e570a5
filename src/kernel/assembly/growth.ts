// The steps of boosting around the histograms: gradients of the logistic loss, packing, splitting, adding to scores.
//
//   pairs   f64 × 2 by row: gradient and hessian, later rounded and packed
//   sums    f64 × 2 by block of 4096 rows: Σ|gradient| and Σ hessian

const NEAR: f64 = 700;

const INVERSE_LN2 = Math.LOG2E;
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;
const P1 = 0.16666666666666602;
const P2 = -0.0027777777777015593;
const P3 = 0.00006613756321437934;
const P4 = -0.0000016533902205465252;
const P5 = 4.1381367970572385e-8;
/** Below the first, no multiple of ln 2 is taken off; below the second, 1 + x is exact enough. */
const HALF_LN2 = 0.3465735912322998;
const TINY = 3.725290298461914e-9;

/**
 * e^x for |x| ≤ 700, the same bits as the classic fdlibm method that JavaScript engines use: x = k ln 2 + r, a rational
 * approximation for e^r, then the exponent k.
 */
function expNear(x: v128): v128 {
  const size = f64x2.abs(x);
  const sign = v128.and(x, f64x2.splat(-0.0));
  const half = v128.or(f64x2.splat(0.5), sign);
  const whole = f64x2.trunc(f64x2.add(f64x2.mul(f64x2.splat(INVERSE_LN2), x), half));
  const k = v128.and(whole, f64x2.ge(size, f64x2.splat(HALF_LN2)));
  const high = f64x2.sub(x, f64x2.mul(k, f64x2.splat(LN2_HIGH)));
  const low = f64x2.mul(k, f64x2.splat(LN2_LOW));
  const r = f64x2.sub(high, low);
  const t = f64x2.mul(r, r);
  let c = f64x2.add(f64x2.splat(P4), f64x2.mul(t, f64x2.splat(P5)));
  c = f64x2.add(f64x2.splat(P3), f64x2.mul(t, c));
  c = f64x2.add(f64x2.splat(P2), f64x2.mul(t, c));
  c = f64x2.add(f64x2.splat(P1), f64x2.mul(t, c));
  c = f64x2.sub(r, f64x2.mul(t, c));
  const quotient = f64x2.div(f64x2.mul(r, c), f64x2.sub(f64x2.splat(2), c));
  const one = f64x2.splat(1);
  const y = f64x2.sub(one, f64x2.sub(f64x2.sub(low, quotient), high));
  const exponent = i64x2.extend_low_i32x4_s(i32x4.trunc_sat_f64x2_s_zero(k));
  const scale = i64x2.shl(i64x2.add(exponent, i64x2.splat(1023)), 52);
  let result = f64x2.mul(y, scale);
  result = v128.bitselect(f64x2.add(one, x), result, f64x2.lt(size, f64x2.splat(TINY)));
  return v128.bitselect(f64x2.splat(Math.E), result, f64x2.eq(x, one));
}

/** e^x by lanes into `out`, for |x| ≤ 700: so that the tests can hold it against the engine's. */
export function expPairs(count: i32, x: usize, out: usize): void {
  for (let i = 0; i < count; i += 2) {
    v128.store(out, expNear(v128.load(x)));
    x += 16;
    out += 16;
  }
}

/**
 * pairs = [w (p − y), w p (1 − p)] of the rows from..to, p = 1 / (1 + e^−score), and the sums of their blocks, each as
 * that of its even rows plus that of its odd ones. `from` begins a block; `weights` may be 0. Returns whether it
 * was done: a block with a score beyond ±700 is the caller's.
 */
export function logisticBlock(
  from: i32,
  to: i32,
  scores: usize,
  labels: usize,
  weights: usize,
  pairs: usize,
  sums: usize,
): bool {
  const one = f64x2.splat(1);
  let gradientSum = f64x2.splat(0);
  let hessianSum = f64x2.splat(0);
  let row = from;
  for (; row + 1 < to; row += 2) {
    const at = <usize>row;
    const x = f64x2.neg(v128.load(scores + (at << 3)));
    if (!v128.all_true<u64>(f64x2.le(f64x2.abs(x), f64x2.splat(NEAR)))) return false;
    const p = f64x2.div(one, f64x2.add(one, expNear(x)));
    const label = f64x2.splat(<f64>load<u8>(labels + at));
    const y = f64x2.replace_lane(label, 1, <f64>load<u8>(labels + at, 1));
    const w = weights ? v128.load(weights + (at << 3)) : one;
    const gradient = f64x2.mul(w, f64x2.sub(p, y));
    const hessian = f64x2.mul(f64x2.mul(w, p), f64x2.sub(one, p));
    gradientSum = f64x2.add(gradientSum, f64x2.abs(gradient));
    hessianSum = f64x2.add(hessianSum, hessian);
    v128.store(pairs + (at << 4), v128.shuffle<f64>(gradient, hessian, 0, 2));
    v128.store(pairs + (at << 4), v128.shuffle<f64>(gradient, hessian, 1, 3), 16);
  }
  if (row < to) {
    const at = <usize>row;
    const x = -load<f64>(scores + (at << 3));
    if (!(abs(x) <= NEAR)) return false;
    const p = 1 / (1 + f64x2.extract_lane(expNear(f64x2.splat(x)), 0));
    const w = weights ? load<f64>(weights + (at << 3)) : 1;
    const gradient = w * (p - <f64>load<u8>(labels + at));
    const hessian = w * p * (1 - p);
    gradientSum = f64x2.add(gradientSum, f64x2.replace_lane(f64x2.splat(0), 0, abs(gradient)));
    hessianSum = f64x2.add(hessianSum, f64x2.replace_lane(f64x2.splat(0), 0, hessian));
    store<f64>(pairs + (at << 4), gradient);
    store<f64>(pairs + (at << 4), hessian, 8);
  }
  store<f64>(sums, f64x2.extract_lane(gradientSum, 0) + f64x2.extract_lane(gradientSum, 1));
  store<f64>(sums, f64x2.extract_lane(hessianSum, 0) + f64x2.extract_lane(hessianSum, 1), 8);
  return true;
}

/**
 * Rounds the gradients of the rows from..to (adding and taking away a rounder leaves a multiple of its last bit) and
 * their hessians, each error of these carried to the next row, and adds `unit` to each hessian.
 */
export function packPairs(
  from: i32,
  to: i32,
  pairs: usize,
  gradientRounder: f64,
  hessianRounder: f64,
  unit: f64,
): void {
  let carry: f64 = 0;
  let at = pairs + ((<usize>from) << 4);
  const end = pairs + ((<usize>to) << 4);
  for (; at < end; at += 16) {
    store<f64>(at, load<f64>(at) + gradientRounder - gradientRounder);
    carry += load<f64>(at, 8);
    const rounded = carry + hessianRounder - hessianRounder;
    carry -= rounded;
    store<f64>(at, unit + rounded, 8);
  }
}

/**
 * Moves the rows whose bin (the byte at `bins` + 4 × row) has 1 in `goesLeft` to the front of rows[from..to), order
 * kept on both sides. Returns where the others begin. `spare` has room for to − from rows.
 */
export function partitionRows(bins: usize, goesLeft: usize, rows: usize, from: i32, to: i32, spare: usize): i32 {
  let at = rows + ((<usize>from) << 2);
  const end = rows + ((<usize>to) << 2);
  let left = at;
  let right = spare;
  // Both writes always happen and only one counts: no branch to mispredict.
  for (; at < end; at += 4) {
    const row = load<u32>(at);
    const toLeft: usize = load<u8>(goesLeft + <usize>load<u8>(bins + ((<usize>row) << 2)));
    store<u32>(left, row);
    store<u32>(right, row);
    left += toLeft << 2;
    right += (1 - toLeft) << 2;
  }
  memory.copy(left, spare, right - spare);
  return <i32>((left - rows) >> 2);
}

/** scores[row] += value for the rows rows[from..to). */
export function addToRows(rows: usize, from: i32, to: i32, value: f64, scores: usize): void {
  let at = rows + ((<usize>from) << 2);
  const end = rows + ((<usize>to) << 2);
  for (; at < end; at += 4) {
    const score = scores + ((<usize>load<u32>(at)) << 3);
    store<f64>(score, load<f64>(score) + value);
  }
}

/**
 * The best cut of one feature's histogram: bins 0 … lastBin left to right, beginning with what `first` holds (the
 * address of the bin of missing values, or 0). A cut counts where both sides keep minRows and minHessian and its gain
 * GL²/(HL + l2) + GR²/(HR + l2) − parent is above `floor` and every one before it. Returns its bin or −1, and writes
 * | gain | ΣgL | ΣhL | rows | to `out`. Two bins at a time.
 */
export function scanBins(
  histogram: usize,
  lastBin: i32,
  first: usize,
  unit: f64,
  totals: usize,
  minRows: f64,
  minHessian: f64,
  l2: f64,
  parent: f64,
  floor: f64,
  out: usize,
): i32 {
  const inverse = f64x2.splat(1 / unit);
  const units = f64x2.splat(unit);
  const gradients = v128.load64_splat(totals);
  const hessians = v128.load64_splat(totals, 8);
  const rowsAll = v128.load64_splat(totals, 16);
  const fewest = f64x2.splat(minRows);
  const lightest = f64x2.splat(minHessian);
  const shrink = f64x2.splat(l2);
  const parents = f64x2.splat(parent);
  const zero = f64x2.splat(0);
  let best = f64x2.splat(floor);
  let bin = -1;
  let sum = first ? v128.load(first) : zero;
  for (let at = 0; at <= lastBin; at += 2) {
    const one = v128.load(histogram);
    const two = at < lastBin ? v128.load(histogram, 16) : zero;
    histogram += 32;
    const next = f64x2.add(sum, one);
    sum = f64x2.add(next, two);
    // An empty bin makes the same two children as the bin before it.
    const filled = f64x2.ne(v128.shuffle<f64>(one, two, 1, 3), zero);
    if (!v128.any_true(filled)) continue;
    const gradient = v128.shuffle<f64>(next, sum, 0, 2);
    const packed = v128.shuffle<f64>(next, sum, 1, 3);
    const rows = f64x2.floor(f64x2.mul(packed, inverse));
    const hessian = f64x2.sub(packed, f64x2.mul(rows, units));
    const rightHessian = f64x2.sub(hessians, hessian);
    const rightGradient = f64x2.sub(gradients, gradient);
    const rightFits = v128.and(f64x2.ge(f64x2.sub(rowsAll, rows), fewest), f64x2.ge(rightHessian, lightest));
    // What the right side lacks here it lacks in every later bin.
    if (!v128.any_true(rightFits)) break;
    const leftFits = v128.and(f64x2.ge(rows, fewest), f64x2.ge(hessian, lightest));
    const fits = v128.and(v128.and(leftFits, rightFits), filled);
    if (!v128.any_true(fits)) continue;
    const gain = f64x2.sub(
      f64x2.add(
        f64x2.div(f64x2.mul(gradient, gradient), f64x2.add(hessian, shrink)),
        f64x2.div(f64x2.mul(rightGradient, rightGradient), f64x2.add(rightHessian, shrink)),
      ),
      parents,
    );
    const better = v128.and(f64x2.gt(gain, best), fits);
    if (!v128.any_true(better)) continue;
    const firstGain = f64x2.extract_lane(gain, 0);
    const secondGain = f64x2.extract_lane(gain, 1);
    const lanes = i64x2.bitmask(better);
    const second = lanes === 2 || (lanes === 3 && secondGain > firstGain);
    best = f64x2.splat(second ? secondGain : firstGain);
    bin = second ? at + 1 : at;
    store<f64>(out, second ? secondGain : firstGain);
    store<f64>(out, second ? f64x2.extract_lane(gradient, 1) : f64x2.extract_lane(gradient, 0), 8);
    store<f64>(out, second ? f64x2.extract_lane(hessian, 1) : f64x2.extract_lane(hessian, 0), 16);
    store<f64>(out, second ? f64x2.extract_lane(rows, 1) : f64x2.extract_lane(rows, 0), 24);
  }
  return bin;
}
