/** Predicates of trees, segments and scorecards: true, false, or unknown where a value is missing. */
import type { Scope } from './fields.ts';
import { arrayOf, type Element, need, pmmlRefusal } from './xml.ts';

/** undefined is unknown. */
export type Predicate = (frame: Float64Array) => boolean | undefined;

const PREDICATES = ['True', 'False', 'SimplePredicate', 'SimpleSetPredicate', 'CompoundPredicate'];

export function predicateIn(element: Element, scope: Scope): Predicate {
  const found = element.children.find(({ name }) => PREDICATES.includes(name));
  if (!found) throw pmmlRefusal(`<${element.name}> lacks its predicate`);
  return predicate(found, scope);
}

function predicate(element: Element, scope: Scope): Predicate {
  switch (element.name) {
    case 'True':
      return () => true;
    case 'False':
      return () => false;
    case 'SimplePredicate':
      return simple(element, scope);
    case 'SimpleSetPredicate': {
      const { slot, read } = scope.field(need(element, 'field'));
      const values = new Set(arrayOf(element).map(read));
      const inside = setOperator(need(element, 'booleanOperator'));
      return (frame) => (Number.isNaN(frame[slot]) ? undefined : values.has(frame[slot]) === inside);
    }
    default:
      return compound(element, scope);
  }
}

function setOperator(operator: string): boolean {
  if (operator !== 'isIn' && operator !== 'isNotIn') throw pmmlRefusal(`booleanOperator "${operator}" is not known`);
  return operator === 'isIn';
}

const COMPARISONS: Record<string, (x: number, value: number) => boolean> = {
  equal: (x, value) => x === value,
  notEqual: (x, value) => x !== value,
  lessThan: (x, value) => x < value,
  lessOrEqual: (x, value) => x <= value,
  greaterThan: (x, value) => x > value,
  greaterOrEqual: (x, value) => x >= value,
};

function simple(element: Element, scope: Scope): Predicate {
  const { slot, read } = scope.field(need(element, 'field'));
  const operator = need(element, 'operator');
  if (operator === 'isMissing') return (frame) => Number.isNaN(frame[slot]);
  if (operator === 'isNotMissing') return (frame) => !Number.isNaN(frame[slot]);
  const holds = COMPARISONS[operator];
  if (!holds) throw pmmlRefusal(`operator "${operator}" is not known`);
  const value = read(need(element, 'value'));
  return (frame) => (Number.isNaN(frame[slot]) ? undefined : holds(frame[slot], value));
}

function compound(element: Element, scope: Scope): Predicate {
  const parts = element.children.map((part) => predicate(part, scope));
  const operator = need(element, 'booleanOperator');
  switch (operator) {
    case 'and':
      return (frame) => folded(parts, frame, false);
    case 'or':
      return (frame) => folded(parts, frame, true);
    case 'xor':
      return (frame) => {
        let odd = false;
        for (const part of parts) {
          const found = part(frame);
          if (found === undefined) return undefined;
          odd = odd !== found;
        }
        return odd;
      };
    case 'surrogate':
      return (frame) => {
        for (const part of parts) {
          const found = part(frame);
          if (found !== undefined) return found;
        }
        return undefined;
      };
    default:
      throw pmmlRefusal(`booleanOperator "${operator}" is not known`);
  }
}

/** `decisive` as soon as one part is so, else unknown where one is unknown. */
function folded(parts: Predicate[], frame: Float64Array, decisive: boolean): boolean | undefined {
  let unknown = false;
  for (const part of parts) {
    const found = part(frame);
    if (found === decisive) return decisive;
    if (found === undefined) unknown = true;
  }
  return unknown ? undefined : !decisive;
}
