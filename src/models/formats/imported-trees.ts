/**
 * Trees from other libraries as ours: ensembles of models/trees.ts, over columns made of features where they ask for
 * these.
 */

import { attributionOf } from '../../kernel/attribution.ts';
import { treeScorer } from '../../kernel/trees.ts';
import { type ArrayPlace, packArrays, unpackArray } from '../arrays.ts';
import type { Model } from '../model.ts';
import { decodeTrees, encodeTrees, flattenTrees, type Tree, type TreeEnsemble, treesModel } from '../trees.ts';
import { checkColumns, columnBook, columnWriter, type MadeColumns } from './columns.ts';
import { type ForeignModel, type ForeignTree, KEPT_ALL, refusal, TOOLS } from './foreign.ts';

export interface ImportedTrees {
  /** Over features and made columns. */
  ensemble: TreeEnsemble;
  /** Length of a vector. */
  features: number;
  columns: MadeColumns;
}

/**
 * `places[i]` is the place in the vector of the file's feature i, −1 for one that the vector lacks. Throws
 * `invalid_request` where a tree asks for such a feature, or is not a tree.
 */
export function assembleTrees(model: ForeignModel, places: Int32Array, features: number): ImportedTrees {
  const book = columnBook(features);
  const bad = (what: string) => refusal(TOOLS[model.format], what);
  const placeOf = (feature: number): number => {
    if (!(feature >= 0 && feature < places.length))
      throw bad(`a split asks for feature ${feature} of ${places.length}`);
    if (places[feature] < 0)
      throw bad(`the model needs the feature "${model.names[feature]}", which is not served${KEPT_ALL}`);
    return places[feature];
  };
  const trees = model.trees.map((tree, t) => plainTree(tree, book, placeOf, (what) => bad(`tree ${t}: ${what}`)));
  const columns = book.columns();
  return { ensemble: flattenTrees(model.base, features + columns.source.length, trees), features, columns };
}

type Book = ReturnType<typeof columnBook>;

/** One tree, its nodes numbered from the root so that children come after their parents. */
function plainTree(
  { root, splits, leaves }: ForeignTree,
  book: Book,
  placeOf: (feature: number) => number,
  bad: (what: string) => Error,
): Tree {
  const order = orderOf(root, splits, leaves.length, bad);
  const renumbered = new Map(order.map((split, node) => [split, node]));
  const move = (child: number) => (child >= 0 ? renumbered.get(child)! : child);
  const nodes = order.map((split) => {
    const { feature, decision, gain, left, right } = splits[split];
    return { ...plainDecision(placeOf(feature), decision, book), gain, left: move(left), right: move(right) };
  });
  if (!leaves.every(({ value }) => Number.isFinite(value))) throw bad('a leaf is not a finite number');
  if (nodes.some(({ threshold }) => Number.isNaN(threshold))) throw bad('a threshold is not a number');
  if (root < 0 && leaves.length > 1) throw bad('leaves without splits');
  return {
    feature: Int32Array.from(nodes, ({ column }) => column),
    threshold: Float64Array.from(nodes, ({ threshold }) => threshold),
    missingLeft: Uint8Array.from(nodes, ({ missingLeft }) => (missingLeft ? 1 : 0)),
    left: Int32Array.from(nodes, ({ left }) => left),
    right: Int32Array.from(nodes, ({ right }) => right),
    gain: Float64Array.from(nodes, ({ gain }) => gain),
    value: Float64Array.from(leaves, ({ value }) => value),
    cover: Float64Array.from(leaves, ({ cover }) => cover),
  };
}

/** Splits from the root downwards. Each split and leaf hangs once: no circles, nothing shared. */
function orderOf(root: number, splits: ForeignTree['splits'], leaves: number, bad: (what: string) => Error): number[] {
  const order: number[] = [];
  const met = new Set<number>();
  const open = [root];
  while (open.length > 0) {
    const child = open.pop()!;
    if (!Number.isInteger(child) || child >= splits.length || ~child >= leaves) throw bad('a child is out of range');
    if (met.has(child)) throw bad('a child hangs twice');
    met.add(child);
    if (child < 0) continue;
    order.push(child);
    open.push(splits[child].right, splits[child].left);
  }
  return order;
}

function plainDecision(feature: number, decision: ForeignTree['splits'][number]['decision'], book: Book) {
  switch (decision.kind) {
    case 'number':
      return { column: feature, threshold: decision.threshold, missingLeft: decision.missingLeft };
    case 'except':
      return { ...decision, column: book.exceptColumn(feature, decision.value) };
    case 'nonzero':
      return { ...decision, column: book.column(feature, 'nonzero', []) };
    default:
      return decision.inLeft
        ? { column: book.column(feature, 'outside', decision.codes), threshold: 0.5, missingLeft: false }
        : { column: book.column(feature, 'member', decision.codes), threshold: 0.5, missingLeft: decision.missingLeft };
  }
}

/** The feature that each column was made of. */
export function ownersOf({ features, columns }: ImportedTrees): Int32Array {
  return Int32Array.of(...Array.from({ length: features }, (_, i) => i), ...columns.source);
}

/**
 * `score` and `explain`; see models/model.ts. Contributions of all columns of a feature are that feature's, exactly.
 */
export function importedTreesModel(imported: ImportedTrees): Pick<Model, 'score' | 'explain'> {
  const { ensemble, features, columns } = imported;
  if (columns.source.length === 0) return treesModel(ensemble);
  const lengthened = new Float64Array(ensemble.features);
  const write = columnWriter(columns, features);
  const scorer = treeScorer(ensemble);
  let attribute: ReturnType<typeof attributionOf> | undefined;
  return {
    score(vector) {
      write(vector, lengthened);
      return scorer.score(lengthened);
    },
    explain(vector, out) {
      attribute ??= attributionOf(ensemble, ownersOf(imported));
      write(vector, lengthened);
      return attribute(lengthened, out);
    },
  };
}

/** Sum of gains and number of splits, by feature. */
export function importedImportance(imported: ImportedTrees): { gain: number[]; splits: number[] } {
  const owners = ownersOf(imported);
  const gain = new Array<number>(imported.features).fill(0);
  const splits = new Array<number>(imported.features).fill(0);
  imported.ensemble.feature.forEach((column, node) => {
    gain[owners[column]] += imported.ensemble.gain[node];
    splits[owners[column]]++;
  });
  return { gain, splits };
}

const FORMAT = 1;

/** An artifact's kind, head and body. Trees that need no made columns are plain `trees`. */
export function encodeImportedTrees(imported: ImportedTrees): {
  kind: 'trees' | 'imported-trees';
  head: Record<string, unknown>;
  body: Uint8Array;
} {
  const { ensemble, features, columns } = imported;
  if (columns.source.length === 0) return { kind: 'trees', ...encodeTrees(ensemble) };
  const trees = encodeTrees(ensemble);
  const made = packArrays({
    columnSource: columns.source,
    columnKind: columns.kind,
    columnWordsAt: columns.wordsAt,
    columnWords: columns.words,
  });
  const body = new Uint8Array(trees.body.length + made.body.length);
  body.set(trees.body);
  body.set(made.body, trees.body.length);
  const places = made.layout.map((place) => ({ ...place, offset: place.offset + trees.body.length }));
  return {
    kind: 'imported-trees',
    head: {
      format: FORMAT,
      inputs: features,
      trees: { ...trees.head, layout: undefined },
      layout: [...(trees.head.layout as ArrayPlace[]), ...places],
    },
    body,
  };
}

/** Throws `invalid_request` where the head and the body do not fit. */
export function decodeImportedTrees(head: Record<string, unknown>, body: Uint8Array): ImportedTrees {
  if (head.format !== FORMAT) throw refusal('imported trees', `unknown format ${String(head.format)}`);
  const layout = head.layout as ArrayPlace[];
  const ensemble = decodeTrees({ ...(head.trees as object), layout }, body);
  const features = head.inputs as number;
  const columns: MadeColumns = {
    source: unpackArray(layout, body, 'columnSource', 'i32'),
    kind: unpackArray(layout, body, 'columnKind', 'u8'),
    wordsAt: unpackArray(layout, body, 'columnWordsAt', 'i32'),
    words: unpackArray(layout, body, 'columnWords', 'i32'),
  };
  if (features + columns.source.length !== ensemble.features) throw refusal('imported trees', 'columns do not fit');
  checkColumns(columns, features);
  return { ensemble, features, columns };
}
