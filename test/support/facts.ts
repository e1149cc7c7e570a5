import { defaultCatalogue } from '../../src/features/catalogue.ts';
import type { Environment } from '../../src/policy/expression/environment.ts';
import type { Facts } from '../../src/policy/expression/facts.ts';

export const ENTITY_TYPES = ['user', 'card', 'device', 'ip', 'merchant', 'email'];

export const rulesEnvironment: Environment = {
  features: defaultCatalogue,
  entityTypes: ENTITY_TYPES,
  lists: new Map([
    ['blocked_cards', 'card'],
    ['trusted_devices', 'device'],
  ]),
};

/** Facts of which nothing is known but what is given. */
export function factsOf(given: Partial<Facts>): Facts {
  return {
    tx: {},
    values: new Float64Array(64).fill(Number.NaN),
    score: Number.NaN,
    probability: Number.NaN,
    model: undefined,
    hour: Number.NaN,
    weekday: Number.NaN,
    entities: new Float64Array(ENTITY_TYPES.length),
    recordedAt: 0,
    inList: () => undefined,
    fault: undefined,
    ...given,
  };
}
