// Shapley values of trees by quadrature; ../attribution.ts has the formula.
//
//   tree    | u32 nodes | u32 its first node | u32 pairs of quadrature points | u32 the first pair |
//   pair    | f64 × 2 t | f64 × 2 1 − t | f64 × 2 weight |
//   node    | f64 threshold | f64 z left | f64 z right | f64 factor left | f64 factor right |
//           | u32 column's offset | u32 missing left | u32 own edge | u32 edge above on the same feature | u32 sum | u32 – |
//   edge    | f64 o | f64 o − z | of one pair, then of another: f64 × 2 product without f, then sum / f | f64 × 2 f | f64 × 2 1 / f |
//           | f64 × 2 what the node below adds to its feature's sum by the other pair |
//
// Nodes come before their children. Edge 0 is the root's, with z = o = f = 1; node i has the edges 1 + 2i to its left and
// 2 + 2i to its right. Addresses of edges and sums are offsets. A factor is the leaf's value, 1 where the edge ends at a node.
//
// Down and up a tree each step waits for the one before it, so two pairs go at once: their steps fill each other's waits. The sums
// are added in one order all the same, those of the first pair before those of the second.

const NODE: usize = 64;
const EDGE: usize = 128;
const PAIR: usize = 48;
/** Where an edge has what is of one pair, and of the other. */
const FIRST: usize = 16;
const SECOND: usize = 64;
const PART: usize = 112;
/** Takes the place of f = 0, so that 0 / f is 0: nothing passes such an edge. */
const ABOVE_ZERO: f64 = 1e-300;

/** Which edges the row satisfies, together with those above on the same feature: o of each. */
function follow(node: usize, nodes: u32, row: usize, edges: usize): void {
  let edge = edges + EDGE;
  for (let i: u32 = 0; i < nodes; i++) {
    const x = load<f64>(row + load<u32>(node, 40));
    const threshold = load<f64>(node);
    const left = <u32>(x <= threshold) | (load<u32>(node, 44) & <u32>!(x > threshold));
    const above = load<f64>(edges + load<u32>(node, 52));
    const toLeft = above * <f64>left;
    const toRight = above - toLeft;
    store<f64>(edge, toLeft);
    store<f64>(edge, toLeft - load<f64>(node, 8), 8);
    store<f64>(edge, toRight, EDGE);
    store<f64>(edge, toRight - load<f64>(node, 16), EDGE + 8);
    node += NODE;
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

/** Takes the sums of a node's two edges to the one above it; returns the part of its feature's sum. */
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

/** One tree at two points: products downwards, sums upwards, and each edge's part of its feature's sum. */
function addPair(node: usize, nodes: u32, pair: usize, edges: usize, sums: usize): void {
  const t = v128.load(pair);
  const rest = v128.load(pair, 16);
  v128.store(edges, v128.load(pair, 32), FIRST);
  let edge = edges + EDGE;
  for (let i: u32 = 0; i < nodes; i++) {
    const own = edges + load<u32>(node, 48);
    const above = edges + load<u32>(node, 52);
    const product = productAt(own + FIRST, above + FIRST);
    const right = edge + EDGE;
    const toLeft = f64x2.mul(product, v128.load64_splat(node, 24));
    const toRight = f64x2.mul(product, v128.load64_splat(node, 32));
    descend(edge + FIRST, t, rest, v128.load64_splat(edge), v128.load64_splat(node, 8), toLeft);
    descend(right + FIRST, t, rest, v128.load64_splat(right), v128.load64_splat(node, 16), toRight);
    node += NODE;
    edge += 2 * EDGE;
  }
  for (let i: u32 = 0; i < nodes; i++) {
    node -= NODE;
    edge -= 2 * EDGE;
    const own = edges + load<u32>(node, 48);
    const above = edges + load<u32>(node, 52);
    const sum = sums + load<u32>(node, 56);
    const overLeft = v128.load64_splat(edge, 8);
    const overRight = v128.load64_splat(edge, EDGE + 8);
    const over = v128.load64_splat(above, 8);
    const part = ascend(edge + FIRST, edge + EDGE + FIRST, own + FIRST, above + FIRST, overLeft, overRight, over);
    v128.store(sum, f64x2.add(v128.load(sum), part));
  }
}

/** The same at four points. */
function addTwoPairs(node: usize, nodes: u32, pair: usize, edges: usize, sums: usize): void {
  const t = v128.load(pair);
  const rest = v128.load(pair, 16);
  v128.store(edges, v128.load(pair, 32), FIRST);
  const t2 = v128.load(pair, PAIR);
  const rest2 = v128.load(pair, PAIR + 16);
  v128.store(edges, v128.load(pair, PAIR + 32), SECOND);
  let edge = edges + EDGE;
  for (let i: u32 = 0; i < nodes; i++) {
    const own = edges + load<u32>(node, 48);
    const above = edges + load<u32>(node, 52);
    const product = productAt(own + FIRST, above + FIRST);
    const product2 = productAt(own + SECOND, above + SECOND);
    const z = v128.load64_splat(node, 8);
    const o = v128.load64_splat(edge);
    const factor = v128.load64_splat(node, 24);
    descend(edge + FIRST, t, rest, o, z, f64x2.mul(product, factor));
    descend(edge + SECOND, t2, rest2, o, z, f64x2.mul(product2, factor));
    const right = edge + EDGE;
    const zr = v128.load64_splat(node, 16);
    const or = v128.load64_splat(right);
    const factorr = v128.load64_splat(node, 32);
    descend(right + FIRST, t, rest, or, zr, f64x2.mul(product, factorr));
    descend(right + SECOND, t2, rest2, or, zr, f64x2.mul(product2, factorr));
    node += NODE;
    edge += 2 * EDGE;
  }
  for (let i: u32 = 0; i < nodes; i++) {
    node -= NODE;
    edge -= 2 * EDGE;
    const own = edges + load<u32>(node, 48);
    const above = edges + load<u32>(node, 52);
    const sum = sums + load<u32>(node, 56);
    const right = edge + EDGE;
    const overLeft = v128.load64_splat(edge, 8);
    const overRight = v128.load64_splat(right, 8);
    const over = v128.load64_splat(above, 8);
    const part = ascend(edge + FIRST, right + FIRST, own + FIRST, above + FIRST, overLeft, overRight, over);
    v128.store(sum, f64x2.add(v128.load(sum), part));
    const part2 = ascend(edge + SECOND, right + SECOND, own + SECOND, above + SECOND, overLeft, overRight, over);
    v128.store(own, part2, PART);
  }
  node += <usize>nodes * NODE;
  for (let i: u32 = 0; i < nodes; i++) {
    node -= NODE;
    const sum = sums + load<u32>(node, 56);
    v128.store(sum, f64x2.add(v128.load(sum), v128.load(edges + load<u32>(node, 48), PART)));
  }
}

/** Adds the Shapley values of `trees` trees for one row to `sums`: two f64 a feature, whose sum it is. */
export function addShapley(tree: usize, trees: i32, row: usize, edges: usize, sums: usize): void {
  for (let i = 0; i < trees; i++) {
    const nodes = load<u32>(tree);
    const node: usize = load<u32>(tree, 4);
    follow(node, nodes, row, edges);
    let pair: usize = load<u32>(tree, 12);
    let left = load<u32>(tree, 8);
    for (; left >= 2; left -= 2, pair += 2 * PAIR) addTwoPairs(node, nodes, pair, edges, sums);
    if (left > 0) addPair(node, nodes, pair, edges, sums);
    tree += 16;
  }
}
