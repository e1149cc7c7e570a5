// Trees as nodes of 16 bytes; a slot is one number of the row, at `row` + its offset.
//
//   inner node | f64 threshold | u32 offset of the slot | u32 address of the first child |   second child = first + 16
//   leaf       | f64 value     | u32 offset of the NaN slot | u32 its own address        |
//
// A step goes to the second child where slot > threshold, else to the first. NaN compares false, so the first child is
// the one that missing values take; a leaf reads the slot that is always NaN and so stays where it is.

function next(node: usize, value: f64): usize {
  return <usize>load<u32>(node, 12) + ((<usize>(value > load<f64>(node))) << 4);
}

function step(node: usize, row: usize): usize {
  return next(node, load<f64>(row + load<u32>(node, 8)));
}

/**
 * base + the leaf values of one row, trees in order. `roots` holds node addresses as u32, eight for each of
 * `groups`, and `depths` the deepest path of each group as u32: eight trees descend side by side, so that the processor
 * has eight independent loads under way.
 */
export function scoreRow(roots: usize, depths: usize, groups: i32, row: usize, base: f64): f64 {
  let sum = base;
  for (let group = 0; group < groups; group++) {
    let a: usize = load<u32>(roots);
    let b: usize = load<u32>(roots, 4);
    let c: usize = load<u32>(roots, 8);
    let d: usize = load<u32>(roots, 12);
    let e: usize = load<u32>(roots, 16);
    let f: usize = load<u32>(roots, 20);
    let g: usize = load<u32>(roots, 24);
    let h: usize = load<u32>(roots, 28);
    for (let depth = load<u32>(depths); depth > 0; depth--) {
      a = step(a, row);
      b = step(b, row);
      c = step(c, row);
      d = step(d, row);
      e = step(e, row);
      f = step(f, row);
      g = step(g, row);
      h = step(h, row);
    }
    sum += load<f64>(a);
    sum += load<f64>(b);
    sum += load<f64>(c);
    sum += load<f64>(d);
    sum += load<f64>(e);
    sum += load<f64>(f);
    sum += load<f64>(g);
    sum += load<f64>(h);
    roots += 32;
    depths += 4;
  }
  return sum;
}

function add(out: usize, node: usize): void {
  store<f64>(out, load<f64>(out) + load<f64>(node));
}

/** The slot of a node where eight rows lie interleaved, at their first lane. */
function slot(node: usize, rows: usize): usize {
  return rows + ((<usize>load<u32>(node, 8)) << 3);
}

/**
 * The same sums for `count` rows (a multiple of eight), into `out` as f64. One tree at a time over eight rows: its nodes
 * stay in the nearest cache. Eight rows lie interleaved, slot by slot: | slot 0 of rows 0 … 7 | slot 1 of rows 0 … 7 | …
 * and the next eight follow `blockBytes` later. `depths` is by tree here.
 */
export function scoreRows(
  roots: usize,
  depths: usize,
  trees: i32,
  rows: usize,
  blockBytes: usize,
  count: i32,
  out: usize,
  base: f64,
): void {
  for (let i = 0; i < count; i++) store<f64>(out + ((<usize>i) << 3), base);
  for (let tree = 0; tree < trees; tree++) {
    const root: usize = load<u32>(roots + ((<usize>tree) << 2));
    const steps: u32 = load<u32>(depths + ((<usize>tree) << 2));
    let r = rows;
    let target = out;
    for (let i = 0; i < count; i += 8) {
      let a = root;
      let b = root;
      let c = root;
      let d = root;
      let e = root;
      let f = root;
      let g = root;
      let h = root;
      for (let depth = steps; depth > 0; depth--) {
        a = next(a, load<f64>(slot(a, r)));
        b = next(b, load<f64>(slot(b, r), 8));
        c = next(c, load<f64>(slot(c, r), 16));
        d = next(d, load<f64>(slot(d, r), 24));
        e = next(e, load<f64>(slot(e, r), 32));
        f = next(f, load<f64>(slot(f, r), 40));
        g = next(g, load<f64>(slot(g, r), 48));
        h = next(h, load<f64>(slot(h, r), 56));
      }
      add(target, a);
      add(target + 8, b);
      add(target + 16, c);
      add(target + 24, d);
      add(target + 32, e);
      add(target + 40, f);
      add(target + 48, g);
      add(target + 56, h);
      r += blockBytes;
      target += 64;
    }
  }
}
