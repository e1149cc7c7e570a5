import type { Config } from '../config.ts';
import { ownWarnings } from '../intake/own-values.ts';
import type { IntakeRules } from '../intake/transaction.ts';
import { cardTokens } from './card-token.ts';
import { type OpenRates, openRates } from './rates.ts';

export interface OpenIntake extends IntakeRules {
  rates: OpenRates;
}

/** What a door goes by. Files replace card numbers where nobody said; every other door refuses them. */
export function openIntake(
  config: Config,
  log?: Parameters<typeof openRates>[1],
  door: 'files' | 'requests' = 'requests',
): OpenIntake {
  const numbers = config.cardNumbers ?? (door === 'files' ? 'tokenize' : 'refuse');
  return {
    rates: openRates(config, log),
    ratesMaxAgeDays: config.ratesMaxAgeDays,
    transactionMinDate: config.transactionMinDate,
    ...(door === 'files' ? {} : { own: ownWarnings(config.schema) }),
    cards: { numbers, token: cardTokens(config.cardKeyFile) },
  };
}
