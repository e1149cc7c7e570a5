/**
 * Three-valued logic as small integers. What is absent makes a comparison unknown, and unknown never hits.
 * (Kleene's strong logic: false wins an `&&`, true wins an `||`.)
 */
export const FALSE = 0;
export const TRUE = 1;
export const UNKNOWN = 2;
export type Truth = 0 | 1 | 2;

/** For people and for JSON: null is unknown. */
export const truthValue = (truth: Truth): boolean | null => (truth === UNKNOWN ? null : truth === TRUE);

export const truthOf = (value: boolean): Truth => (value ? TRUE : FALSE);
