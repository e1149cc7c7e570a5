/** Trees as operators of ONNX. They are computed in float32, and yet give the scores of float64; see `splitLeaves`. */
import type { TreeEnsemble } from '../trees.ts';
import { floatOf, KINDS, type MadeColumns, ZERO } from './columns.ts';
import { floor32 } from './float32.ts';
import { refusal } from './foreign.ts';
import { ELEMENT, type Graph } from './onnx-graph.ts';

/**
 * Appends an ensemble over `x`, float32 [rows, columns]; returns its raw score, float64 [rows, 1]. For float32 values
 * of x every comparison is that of the ensemble: thresholds become the greatest float32 that is not above them.
 */
export function addTrees(graph: Graph, trees: TreeEnsemble, x: string): string {
  if (trees.roots.length === 0) throw refusal('ONNX export', 'the ensemble has no trees');
  const nodes = nodeLists(trees);
  const { coarse, fine } = splitLeaves(trees);
  const leaves = nodes.leaves;
  const sums = graph.op('TreeEnsembleRegressor', [x], {
    n_targets: { int: 2 },
    aggregate_function: { text: 'SUM' },
    post_transform: { text: 'NONE' },
    nodes_treeids: { ints: nodes.tree },
    nodes_nodeids: { ints: nodes.id },
    nodes_featureids: { ints: nodes.feature },
    nodes_values: { floats: Float32Array.from(nodes.threshold) },
    nodes_modes: { texts: nodes.mode },
    nodes_truenodeids: { ints: nodes.left },
    nodes_falsenodeids: { ints: nodes.right },
    nodes_missing_value_tracks_true: { ints: nodes.missingLeft },
    target_treeids: { ints: leaves.flatMap(({ tree }) => [tree, tree]) },
    target_nodeids: { ints: leaves.flatMap(({ id }) => [id, id]) },
    target_ids: { ints: leaves.flatMap(() => [0, 1]) },
    target_weights: { floats: Float32Array.from(leaves.flatMap(({ leaf }) => [coarse[leaf], fine[leaf]])) },
  });
  const both = graph.op('Cast', [sums], { to: { int: ELEMENT.double } });
  const sum = graph.op('MatMul', [both, graph.constant(Float64Array.of(1, 1), [2, 1])]);
  return graph.op('Add', [sum, graph.constant(Float64Array.of(trees.base), [1, 1])]);
}

/**
 * Each leaf as the sum of two float32 values. The coarse ones are multiples of one power of two, so large that no sum
 * over trees needs more than the 24 bits of a float32: they are added without any rounding, in whatever order a runtime
 * chooses. The fine ones are what is left, at most half of that power, so that the rounding of their sum does not
 * matter.
 */
function splitLeaves(trees: TreeEnsemble): { coarse: Float64Array; fine: Float64Array } {
  const most = largestSum(trees);
  const unit = most > 0 ? 2 ** Math.ceil(Math.log2(most / 2 ** 23)) : 1;
  const coarse = trees.value.map((value) => Math.round(value / unit) * unit);
  return { coarse, fine: trees.value.map((value, leaf) => value - coarse[leaf]) };
}

/** No sum over trees is larger than this: the largest leaf of each tree. */
function largestSum(trees: TreeEnsemble): number {
  const largest = new Float64Array(trees.feature.length);
  const of = (child: number) => (child >= 0 ? largest[child] : Math.abs(trees.value[~child]));
  // Children come after their parents.
  for (let node = largest.length - 1; node >= 0; node--) {
    largest[node] = Math.max(of(trees.left[node]), of(trees.right[node]));
  }
  return trees.roots.reduce((sum, root) => sum + of(root), 0);
}

/** The nodes of all trees in ONNX's lists, leaves included; each tree's root is its node 0. */
function nodeLists(trees: TreeEnsemble) {
  const lists = {
    tree: [] as number[],
    id: [] as number[],
    feature: [] as number[],
    threshold: [] as number[],
    mode: [] as string[],
    left: [] as number[],
    right: [] as number[],
    missingLeft: [] as number[],
    leaves: [] as { tree: number; id: number; leaf: number }[],
  };
  trees.roots.forEach((root, tree) => {
    // A child is numbered when its parent is met, before it is met itself.
    let next = 1;
    const open = [{ child: root, id: 0 }];
    for (let i = 0; i < open.length; i++) {
      const { child, id } = open[i];
      lists.tree.push(tree);
      lists.id.push(id);
      if (child < 0) {
        lists.leaves.push({ tree, id, leaf: ~child });
        lists.feature.push(0);
        lists.threshold.push(0);
        lists.mode.push('LEAF');
        lists.left.push(0);
        lists.right.push(0);
        lists.missingLeft.push(0);
        continue;
      }
      lists.feature.push(trees.feature[child]);
      lists.threshold.push(floor32(trees.threshold[child]));
      lists.mode.push('BRANCH_LEQ');
      lists.left.push(next);
      lists.right.push(next + 1);
      lists.missingLeft.push(trees.missingLeft[child]);
      open.push({ child: trees.left[child], id: next }, { child: trees.right[child], id: next + 1 });
      next += 2;
    }
  });
  return lists;
}

/** Entries of one look-up table of categories at most. */
const TABLE_MOST = 50_000_000;

/** Appends the columns of models/formats/columns.ts to `x`; returns the lengthened x and where each column now is. */
export function addColumns(graph: Graph, columns: MadeColumns, features: number, x: string) {
  const groups = Map.groupBy(columns.source.keys(), (i) => `${KINDS[columns.kind[i]]} ${columns.source[i]}`);
  const parts = [x];
  const placeOf = new Int32Array(features + columns.source.length);
  for (let feature = 0; feature < features; feature++) placeOf[feature] = feature;
  let width = features;
  for (const members of groups.values()) {
    const feature = columns.source[members[0]];
    const kind = KINDS[columns.kind[members[0]]];
    if (kind === 'except') {
      for (const i of members) {
        parts.push(addExcept(graph, floatOf(columns.words[columns.wordsAt[i]]), feature, x));
        placeOf[features + i] = width++;
      }
      continue;
    }
    parts.push(
      kind === 'nonzero' ? addNonzero(graph, feature, x) : addTable(graph, columns, members, kind, feature, x),
    );
    members.forEach((i, k) => {
      placeOf[features + i] = width + (kind === 'nonzero' ? 0 : k);
    });
    width += kind === 'nonzero' ? 1 : members.length;
  }
  return { x: graph.op('Concat', parts, { axis: { int: 1 } }), placeOf };
}

function addExcept(graph: Graph, value: number, feature: number, x: string): string {
  const own = graph.op('Gather', [x, graph.constant(BigInt64Array.of(BigInt(feature)), [1])], { axis: { int: 1 } });
  const scalar = (number: number) => graph.constant(Float32Array.of(number), [1, 1]);
  return graph.op('Where', [graph.op('Equal', [own, scalar(value)]), scalar(Number.NaN), own]);
}

function addNonzero(graph: Graph, feature: number, x: string): string {
  const own = graph.op('Gather', [x, graph.constant(BigInt64Array.of(BigInt(feature)), [1])], { axis: { int: 1 } });
  const scalar = (value: number) => graph.constant(Float32Array.of(value), [1, 1]);
  const zero = graph.op('LessOrEqual', [graph.op('Abs', [own]), scalar(ZERO)]);
  return graph.op('Where', [zero, scalar(Number.NaN), own]);
}

/** Columns `members` of one feature by a table: a row for each code, one for other numbers, one for missing values. */
function addTable(
  graph: Graph,
  columns: MadeColumns,
  members: number[],
  kind: 'outside' | 'member',
  feature: number,
  x: string,
): string {
  const { words, wordsAt } = columns;
  const codes = 32 * Math.max(1, ...members.map((i) => wordsAt[i + 1] - wordsAt[i]));
  const width = members.length;
  if ((codes + 2) * width > TABLE_MOST) throw refusal('ONNX export', `feature ${feature} has too many categories`);
  const [outside, inside] = kind === 'outside' ? [1, 0] : [0, 1];
  const table = new Float32Array((codes + 2) * width).fill(outside);
  members.forEach((i, k) => {
    for (let code = 0; code < 32 * (wordsAt[i + 1] - wordsAt[i]); code++) {
      if ((words[wordsAt[i] + (code >>> 5)] >>> (code & 31)) & 1) table[code * width + k] = inside;
    }
    if (kind === 'member') table[(codes + 1) * width + k] = Number.NaN;
  });
  const scalar = (value: number) => graph.constant(Float32Array.of(value), []);
  const own = graph.op('Gather', [x, graph.constant(BigInt64Array.of(BigInt(feature)), [])], { axis: { int: 1 } });
  // The whole part of −0.5 is a code, 0, to LightGBM, and none to XGBoost.
  const least =
    kind === 'outside' ? graph.op('Greater', [own, scalar(-1)]) : graph.op('GreaterOrEqual', [own, scalar(0)]);
  const valid = graph.op('And', [least, graph.op('Less', [own, scalar(codes)])]);
  const coded = graph.op('Where', [valid, own, scalar(codes)]);
  const row = graph.op('Where', [graph.op('IsNaN', [own]), scalar(codes + 1), coded]);
  const index = graph.op('Cast', [row], { to: { int: ELEMENT.int64 } });
  return graph.op('Gather', [graph.constant(table, [codes + 2, width]), index], { axis: { int: 0 } });
}

/** An ensemble whose columns were moved. */
export function moveColumns(trees: TreeEnsemble, placeOf: Int32Array): TreeEnsemble {
  return { ...trees, feature: trees.feature.map((column) => placeOf[column]) };
}
