import { treesLearner } from './gbdt/learner.ts';
import type { Learner } from './learner.ts';

/** What `--learner` names. Options are checked by each learner itself. */
export const LEARNERS: Readonly<Record<string, Learner<object>>> = {
  trees: treesLearner as Learner<object>,
};
