/** TreeModel: nodes within nodes. The first child whose predicate is true is gone to. */
import type { Scope } from './fields.ts';
import { type Predicate, predicateIn } from './predicates.ts';
import { type Evaluate, ofShares, ofValue, type Result } from './result.ts';
import { all, type Element, need, numeric, pmmlRefusal } from './xml.ts';

interface Node {
  id: string | undefined;
  holds: Predicate;
  children: Node[];
  defaultChild: Node | undefined;
  result: Result | null;
}

const MISSING = ['none', 'nullPrediction', 'defaultChild', 'lastPrediction'];

export function treeModel(model: Element, scope: Scope, classes: string[]): Evaluate {
  const missing = model.attributes.missingValueStrategy ?? 'none';
  if (!MISSING.includes(missing))
    throw pmmlRefusal(`missingValueStrategy "${missing}" is not supported; ${MISSING.join(', ')} are`);
  const last = (model.attributes.noTrueChildStrategy ?? 'returnNullPrediction') === 'returnLastPrediction';
  const classifies = need(model, 'functionName') === 'classification';
  const roots = all(model, 'Node');
  if (roots.length !== 1) throw pmmlRefusal('a tree has one root');
  const root = readNode(roots[0], scope, (node) => (classifies ? sharesOf(node, classes) : scoreOf(node)));
  return (frame) => {
    if (root.holds(frame) !== true) return null;
    let node = root;
    while (node.children.length > 0) {
      let next: Node | undefined;
      for (const child of node.children) {
        const found = child.holds(frame);
        if (found === true) next = child;
        else if (found === undefined && missing !== 'none') {
          if (missing === 'nullPrediction') return null;
          if (missing === 'lastPrediction') return node.result;
          next = node.defaultChild;
          if (!next) return null;
        }
        if (next) break;
      }
      if (!next) return last ? node.result : null;
      node = next;
    }
    return node.result;
  };
}

function readNode(element: Element, scope: Scope, resultOf: (node: Element) => Result | null): Node {
  if (element.children.some(({ name }) => name === 'Regression'))
    throw pmmlRefusal('models within nodes are not supported');
  const children = all(element, 'Node').map((node) => readNode(node, scope, resultOf));
  const { id, defaultChild } = element.attributes;
  const byDefault = defaultChild === undefined ? undefined : children.find((node) => node.id === defaultChild);
  if (defaultChild !== undefined && !byDefault) throw pmmlRefusal(`a node has no child "${defaultChild}"`);
  return { id, holds: predicateIn(element, scope), children, defaultChild: byDefault, result: resultOf(element) };
}

function scoreOf(node: Element): Result | null {
  return node.attributes.score === undefined ? null : ofValue(numeric(node, 'score'));
}

/** Counts over their sum, or the probabilities as given; without either, the class of the score is certain. */
function sharesOf(node: Element, classes: string[]): Result | null {
  const list = all(node, 'ScoreDistribution');
  const { score } = node.attributes;
  const chosen = score === undefined ? undefined : placeOf(score, classes);
  if (list.length === 0) {
    if (chosen === undefined) return null;
    const sure = new Float64Array(classes.length);
    sure[chosen] = 1;
    return ofShares(sure, chosen);
  }
  const shares = new Float64Array(classes.length);
  const given = list.every(({ attributes }) => attributes.probability !== undefined);
  const total = list.reduce((sum, part) => sum + numeric(part, 'recordCount', given ? 0 : undefined), 0);
  for (const part of list) {
    const share = given ? numeric(part, 'probability') : numeric(part, 'recordCount') / total;
    shares[placeOf(need(part, 'value'), classes)] = share;
  }
  return ofShares(shares, chosen);
}

export function placeOf(name: string, classes: string[]): number {
  const place = classes.findIndex((known) => known === name || Number(known) === Number(name));
  if (place < 0) throw pmmlRefusal(`class "${name}" is none of ${classes.join(', ')}`);
  return place;
}
