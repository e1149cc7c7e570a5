// Shapley values of trees by quadrature; ../attribution.ts has the formula.
//
//   tree    | u32 nodes | u32 its first node | u32 pairs of quadrature points | u32 the first pair |
//   pair    | f64 × 2 t | f64 × 2 1 − t | f64 × 2 weight |
//   node    | f64 threshold | f64 z left | f64 z right | f64 factor left | f64 factor right |
//           | u32 column's offset | u32 missing left | u32 own edge | u32 edge above on the same feature | u32 sum | u32 – |
//   edge    | f64 × 2 product without f, then sum / f | f64 × 2 f | f64 × 2 1 / f | f64 o | f64 o − z |
//
// Nodes come before their children. Edge 0 is the root's, with z = o = f = 1; node i has the edges 1 + 2i to its left and
// 2 + 2i to its right. Addresses of edges and sums are offsets. A factor is the leaf's value, 1 where the edge ends at a node.

const NODE: usize = 64;
const EDGE: usize = 64;
const PAIR: usize = 48;
/** Takes the place of f = 0, so that 0 / f is 0: nothing passes such an edge. */
const ABOVE_ZERO: f64 = 1e-300;

/** Which edges the row satisfies, together with those above on the same feature: o of each. */
function follow(node: usize, nodes: u32, row: usize, edges: usize): void {
  let edge = edges + EDGE;
  for (let i: u32 = 0; i < nodes; i++) {
    const x = load<f64>(row + load<u32>(node, 40));
    const threshold = load<f64>(node);
    const left = <u32>(x <= threshold) | (load<u32>(node, 44) & <u32>!(x > threshold));
    const above = load<f64>(edges + load<u32>(node, 52), 48);
    const toLeft = above * <f64>left;
    const toRight = above - toLeft;
    store<f64>(edge, toLeft, 48);
    store<f64>(edge, toLeft - load<f64>(node, 8), 56);
    store<f64>(edge, toRight, EDGE + 48);
    store<f64>(edge, toRight - load<f64>(node, 16), EDGE + 56);
    node += NODE;
    edge += 2 * EDGE;
  }
}

/** Writes one edge at two points: the product of all factors above it, f and 1 / f. */
function descend(edge: usize, t: v128, rest: v128, z: v128, product: v128): void {
  const o = v128.load64_splat(edge, 48);
  const f = f64x2.max(f64x2.add(f64x2.mul(t, o), f64x2.mul(rest, z)), f64x2.splat(ABOVE_ZERO));
  v128.store(edge, product);
  v128.store(edge, f, 16);
  v128.store(edge, f64x2.div(f64x2.splat(1), f), 32);
}

/** One tree at two points: products downwards, sums upwards, and each edge's part of its feature's sum. */
function addPair(node: usize, nodes: u32, pair: usize, edges: usize, sums: usize): void {
  const t = v128.load(pair);
  const rest = v128.load(pair, 16);
  v128.store(edges, v128.load(pair, 32));
  let edge = edges + EDGE;
  for (let i: u32 = 0; i < nodes; i++) {
    const own = edges + load<u32>(node, 48);
    const above = edges + load<u32>(node, 52);
    const product = f64x2.mul(f64x2.mul(v128.load(own), v128.load(own, 16)), v128.load(above, 32));
    descend(edge, t, rest, v128.load64_splat(node, 8), f64x2.mul(product, v128.load64_splat(node, 24)));
    descend(edge + EDGE, t, rest, v128.load64_splat(node, 16), f64x2.mul(product, v128.load64_splat(node, 32)));
    node += NODE;
    edge += 2 * EDGE;
  }
  for (let i: u32 = 0; i < nodes; i++) {
    node -= NODE;
    edge -= 2 * EDGE;
    const own = edges + load<u32>(node, 48);
    const above = edges + load<u32>(node, 52);
    const left = v128.load(edge);
    const right = v128.load(edge, EDGE);
    const both = f64x2.add(f64x2.mul(left, v128.load(edge, 16)), f64x2.mul(right, v128.load(edge, EDGE + 16)));
    v128.store(own, f64x2.mul(both, v128.load(own, 32)));
    const parts = f64x2.add(
      f64x2.mul(left, v128.load64_splat(edge, 56)),
      f64x2.mul(right, v128.load64_splat(edge, EDGE + 56)),
    );
    const before = f64x2.mul(f64x2.mul(both, v128.load(above, 32)), v128.load64_splat(above, 56));
    const sum = sums + load<u32>(node, 56);
    v128.store(sum, f64x2.add(v128.load(sum), f64x2.sub(parts, before)));
  }
}

/** Adds the Shapley values of `trees` trees for one row to `sums`: two f64 a feature, whose sum it is. */
export function addShapley(tree: usize, trees: i32, row: usize, edges: usize, sums: usize): void {
  for (let i = 0; i < trees; i++) {
    const nodes = load<u32>(tree);
    const node: usize = load<u32>(tree, 4);
    follow(node, nodes, row, edges);
    let pair: usize = load<u32>(tree, 12);
    for (let left = load<u32>(tree, 8); left > 0; left--) {
      addPair(node, nodes, pair, edges, sums);
      pair += PAIR;
    }
    tree += 16;
  }
}
