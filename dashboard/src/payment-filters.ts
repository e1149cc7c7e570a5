import type { Outcome, Status } from './api/types.ts';

/** What lists of payments are narrowed by, as the API calls it, in the order in which pages show it. */

interface Filter {
  label: string;
  /** Values with their words; absent: whatever is written. */
  words?: Readonly<Record<string, string>>;
  kind?: 'number' | 'time';
  most?: number;
  /** Where the label does not say it. */
  hint?: string;
}

const filters = <N extends string>(all: Record<N, Filter>) => all;

export const PAYMENT_FILTERS = filters({
  decision: { label: 'Decision', words: { approve: 'Approved', review: 'Review', decline: 'Declined' } },
  labelState: {
    label: 'Truth',
    words: {
      ...{ fraud: 'Fraud, confirmed', legitimate: 'Legitimate, confirmed', presumed: 'Presumed legitimate' },
      ...{ immature: 'Not known yet', blocked: 'Stopped, so unknown' },
    },
  },
  status: {
    label: 'Status',
    words: { pending: 'Pending', finalized: 'Finalized', processing: 'Processing', failed: 'Failed' },
  },
  minScore: { label: 'Score from', kind: 'number', most: 100 },
  label: { label: 'Label in force', words: { fraud: 'Fraud', legitimate: 'Legitimate', none: 'None' } },
  event: {
    label: 'What became of it',
    words: {
      ...{ authorized: 'Authorized', refused: 'Refused by the issuer', settled: 'Settled', voided: 'Voided' },
      refunded: 'Refunded',
    },
  },
  type: {
    label: 'Type',
    words: { payment: 'Payment', payout: 'Payout', login: 'Login', registration: 'Registration' },
  },
  minAmount: { label: 'Amount from', kind: 'number', most: 1e12, hint: 'In the base currency' },
  maxAmount: { label: 'Amount up to', kind: 'number', most: 1e12, hint: 'In the base currency' },
  currency: { label: 'Currency', hint: 'Such as EUR' },
  country: { label: 'Country', hint: 'Such as FR' },
  channel: { label: 'Channel' },
  merchantId: { label: 'Merchant' },
  cardId: { label: 'Card' },
  deviceId: { label: 'Device' },
  payeeId: { label: 'Payee' },
  ip: { label: 'Address', hint: 'IP, or a network such as 203.0.113.0/24' },
  email: { label: 'E-mail', hint: 'Or a domain' },
  rule: { label: 'Rule that hit', hint: 'Its id' },
  reason: { label: 'Reason', hint: 'Its code' },
  model: { label: 'Model', hint: 'Its version' },
  caseId: { label: 'Case' },
  from: { label: 'From', kind: 'time' },
  to: { label: 'To', kind: 'time' },
});
export type FilterName = keyof typeof PAYMENT_FILTERS;
export const FILTER_NAMES = Object.keys(PAYMENT_FILTERS) as FilterName[];

type NumberFilter = 'minScore' | 'minAmount' | 'maxAmount';
export interface TransactionSearch
  extends Partial<Record<Exclude<FilterName, NumberFilter | 'decision' | 'status'>, string>>,
    Partial<Record<NumberFilter, number>> {
  /** A user's id, or a payment's. */
  q?: string;
  decision?: Outcome;
  status?: Status;
}

/** By which filter the payments of an entity are listed, by its type; absent where there is none. */
export const FILTER_OF_ENTITY: Readonly<Record<string, keyof TransactionSearch>> = {
  ...{ user: 'q', card: 'cardId', device: 'deviceId', merchant: 'merchantId', payee: 'payeeId' },
  ...{ ip: 'ip', network: 'ip', email: 'email', mailbox: 'email' },
};

/** Of an address; what is none of it is left out. */
export function readTransactionSearch(search: Record<string, unknown>): TransactionSearch {
  const read: Record<string, string | number | undefined> = { q: text(search.q) };
  for (const name of FILTER_NAMES) {
    const { words, kind, most = 0 } = PAYMENT_FILTERS[name] as Filter;
    const value = search[name];
    if (kind === 'number') {
      const number = value === undefined || value === '' ? Number.NaN : Number(value);
      read[name] = number >= 0 && number <= most ? number : undefined;
    } else read[name] = words && !Object.hasOwn(words, String(value)) ? undefined : text(value);
  }
  return read as TransactionSearch;
}

function text(value: unknown): string | undefined {
  return (typeof value === 'string' || typeof value === 'number') && value !== '' ? String(value) : undefined;
}
