/** Scorecard: an initial score, and of each characteristic the points of the first attribute that holds. */
import { expressionIn } from './expressions.ts';
import type { Scope } from './fields.ts';
import { predicateIn } from './predicates.ts';
import { type Evaluate, ofValue } from './result.ts';
import { all, child, type Element, numeric, pmmlRefusal } from './xml.ts';

/** No result where no attribute of a characteristic holds, or its points are missing. */
export function scorecardModel(model: Element, scope: Scope): Evaluate {
  const list = child(model, 'Characteristics');
  if (!list) throw pmmlRefusal('a scorecard lacks its Characteristics');
  const characteristics = all(list, 'Characteristic').map((characteristic) =>
    all(characteristic, 'Attribute').map((attribute) => ({
      holds: predicateIn(attribute, scope),
      points: pointsOf(attribute, scope),
    })),
  );
  const initial = numeric(model, 'initialScore', 0);
  return (frame) => {
    let sum = initial;
    for (const attributes of characteristics) {
      const found = attributes.find(({ holds }) => holds(frame) === true);
      if (!found) return null;
      sum += found.points(frame);
    }
    return Number.isNaN(sum) ? null : ofValue(sum);
  };
}

function pointsOf(attribute: Element, scope: Scope): (frame: Float64Array) => number {
  const complex = child(attribute, 'ComplexPartialScore');
  if (complex) return expressionIn(complex, scope);
  const points = numeric(attribute, 'partialScore');
  return () => points;
}
