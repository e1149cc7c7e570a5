/** MiningModel: models side by side, or one after another. */
import type { Scope } from './fields.ts';
import { type Predicate, predicateIn } from './predicates.ts';
import { type Evaluate, ofShares, ofValue, type Result } from './result.ts';
import { all, child, type Element, need, numeric, pmmlRefusal } from './xml.ts';

interface Segment {
  holds: Predicate;
  weight: number;
  evaluate: Evaluate;
}

/** Makes the model of a segment within the scope that it is given. */
export type Build = (model: Element, scope: Scope) => Evaluate;

export function miningModel(
  model: Element,
  scope: Scope,
  classes: string[],
  float: boolean,
  isModel: (name: string) => boolean,
  build: Build,
): Evaluate {
  const segmentation = child(model, 'Segmentation');
  if (!segmentation) throw pmmlRefusal('a MiningModel lacks its Segmentation');
  const method = need(segmentation, 'multipleModelMethod');
  // Outputs of a chain's models are fields of the ones that follow.
  const shared = method === 'modelChain' ? scope.inner() : undefined;
  const segments = all(segmentation, 'Segment').map((segment): Segment => {
    const inner = segment.children.find(({ name }) => isModel(name));
    if (!inner) throw pmmlRefusal('a segment without a model that is supported');
    const holds = predicateIn(segment, shared ?? scope);
    return { holds, weight: numeric(segment, 'weight', 1), evaluate: build(inner, shared ?? scope.inner()) };
  });
  if (segments.length === 0) throw pmmlRefusal('a MiningModel without segments');
  if (method === 'modelChain') return chain(segments);
  if (method === 'selectFirst') {
    return (frame) => segments.find(({ holds }) => holds(frame) === true)?.evaluate(frame) ?? null;
  }
  const skips = segmentation.attributes.missingPredictionTreatment === 'skipSegment';
  const combine = combiner(method, classes, need(model, 'functionName') === 'classification', float);
  return (frame) => {
    const found: Result[] = [];
    const weights: number[] = [];
    for (const { holds, weight, evaluate } of segments) {
      if (holds(frame) !== true) continue;
      const result = evaluate(frame);
      if (result === null && skips) continue;
      if (result === null) return null;
      found.push(result);
      weights.push(weight);
    }
    return found.length === 0 ? null : combine(found, weights);
  };
}

function chain(segments: Segment[]): Evaluate {
  return (frame) => {
    let last: Result | null = null;
    for (const { holds, evaluate } of segments) if (holds(frame) === true) last = evaluate(frame);
    return last;
  };
}

type Combine = (results: Result[], weights: number[]) => Result;

function combiner(method: string, classes: string[], classifies: boolean, float: boolean): Combine {
  const round = float ? Math.fround : (x: number) => x;
  const weighted = method.startsWith('weighted');
  const sums = (results: Result[], weights: number[]) => {
    let [sum, total] = [0, 0];
    results.forEach(({ value }, i) => {
      const weight = weighted ? weights[i] : 1;
      sum = round(sum + round(round(weight) * round(value)));
      total += weight;
    });
    return [sum, total];
  };
  const voted =
    (of: (result: Result, place: number) => number): Combine =>
    (results, weights) => {
      const shares = new Float64Array(classes.length);
      let total = 0;
      results.forEach((result, i) => {
        const weight = weighted ? weights[i] : 1;
        total += weight;
        for (let place = 0; place < shares.length; place++) shares[place] += weight * of(result, place);
      });
      return ofShares(shares.map((share) => share / total));
    };
  switch (method) {
    case 'sum':
    case 'weightedSum':
      if (!classifies) return (results, weights) => ofValue(sums(results, weights)[0]);
      break;
    case 'average':
    case 'weightedAverage':
      if (classifies) return voted(({ shares }, place) => shares?.[place] ?? Number.NaN);
      return (results, weights) => {
        const [sum, total] = sums(results, weights);
        return ofValue(sum / total);
      };
    case 'majorityVote':
    case 'weightedMajorityVote':
      if (classifies) return voted(({ chosen }, place) => (chosen === place ? 1 : 0));
  }
  throw pmmlRefusal(`multipleModelMethod "${method}" is not supported here`);
}
