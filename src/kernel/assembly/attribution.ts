// Shapley values of trees by quadrature; ../attribution.ts has the formula.
//
//   tree    | u32 nodes | u32 its first node | u32 pairs of quadrature points | u32 the first pair |
//           | u32 its first test | u32 its entries | u32 32 − log2 of how many, 0: not found again | u32 bytes of one |
//           | of the row: u32 its pattern | u32 its entry |
//   test    | f64 threshold | u32 column's offset, + 1 where what is missing goes left | u32 sum |, one for each node
//   pair    | f64 × 2 t | f64 × 2 1 − t | f64 × 2 weight |
//   node    | f64 z left | f64 z right | f64 factor left | f64 factor right | u32 own edge | u32 edge above on the same feature | u64 – |
//   edge    | f64 o | f64 o − z | of one pair, then of another: f64 × 2 product without f, then sum / f | f64 × 2 f | f64 × 2 1 / f |
//   entry   | u32 pattern + 1, 0: empty | u32 × 3 – |, then for each pair and node: f64 × 2 what the node adds to its feature's sum
//
// Nodes come before their children. Edge 0 is the root's, with z = o = f = 1; node i has the edges 1 + 2i to its left and
// 2 + 2i to its right. Addresses of edges and sums are offsets. A factor is the leaf's value, 1 where the edge ends at a node.
//
// What a tree adds is decided by which of its tests a row passes: its pattern, a bit a node. Rows of one stream have few patterns, so what the
// nodes add is kept by it, as many patterns as there are entries, and a row that has one of them only adds. The sums are added in one order either
// way, those of a pair before those of the next.
//
// Down and up a tree each step waits for the one before it, so two pairs go at once: their steps fill each other's waits.

const TREE: usize = 40;
const TEST: usize = 16;
/** Memory is fetched by so many bytes. */
const LINE: u32 = 64;
const NODE: usize = 48;
const EDGE: usize = 112;
const PAIR: usize = 48;
/** What a node adds, at two points; and what stands before the first of an entry. */
const PART: usize = 16;
/** Where an edge has what is of one pair, and of the other. */
const FIRST: usize = 16;
const SECOND: usize = 64;
/** Takes the place of f = 0, so that 0 / f is 0: nothing passes such an edge. */
const ABOVE_ZERO: f64 = 1e-300;

/** Whether a row passes a node's test, and so goes left: 1 or 0. */
function passes(test: usize, row: usize): u32 {
  const column = load<u32>(test, 8);
  const x = load<f64>(row + (column & ~1));
  const threshold = load<f64>(test);
  return <u32>(x <= threshold) | (column & <u32>!(x > threshold));
}

/** Which of a tree's tests the row passes, a bit a node. Of more than 32 nodes the last 32. */
function patternOf(test: usize, nodes: u32, row: usize): u32 {
  let pattern: u32 = 0;
  for (let i: u32 = 0; i < nodes; i++, test += TEST) pattern = (pattern << 1) | passes(test, row);
  return pattern;
}

/** Which edges the row satisfies, together with those above on the same feature: o of each. */
function follow(node: usize, nodes: u32, test: usize, row: usize, edges: usize): void {
  let edge = edges + EDGE;
  for (let i: u32 = 0; i < nodes; i++) {
    const above = load<f64>(edges + load<u32>(node, 36));
    const toLeft = above * <f64>passes(test, row);
    const toRight = above - toLeft;
    store<f64>(edge, toLeft);
    store<f64>(edge, toLeft - load<f64>(node), 8);
    store<f64>(edge, toRight, EDGE);
    store<f64>(edge, toRight - load<f64>(node, 8), EDGE + 8);
    node += NODE;
    test += TEST;
    edge += 2 * EDGE;
  }
}

/** Writes one edge at two points: the product of all factors above it, and f. */
function descend(edge: usize, t: v128, rest: v128, o: v128, z: v128, product: v128): void {
  v128.store(edge, product);
  v128.store(edge, f64x2.max(f64x2.add(f64x2.mul(t, o), f64x2.mul(rest, z)), f64x2.splat(ABOVE_ZERO)), 16);
}

/** The product of all factors above a node's edges at two points. Also writes 1 / f, which nobody asks of an edge to a leaf. */
function productAt(own: usize, above: usize): v128 {
  const f = v128.load(own, 16);
  v128.store(own, f64x2.div(f64x2.splat(1), f), 32);
  return f64x2.mul(f64x2.mul(v128.load(own), f), v128.load(above, 32));
}

/** Takes the sums of a node's two edges to the one above it; returns what it adds to its feature's. */
function ascend(
  left: usize,
  right: usize,
  own: usize,
  above: usize,
  overLeft: v128,
  overRight: v128,
  over: v128,
): v128 {
  const toLeft = v128.load(left);
  const toRight = v128.load(right);
  const both = f64x2.add(f64x2.mul(toLeft, v128.load(left, 16)), f64x2.mul(toRight, v128.load(right, 16)));
  v128.store(own, f64x2.mul(both, v128.load(own, 32)));
  const parts = f64x2.add(f64x2.mul(toLeft, overLeft), f64x2.mul(toRight, overRight));
  return f64x2.sub(parts, f64x2.mul(f64x2.mul(both, v128.load(above, 32)), over));
}

/** One tree at two points: products downwards, sums upwards, and what each node adds. */
function partsOfPair(node: usize, nodes: u32, pair: usize, edges: usize, parts: usize): void {
  const t = v128.load(pair);
  const rest = v128.load(pair, 16);
  v128.store(edges, v128.load(pair, 32), FIRST);
  let edge = edges + EDGE;
  for (let i: u32 = 0; i < nodes; i++) {
    const own = edges + load<u32>(node, 32);
    const above = edges + load<u32>(node, 36);
    const product = productAt(own + FIRST, above + FIRST);
    const right = edge + EDGE;
    const toLeft = f64x2.mul(product, v128.load64_splat(node, 16));
    const toRight = f64x2.mul(product, v128.load64_splat(node, 24));
    descend(edge + FIRST, t, rest, v128.load64_splat(edge), v128.load64_splat(node), toLeft);
    descend(right + FIRST, t, rest, v128.load64_splat(right), v128.load64_splat(node, 8), toRight);
    node += NODE;
    edge += 2 * EDGE;
  }
  let part = parts + <usize>nodes * PART;
  for (let i: u32 = 0; i < nodes; i++) {
    node -= NODE;
    edge -= 2 * EDGE;
    const own = edges + load<u32>(node, 32);
    const above = edges + load<u32>(node, 36);
    const overLeft = v128.load64_splat(edge, 8);
    const overRight = v128.load64_splat(edge, EDGE + 8);
    const over = v128.load64_splat(above, 8);
    part -= PART;
    v128.store(part, ascend(edge + FIRST, edge + EDGE + FIRST, own + FIRST, above + FIRST, overLeft, overRight, over));
  }
}

/** The same at four points. */
function partsOfTwoPairs(node: usize, nodes: u32, pair: usize, edges: usize, parts: usize): void {
  const t = v128.load(pair);
  const rest = v128.load(pair, 16);
  v128.store(edges, v128.load(pair, 32), FIRST);
  const t2 = v128.load(pair, PAIR);
  const rest2 = v128.load(pair, PAIR + 16);
  v128.store(edges, v128.load(pair, PAIR + 32), SECOND);
  let edge = edges + EDGE;
  for (let i: u32 = 0; i < nodes; i++) {
    const own = edges + load<u32>(node, 32);
    const above = edges + load<u32>(node, 36);
    const product = productAt(own + FIRST, above + FIRST);
    const product2 = productAt(own + SECOND, above + SECOND);
    const z = v128.load64_splat(node);
    const o = v128.load64_splat(edge);
    const factor = v128.load64_splat(node, 16);
    descend(edge + FIRST, t, rest, o, z, f64x2.mul(product, factor));
    descend(edge + SECOND, t2, rest2, o, z, f64x2.mul(product2, factor));
    const right = edge + EDGE;
    const zr = v128.load64_splat(node, 8);
    const or = v128.load64_splat(right);
    const factorr = v128.load64_splat(node, 24);
    descend(right + FIRST, t, rest, or, zr, f64x2.mul(product, factorr));
    descend(right + SECOND, t2, rest2, or, zr, f64x2.mul(product2, factorr));
    node += NODE;
    edge += 2 * EDGE;
  }
  let part = parts + <usize>nodes * PART;
  for (let i: u32 = 0; i < nodes; i++) {
    node -= NODE;
    edge -= 2 * EDGE;
    const own = edges + load<u32>(node, 32);
    const above = edges + load<u32>(node, 36);
    const right = edge + EDGE;
    const overLeft = v128.load64_splat(edge, 8);
    const overRight = v128.load64_splat(right, 8);
    const over = v128.load64_splat(above, 8);
    part -= PART;
    v128.store(part, ascend(edge + FIRST, right + FIRST, own + FIRST, above + FIRST, overLeft, overRight, over));
    v128.store(
      part + <usize>nodes * PART,
      ascend(edge + SECOND, right + SECOND, own + SECOND, above + SECOND, overLeft, overRight, over),
    );
  }
}

/** What each node of a tree adds, at all points. */
function partsOf(tree: usize, row: usize, edges: usize, parts: usize): void {
  const nodes = load<u32>(tree);
  const node: usize = load<u32>(tree, 4);
  follow(node, nodes, load<u32>(tree, 16), row, edges);
  let pair: usize = load<u32>(tree, 12);
  let left = load<u32>(tree, 8);
  for (; left >= 2; left -= 2, pair += 2 * PAIR) {
    partsOfTwoPairs(node, nodes, pair, edges, parts);
    parts += 2 * PART * <usize>nodes;
  }
  if (left > 0) partsOfPair(node, nodes, pair, edges, parts);
}

/** Finds the row's pattern in each tree, and where its entry is. */
function findEntries(tree: usize, trees: i32, row: usize): void {
  for (let i = 0; i < trees; i++, tree += TREE) {
    const shift = load<u32>(tree, 24);
    let entry: usize = load<u32>(tree, 20);
    if (shift > 0) {
      const pattern = patternOf(load<u32>(tree, 16), load<u32>(tree), row);
      store<u32>(tree, pattern, 32);
      // Multiplied by 2³² over the golden ratio, the highest bits are spread (Knuth, vol. 3, 6.4).
      entry += <usize>((pattern * 0x9e3779b1) >>> shift) * load<u32>(tree, 28);
    }
    store<u32>(tree, <u32>entry, 36);
  }
}

/** Reads of each entry what is fetched at once, so that they are fetched side by side, and not one after another as they are added. */
function fetchEntries(tree: usize, trees: i32): u32 {
  let any: u32 = 0;
  for (let i = 0; i < trees; i++, tree += TREE) {
    const entry: usize = load<u32>(tree, 36);
    const bytes = load<u32>(tree, 28);
    for (let at: u32 = 0; at < bytes; at += LINE) any |= load<u32>(entry + at);
  }
  return any;
}

/** Adds the Shapley values of `trees` trees for one row to `sums`: two f64 a feature, whose sum it is. Returns nothing of meaning. */
export function addShapley(tree: usize, trees: i32, row: usize, edges: usize, sums: usize): u32 {
  findEntries(tree, trees, row);
  const any = fetchEntries(tree, trees);
  for (let i = 0; i < trees; i++) {
    const nodes = load<u32>(tree);
    const first: usize = load<u32>(tree, 16);
    const entry: usize = load<u32>(tree, 36);
    const isKept = load<u32>(tree, 24) > 0;
    const name = load<u32>(tree, 32) + 1;
    let part = entry + PART;
    if (!isKept || load<u32>(entry) !== name) {
      partsOf(tree, row, edges, part);
      if (isKept) store<u32>(entry, name);
    }
    for (let left = load<u32>(tree, 8); left > 0; left--) {
      part += <usize>nodes * PART;
      let test = first + <usize>nodes * TEST;
      let from = part;
      while (test > first) {
        test -= TEST;
        from -= PART;
        const sum = sums + load<u32>(test, 12);
        v128.store(sum, f64x2.add(v128.load(sum), v128.load(from)));
      }
    }
    tree += TREE;
  }
  return any;
}
