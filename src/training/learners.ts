import { createEnsembleLearner } from './ensemble/learner.ts';
import { forestLearner } from './forest/learner.ts';
import { treesLearner } from './gbdt/learner.ts';
import { isolationLearner } from './isolation/learner.ts';
import type { Learner } from './learner.ts';
import { logisticLearner } from './logistic/learner.ts';
import { networkLearner } from './network/learner.ts';

/** Learners that need labels: an ensemble may be of any of them. */
const SINGLE: Readonly<Record<string, Learner<object>>> = {
  trees: treesLearner as Learner<object>,
  forest: forestLearner as unknown as Learner<object>,
  logistic: logisticLearner as unknown as Learner<object>,
  network: networkLearner as unknown as Learner<object>,
};

/** What `--learner` names. Options are checked by each learner itself. */
export const LEARNERS: Readonly<Record<string, Learner<object>>> = {
  ...SINGLE,
  isolation: isolationLearner as unknown as Learner<object>,
  ensemble: createEnsembleLearner(SINGLE) as Learner<object>,
};
