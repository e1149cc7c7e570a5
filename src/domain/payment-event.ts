/** What became of a payment after its decision, as the processor or the issuer tells it. */
export const PAYMENT_EVENT_TYPES = ['authorized', 'refused', 'settled', 'voided', 'refunded'] as const;
export type PaymentEventType = (typeof PAYMENT_EVENT_TYPES)[number];

export interface PaymentEvent {
  type: PaymentEventType;
  /** When it happened, milliseconds. */
  at: number;
  /** Minor units of the payment's currency; absent: all of it. */
  amountMinor?: number;
  /** The issuer's answer, such as `05` or `insufficient_funds`. */
  code?: string;
  /** Results of the checks of address, security code and 3-D Secure, as they came. */
  avs?: string;
  cvc?: string;
  threeDS?: string;
}

/** Events without an id of their own are the same where all that they say is. */
export function eventName({ type, at, amountMinor, code, avs, cvc, threeDS }: PaymentEvent): string {
  return JSON.stringify([type, at, amountMinor ?? null, code ?? null, avs ?? null, cvc ?? null, threeDS ?? null]);
}

/** What the issuer answered, as profiles count it. */
export const OUTCOME_UNKNOWN = 0;
export const OUTCOME_AUTHORIZED = 1;
export const OUTCOME_REFUSED = 2;
export type OutcomeCode = 0 | 1 | 2;

/** Undefined where the event says nothing of it. Money that moved was authorized. */
export function outcomeCode(type: PaymentEventType): OutcomeCode | undefined {
  if (type === 'refused') return OUTCOME_REFUSED;
  return type === 'authorized' || type === 'settled' ? OUTCOME_AUTHORIZED : undefined;
}

/**
 * Which of two events a payment's outcome goes by: money that moved says more than any answer; else the later answer, and
 * at the same moment the one that let it through. Free of the order in which events are told.
 */
export function outranks(a: Pick<PaymentEvent, 'type' | 'at'>, b: Pick<PaymentEvent, 'type' | 'at'>): boolean {
  if ((a.type === 'settled') !== (b.type === 'settled')) return a.type === 'settled';
  return a.at === b.at ? outcomeCode(a.type)! < outcomeCode(b.type)! : a.at > b.at;
}

/** What the issuer answered in the end. */
export function outcomeOf(events: Iterable<PaymentEvent>): OutcomeCode {
  let newest: PaymentEvent | undefined;
  for (const event of events)
    if (outcomeCode(event.type) !== undefined && (!newest || outranks(event, newest))) newest = event;
  return newest ? outcomeCode(newest.type)! : OUTCOME_UNKNOWN;
}

/** What of the amount is still at stake, minor units: net of voids and refunds, nothing where the issuer refused. */
export function remainingMinor(amountMinor: number, events: Iterable<PaymentEvent>): number {
  const told = [...events];
  if (outcomeOf(told) === OUTCOME_REFUSED) return 0;
  let rest = amountMinor;
  for (const { type, amountMinor: part = amountMinor } of told)
    if (type === 'voided' || type === 'refunded') rest -= part;
  return Math.max(0, rest);
}

/** Taken back as a whole before any of it moved. */
export function isVoided(amountMinor: number, events: Iterable<PaymentEvent>): boolean {
  let voided = 0;
  let isSettled = false;
  let isNamed = false;
  for (const { type, amountMinor: part = amountMinor } of events) {
    if (type === 'voided') {
      voided += part;
      isNamed = true;
    }
    isSettled ||= type === 'settled';
  }
  return isNamed && !isSettled && voided >= amountMinor;
}
