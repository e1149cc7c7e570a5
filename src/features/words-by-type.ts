import { movesMoney, type TransactionType } from '../domain/fields.ts';
import type { FeatureDefinition } from './definition.ts';

/** Profiles keep types apart, so whatever a feature counts or compares with is of the transaction's own type. */
const WORDS = {
  login: { one: 'login', did: 'logged in' },
  registration: { one: 'registration', did: 'registered' },
  payout: { one: 'payout', did: 'took a payout' },
} satisfies Record<Exclude<TransactionType, 'payment'>, Record<'one' | 'did', string>>;

/** A clause that was written of payments, as it is true of a transaction of another type. */
export function ofType(type: TransactionType, { operation }: FeatureDefinition, clause: string): string {
  // What training learnt of a category, it learnt of payments.
  if (type === 'payment' || operation === 'encoding') return clause;
  const { one, did } = WORDS[type];
  if (isUnpaid(type, operation)) return `nothing is paid in a ${one}`;
  switch (operation) {
    case 'first':
      return clause
        .replace('the first time this', `the first ${one} in which this`)
        .replace(/ before$/, ` in ${one}s before`);
    case 'knownDays':
      return clause.replace(' seen ', ` seen in a ${one} `);
    case 'distinct':
      return clause.replace(/ who paid | paid with /, ' seen with ').replace(/ in the (?=\S+ )/, ` in ${one}s in the `);
    default:
      return clause
        .replace(/\bpayment(s?)\b/g, `${one}$1`)
        .replace(' paid recently', ` ${did} recently`)
        .replace(/^(\S+) paid /, '$1 paid out ');
  }
}

/** Why a value is missing, of a clause that was written of payments. */
export function missingOfType(type: TransactionType, { operation }: FeatureDefinition, clause: string): string {
  if (type === 'payment') return clause;
  const { one } = WORDS[type];
  if (!movesMoney(type) && /amount|average|farAbove|belowRound/i.test(operation)) return `a ${one} has no amount`;
  return clause.replace(/\bpayments\b/, `${one}s`);
}

/** A sum of amounts where there are none: nothing to compare with what is usual. */
export function isUnpaid(type: TransactionType, operation: string): boolean {
  return operation === 'sum' && !movesMoney(type);
}
