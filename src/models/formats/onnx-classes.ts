/** Which classes an ONNX classifier tells apart, and what its scores are. */
import type { OnnxFile } from './onnx-file.ts';
import type { OnnxNode } from './onnx-nodes.ts';

/** Attributes that list a node's classes, in the order of its columns. */
const CLASS_LISTS = ['classlabels_strings', 'classlabels_int64s', 'classlabels_ints'];

/** Labels may be words, whole numbers or, of a file that was trained on True and False, 0 and 1. */
const LABEL_TYPES = [6, 7, 8, 9];

/** The node that makes each value, by the value's name. */
export function makersOf(file: OnnxFile): Map<string, OnnxNode> {
  return new Map(file.nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)));
}

/**
 * The classes in the order of an output's columns; undefined where the file names none. The outermost word counts: what
 * names the columns (ZipMap), then what makes the file's own labels, then the classifier behind the scores, since a
 * classifier within another one may number its classes anew.
 */
export function classesOf(file: OnnxFile, output: string): string[] | undefined {
  const zip = file.nodes.find(
    ({ type, inputs, outputs }) => type === 'ZipMap' && [...inputs, ...outputs].includes(output),
  );
  const named = zip && listOf(zip);
  if (named) return named;
  const makers = makersOf(file);
  const labels = file.outputs.filter(({ type }) => type !== undefined && LABEL_TYPES.includes(type));
  for (const { name } of [...labels, { name: output }]) {
    const found = upstream(name, makers, (node) => listOf(node) ?? pickedFrom(node, file));
    if (found) return found;
  }
  return undefined;
}

function listOf(node: OnnxNode): string[] | undefined {
  for (const name of CLASS_LISTS) {
    const list = node.list(name);
    if (list) return list;
  }
  return undefined;
}

/** Labels that a number of a class is picked from. */
function pickedFrom({ type, inputs }: OnnxNode, { labels }: OnnxFile): string[] | undefined {
  return type === 'ArrayFeatureExtractor' || type === 'Gather' ? labels.get(inputs[0]) : undefined;
}

/** The nearest answer among the nodes that a value comes from, breadth first. */
function upstream<T>(
  value: string,
  makers: Map<string, OnnxNode>,
  ask: (node: OnnxNode) => T | undefined,
): T | undefined {
  const met = new Set<string>();
  const open = [value];
  for (const name of open) {
    const node = makers.get(name);
    if (!node || met.has(name)) continue;
    met.add(name);
    const answer = ask(node);
    if (answer !== undefined) return answer;
    open.push(...node.inputs);
  }
  return undefined;
}

/** What an operator's numbers are, where it says so; undefined for one that hands on what it is given. */
const SCORES: Record<string, 'probability' | 'margin'> = {
  Sigmoid: 'probability',
  Softmax: 'probability',
  Normalizer: 'probability',
};

/** How classifiers end; the sums of a tree ensemble without an end may be either (forests sum shares). */
function endOf(node: OnnxNode): 'probability' | 'margin' | 'either' | undefined {
  if (SCORES[node.type]) return SCORES[node.type];
  if (!/Classifier$/.test(node.type)) return undefined;
  const end = node.word('post_transform') ?? 'NONE';
  if (end === 'LOGISTIC' || end === 'SOFTMAX' || end === 'SOFTMAX_ZERO' || end === 'PROBIT') return 'probability';
  return node.type === 'LinearClassifier' ? 'margin' : 'either';
}

/** Operators that only hand on, choose from or reshape what they are given. */
const PASSING = [
  'Identity',
  'Cast',
  'Reshape',
  'Squeeze',
  'Unsqueeze',
  'Flatten',
  'ArrayFeatureExtractor',
  'Gather',
  'Slice',
  'ZipMap',
];

/** What the operator behind an output makes: probabilities, margins, either; undefined where it is none that tells. */
export function scoresOf(file: OnnxFile, output: string): 'probability' | 'margin' | 'either' | undefined {
  const makers = makersOf(file);
  let name = output;
  for (let step = 0; step <= file.nodes.length; step++) {
    const node = makers.get(name);
    if (!node) return undefined;
    const end = endOf(node);
    if (end || !PASSING.includes(node.type)) return end;
    name = node.inputs[0];
  }
  return undefined;
}
