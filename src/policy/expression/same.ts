import { fault } from './builder.ts';
import type { Facts } from './facts.ts';
import { FALSE, TRUE, type Truth, UNKNOWN } from './truth.ts';

/** Elements of a list that are looked at: more is a fault, so that what a client sends cannot be slow. */
export const MAX_ELEMENTS = 100;
/** Those that `in` looks through: it does less with each. */
export const MAX_SEARCHED = 1000;

/**
 * Whether two values are the same: of another type they are not, what is absent is unknown, lists are compared element by
 * element. Objects are not compared.
 */
export function sameValue(facts: Facts, a: unknown, b: unknown): Truth {
  if (absent(a) || absent(b)) return UNKNOWN;
  if (typeof a !== 'object' || typeof b !== 'object') return a === b ? TRUE : FALSE;
  if (!Array.isArray(a) || !Array.isArray(b)) {
    if (Array.isArray(a) !== Array.isArray(b)) return FALSE;
    fault(facts, 'objects of metadata cannot be compared');
    return UNKNOWN;
  }
  if (a.length !== b.length) return FALSE;
  if (a.length > MAX_ELEMENTS) {
    fault(facts, `a list of metadata has more than ${MAX_ELEMENTS} elements`);
    return UNKNOWN;
  }
  let result: Truth = TRUE;
  for (let i = 0; i < a.length; i++) {
    const flat = Array.isArray(a[i]) || Array.isArray(b[i]);
    if (flat) fault(facts, 'lists of lists cannot be compared');
    const same = flat ? UNKNOWN : sameValue(facts, a[i], b[i]);
    if (same === FALSE) return FALSE;
    if (same === UNKNOWN) result = UNKNOWN;
  }
  return result;
}

const absent = (value: unknown) => value === undefined || value === null || Number.isNaN(value);
