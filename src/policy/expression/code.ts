import type { Facts } from './facts.ts';
import type { Truth } from './truth.ts';

/**
 * A checked part of an expression: its type, what it costs at most, and a closure that computes it. Each type has its own way
 * to say "unknown", so that nothing is allocated: 2 for truths, NaN for numbers, times and durations, undefined for the rest.
 */
export type Code =
  | (Common & { type: 'bool'; run: (facts: Facts) => Truth; guard?: Guard })
  | (Common & { type: 'number'; run: (facts: Facts) => number; read?: Read })
  | (Common & { type: 'time'; run: (facts: Facts) => number })
  | (Common & { type: 'duration'; run: (facts: Facts) => number })
  | (Common & { type: 'text'; run: (facts: Facts) => string | undefined })
  | (Common & { type: 'list'; of: ElementType; run: (facts: Facts) => readonly unknown[] | undefined })
  /** Whatever a client sent in metadata: its type is seen when it is there. Null is absence: undefined. */
  | (Common & { type: 'any'; run: (facts: Facts) => unknown })
  /** What was refused: it checks with everything, so that one mistake is told once. */
  | (Common & { type: 'refused' });

interface Common {
  /** Elementary steps at most; `cost.ts` says what one is. */
  cost: number;
  /** The value of a literal. */
  literal?: boolean | number | string | readonly unknown[];
}

export type Type = Code['type'];
export type ElementType = 'bool' | 'number' | 'time' | 'duration' | 'text' | 'any';
export type CodeOf<T extends Type> = Extract<Code, { type: T }>;
export type NumberCode = Common & { run: (facts: Facts) => number; read?: Read };
export type TextCode = CodeOf<'text'>;
export type BoolCode = CodeOf<'bool'>;

/** A comparison of one of the `values` with a constant: what most rules begin with, and can be asked of many at once. */
export interface Guard {
  slot: number;
  op: '<' | '<=' | '>' | '>=';
  limit: number;
}

/** A number that is only read, from `values` or the transaction: its comparison reads it itself, as a call would box it. */
export type Read = { slot: number } | { field: string };

export const REFUSED: Code = { type: 'refused', cost: 0 };

const WORDS: Record<Type, string> = {
  bool: 'true or false',
  number: 'a number',
  time: 'a time',
  duration: 'a duration',
  text: 'a text',
  list: 'a list',
  any: 'a value of metadata',
  refused: 'a mistake',
};
/** A type in words for people, with its article. */
export const typeWords = (type: Type): string => WORDS[type];
