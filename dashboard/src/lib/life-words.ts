import type { Dispute, DisputeNews, Label, PaymentEvent, Review, Transaction } from '../api/types.ts';
import { capital, money } from './format.ts';

/** What is told of a transaction after its decision, in words. */

/** What they are, where all are one thing: "payment", "login"; else "alert". */
export function oneOf(transactions: readonly Pick<Transaction, 'type'>[]): string {
  const types = new Set(transactions.map(({ type }) => type));
  return types.size === 0 ? 'payment' : types.size === 1 ? [...types][0] : 'alert';
}

type Told = Pick<
  Transaction,
  'type' | 'decision' | 'status' | 'review' | 'labelState' | 'effective' | 'labels' | 'disputes'
>;

/** Whether it waits for somebody to release or cancel it. */
export function isHeld({ decision, status, review }: Pick<Told, 'decision' | 'status' | 'review'>): boolean {
  return decision === 'review' && status === 'pending' && review === undefined;
}

/** Whether it counts against whoever was paid: neither won nor taken back. */
export const stands = ({ status }: Pick<Dispute, 'status'>): boolean => status === 'open' || status === 'lost';

/** What is known of its truth: a word, and why. Undefined while it is not decided. */
export function truth(t: Told): { word: string; why: string } | undefined {
  switch (t.labelState) {
    case 'fraud':
    case 'legitimate':
      return { word: `Confirmed ${t.labelState}`, why: effectiveWhy(t) ?? 'A label in force says so.' };
    case 'presumed':
      return {
        word: 'Presumed legitimate',
        why: 'It went through, and nobody disputed it for as long as people commonly have. Nobody confirmed it.',
      };
    case 'immature':
      return {
        word: 'Unknown yet',
        why: t.disputes?.some(stands)
          ? 'A dispute stands that does not say that it was fraud.'
          : 'It went through, and can still be disputed.',
      };
    case 'blocked':
      return isHeld(t)
        ? { word: 'Unknown while held', why: 'It did not go through yet: nobody can tell what it would have been.' }
        : {
            word: 'Unknown, as it was stopped',
            why: 'It did not go through, so nobody learns what it would have been.',
          };
    default:
      return undefined;
  }
}

const VOICES = { chargeback: 'a chargeback', dispute: 'a dispute', analyst: 'an analyst', customer: 'the customer' };
const HIGHER = {
  chargeback: 'scheme and bank come before analysts and customers',
  dispute: 'scheme and bank come before analysts and customers',
  analyst: 'no chargeback or dispute says anything else',
  customer: 'nobody else says anything else',
};

/** Which voice is in force, and why that one. */
export function effectiveWhy({ effective }: Pick<Told, 'effective'>): string | undefined {
  if (!effective) return undefined;
  const { source, pinned, disputeId } = effective;
  if (pinned) return `Pinned as ${VOICES[source]} said: it stays whatever others say, until the pin is taken back.`;
  const who = disputeId === undefined ? capital(VOICES[source]) : `Dispute ${disputeId}`;
  return `${who} says so; ${HIGHER[source]}.`;
}

export type Standing = 'in force' | 'stands behind it' | 'overtaken' | 'takes back';

const saidAt = ({ occurredAt, recordedAt }: Label) => Date.parse(occurredAt ?? recordedAt);

/** What has become of each label, in their order: the newest word of a voice counts, and a pin is a voice of its own. */
export function standings({ labels = [], effective }: Pick<Told, 'labels' | 'effective'>): Standing[] {
  const overtaken = (label: Label, i: number) =>
    labels.some((other, j) => {
      if (other.source !== label.source || j === i) return false;
      const speaks = other.pinned === label.pinned || (other.label === 'none' && !other.pinned);
      return speaks && (saidAt(other) > saidAt(label) || (saidAt(other) === saidAt(label) && j > i));
    });
  return labels.map((label, i) => {
    if (overtaken(label, i)) return 'overtaken';
    if (label.label === 'none') return 'takes back';
    const inForce =
      effective?.source === label.source &&
      effective.disputeId === undefined &&
      (effective.pinned ?? false) === (label.pinned ?? false) &&
      Date.parse(effective.at) === saidAt(label);
    return inForce ? 'in force' : 'stands behind it';
  });
}

const EVENTS: Record<PaymentEvent['type'], string> = {
  authorized: 'Authorized by the issuer',
  refused: 'Refused by the issuer',
  settled: 'Settled',
  voided: 'Voided',
  refunded: 'Refunded',
};

/** "Refunded, €5.00 of €20.00", and what the issuer and its checks said. */
export function eventWords(event: PaymentEvent, of: Pick<Transaction, 'amount' | 'currency'>): [string, string] {
  const part =
    event.amount === undefined || of.amount === null || event.amount === of.amount
      ? ''
      : `, ${money(event.amount, of.currency)} of ${money(of.amount, of.currency)}`;
  const checks = [
    event.code && `code ${event.code}`,
    event.avs && `address check ${event.avs}`,
    event.cvc && `security code ${event.cvc}`,
    event.threeDS && `3-D Secure ${event.threeDS}`,
  ];
  return [EVENTS[event.type] + part, checks.filter(Boolean).join(' · ')];
}

const SCHEMES: Record<string, string> = {
  visa: 'Visa',
  mastercard: 'Mastercard',
  amex: 'American Express',
  sepa: 'SEPA',
};
export const DISPUTE_STATUS: Record<Dispute['status'], string> = {
  open: 'open',
  won: 'won',
  lost: 'lost',
  reversed: 'taken back',
};

/** "Visa 10.4: other fraud, card absent". */
export function disputeReason({
  scheme,
  reasonCode,
  reason,
}: Pick<Dispute, 'scheme' | 'reasonCode' | 'reason'>): string {
  return `${SCHEMES[scheme.toLowerCase()] ?? scheme} ${reasonCode}${reason ? `: ${reason}` : ', a code that is not known here'}`;
}

/** "Dispute dp_1: lost". */
export const disputeWords = (id: string, { kind, status }: Pick<DisputeNews, 'kind' | 'status'>): string =>
  `${kind === 'early_warning' ? 'Early warning' : 'Dispute'} ${id}: ${DISPUTE_STATUS[status]}`;

export function reviewWords({ action, expired }: Review): string {
  const word = action === 'release' ? 'Released' : 'Cancelled';
  return expired ? `${word}, because nobody reviewed it in time` : word;
}
