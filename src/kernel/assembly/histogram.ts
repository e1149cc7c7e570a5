// Histograms of 16-byte bins: two f64 that hold integer multiples of a quantum, so that sums are exact in any order.
//
//   words   u32 by row: the bins of four features, lowest byte first
//   pairs   f64 × 2 for each i in from..to: what the row adds to a bin
//   out     four features × 256 bins × f64 × 2

// One small function for each of a word's features: a call to it is inlined, and the offset is part of the instruction.

function addFirst(bin: usize, pair: v128): void {
  v128.store(bin, f64x2.add(v128.load(bin), pair));
}

function addSecond(bin: usize, pair: v128): void {
  v128.store(bin, f64x2.add(v128.load(bin, 4096), pair), 4096);
}

function addThird(bin: usize, pair: v128): void {
  v128.store(bin, f64x2.add(v128.load(bin, 8192), pair), 8192);
}

function addFourth(bin: usize, pair: v128): void {
  v128.store(bin, f64x2.add(v128.load(bin, 12288), pair), 12288);
}

/** Adds the pairs of the rows `rows[from..to)` (i32) to the histogram of one group of four features. */
export function addWords(words: usize, rows: usize, from: i32, to: i32, pairs: usize, out: usize): void {
  let at = rows + ((<usize>from) << 2);
  const end = rows + ((<usize>to) << 2);
  while (at < end) {
    const word = load<u32>(words + ((<usize>load<u32>(at)) << 2));
    const pair = v128.load(pairs);
    addFirst(out + ((word << 4) & 4080), pair);
    addSecond(out + ((word >> 4) & 4080), pair);
    addThird(out + ((word >> 12) & 4080), pair);
    addFourth(out + ((word >> 20) & 4080), pair);
    at += 4;
    pairs += 16;
  }
}

/** The same for two groups at once, whose histograms lie side by side. */
export function addTwoWords(
  first: usize,
  second: usize,
  rows: usize,
  from: i32,
  to: i32,
  pairs: usize,
  out: usize,
): void {
  let at = rows + ((<usize>from) << 2);
  const end = rows + ((<usize>to) << 2);
  const next = out + 16384;
  while (at < end) {
    const row = (<usize>load<u32>(at)) << 2;
    const pair = v128.load(pairs);
    const word = load<u32>(first + row);
    addFirst(out + ((word << 4) & 4080), pair);
    addSecond(out + ((word >> 4) & 4080), pair);
    addThird(out + ((word >> 12) & 4080), pair);
    addFourth(out + ((word >> 20) & 4080), pair);
    const other = load<u32>(second + row);
    addFirst(next + ((other << 4) & 4080), pair);
    addSecond(next + ((other >> 4) & 4080), pair);
    addThird(next + ((other >> 12) & 4080), pair);
    addFourth(next + ((other >> 20) & 4080), pair);
    at += 4;
    pairs += 16;
  }
}

/** The same for the rows from..to themselves; `pairs` is by row here. */
export function addRange(words: usize, from: i32, to: i32, pairs: usize, out: usize): void {
  let at = words + ((<usize>from) << 2);
  const end = words + ((<usize>to) << 2);
  pairs += (<usize>from) << 4;
  while (at < end) {
    const word = load<u32>(at);
    const pair = v128.load(pairs);
    addFirst(out + ((word << 4) & 4080), pair);
    addSecond(out + ((word >> 4) & 4080), pair);
    addThird(out + ((word >> 12) & 4080), pair);
    addFourth(out + ((word >> 20) & 4080), pair);
    at += 4;
    pairs += 16;
  }
}

/** Both at once. */
export function addTwoRanges(first: usize, second: usize, from: i32, to: i32, pairs: usize, out: usize): void {
  let at = (<usize>from) << 2;
  const end = (<usize>to) << 2;
  const next = out + 16384;
  pairs += (<usize>from) << 4;
  while (at < end) {
    const pair = v128.load(pairs);
    const word = load<u32>(first + at);
    addFirst(out + ((word << 4) & 4080), pair);
    addSecond(out + ((word >> 4) & 4080), pair);
    addThird(out + ((word >> 12) & 4080), pair);
    addFourth(out + ((word >> 20) & 4080), pair);
    const other = load<u32>(second + at);
    addFirst(next + ((other << 4) & 4080), pair);
    addSecond(next + ((other >> 4) & 4080), pair);
    addThird(next + ((other >> 12) & 4080), pair);
    addFourth(next + ((other >> 20) & 4080), pair);
    at += 4;
    pairs += 16;
  }
}

/** target += source over `count` bins. */
export function addPairs(target: usize, source: usize, count: i32): void {
  for (let i = 0; i < count; i++) {
    v128.store(target, f64x2.add(v128.load(target), v128.load(source)));
    target += 16;
    source += 16;
  }
}

/** target −= source over `count` bins: the sibling's histogram. */
export function subtractPairs(target: usize, source: usize, count: i32): void {
  for (let i = 0; i < count; i++) {
    v128.store(target, f64x2.sub(v128.load(target), v128.load(source)));
    target += 16;
    source += 16;
  }
}

/** target = a + b over `count` bins: the parts of two threads. */
export function sumPairs(target: usize, a: usize, b: usize, count: i32): void {
  for (let i = 0; i < count; i++) {
    v128.store(target, f64x2.add(v128.load(a), v128.load(b)));
    target += 16;
    a += 16;
    b += 16;
  }
}
