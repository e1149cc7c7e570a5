import type { FieldError } from '../domain/errors.ts';
import { PAYMENT_EVENT_TYPES, type PaymentEventType } from '../domain/payment-event.ts';

/** What a history file says became of a payment. */
export interface FileEvent {
  type: PaymentEventType;
  /** Milliseconds. */
  at: number;
  /** Of a refund, major units of the payment's currency; absent: all of it. */
  amount?: number;
  code?: string;
}

/** Columns besides the payment's own: `outcome` is the issuer's answer, the others say when something happened. */
export const EVENT_COLUMNS = [
  'outcome',
  'outcomeCode',
  'outcomeAt',
  'settledAt',
  'voidedAt',
  'refundedAt',
  'refundedAmount',
];

/** What the generator tells besides, for who posts its stream; a history is taught by `isFraud` and `labelledAt`. */
export const LIFE_COLUMNS = [
  'avs',
  'cvc',
  'threeDS',
  'warnedAt',
  'disputedAt',
  'disputeScheme',
  'disputeCode',
  'disputeStatus',
  'disputeClosedAt',
];

export const outcomeIndex = (type: PaymentEventType) => PAYMENT_EVENT_TYPES.indexOf(type);

const NOTHING: readonly FileEvent[] = [];
const DAY_MS = 86_400_000;

/** The events of a row, with their faults. `timeOf` is undefined for what is no time, `amountOf` NaN; `paidAt` is the payment's own. */
export function eventsOf(
  textOf: (column: string) => string,
  timeOf: (text: string) => number | undefined,
  amountOf: (text: string) => number,
  paidAt: number,
  faults: FieldError[],
): readonly FileEvent[] {
  const at = (column: string): number | undefined => {
    const text = textOf(column);
    if (text === '') return undefined;
    const time = timeOf(text);
    if (time === undefined) faults.push({ path: `/${column}`, message: 'must be a time' });
    else if (time < paidAt - DAY_MS)
      faults.push({ path: `/${column}`, message: 'must not be more than 24 hours before the payment' });
    return time;
  };
  let events: FileEvent[] | undefined;
  const add = (event: FileEvent) => (events ??= []).push(event);
  const outcome = textOf('outcome');
  if (outcome === 'authorized' || outcome === 'refused') {
    const code = textOf('outcomeCode');
    add({ type: outcome, at: at('outcomeAt') ?? paidAt, ...(code === '' ? {} : { code }) });
  } else if (outcome !== '') faults.push({ path: '/outcome', message: 'must be authorized or refused' });
  for (const [column, type] of [
    ['settledAt', 'settled'],
    ['voidedAt', 'voided'],
    ['refundedAt', 'refunded'],
  ] as const) {
    const time = at(column);
    if (time === undefined) continue;
    const part = type === 'refunded' ? textOf('refundedAmount') : '';
    const amount = amountOf(part);
    if (part !== '' && !(amount >= 0))
      faults.push({ path: '/refundedAmount', message: 'must be a number of at least 0' });
    add({ type, at: time, ...(part === '' ? {} : { amount }) });
  }
  return events ?? NOTHING;
}
