/** Dense networks behind the `Learner` port. */
import { encodeNetwork, networkScorer } from '../../models/network.ts';
import type { Dataset } from '../dataset.ts';
import type { Fitted, Learner } from '../learner.ts';
import { fitNetwork } from './fit.ts';
import { NETWORK_DEFAULTS, type NetworkOptions } from './options.ts';

export interface FittedNetwork extends Fitted {
  /** The validation metric after each epoch that was run; higher is better. */
  history: number[];
  /** Epochs after which the parameters were kept. */
  epochs: number;
}

/** Trains a network; with `validation`, which must be later in time, keeps the epoch that did best on it. */
export function trainNetwork(
  train: Dataset,
  validation: Dataset | undefined,
  options: Partial<NetworkOptions> = {},
  progress?: (share: number) => void,
): FittedNetwork {
  const { model, history, epochs } = fitNetwork(train, validation, { ...NETWORK_DEFAULTS, ...options }, progress);
  return {
    ...networkScorer(model),
    history,
    epochs,
    settled: { epochs },
    toArtifact: () => ({ kind: 'network', ...encodeNetwork(model) }),
  };
}

export const networkLearner: Learner<NetworkOptions> = {
  name: 'network',
  defaults: NETWORK_DEFAULTS,
  fit: trainNetwork,
};
