import { TRUTHS, type Truth } from '../profiles/cell.ts';
import type { FeatureDefinition } from './definition.ts';
import { type Operation, parameter } from './plan.ts';

/** What is asked for: something that became of a payment, or a label. */
function askedFor(definition: FeatureDefinition): Truth {
  const outcome = definition.parameters?.outcome;
  const truth = TRUTHS.find((one) => one === outcome);
  if (truth !== undefined) return truth;
  throw new Error(`Feature ${definition.name} needs an outcome, one of ${TRUTHS.join(', ')}.`);
}

/**
 * What became of the entity's earlier events, as far as it was told by now: an event of the window counts from when its outcome
 * was learnt. What becomes of this one is not known yet.
 */
export const outcomes: Record<string, Operation> = {
  /** Events of the window that are known as `parameters.outcome`. */
  outcomes: (definition, planner) => {
    const slot = planner.window(definition, askedFor(definition));
    return (slots) => slots[slot];
  },
  /** Their share of the window's events; `parameters.empty` (missing by default) where there are none. */
  outcomeShare: (definition, planner) => {
    const known = planner.window(definition, askedFor(definition));
    const count = planner.window(definition, 'count');
    const empty = definition.parameters?.empty === undefined ? Number.NaN : parameter(definition, 'empty', 0);
    return (slots) => (slots[count] === 0 ? empty : slots[known] / slots[count]);
  },
};
