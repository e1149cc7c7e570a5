import type { Truth } from '../label-state.ts';
import type { PaymentEvent } from '../payment-event.ts';
import type { DisputeKind } from '../reason-codes.ts';
import { PAYERS_OWN, type TraInstrument } from './limits.ts';

/** A dispute or a fraud report, as ledgers count it. */
export interface LedgerDispute {
  kind: DisputeKind;
  scheme: string;
  reasonCode: string;
  /** When it was first reported, milliseconds. */
  reportedAt: number;
}

/** What ledgers ask of a payment. */
export interface LedgerPayment {
  id: string;
  merchantId: string | null;
  /** What it is paid with; null where nobody says. */
  instrument: TraInstrument | 'other' | null;
  /** `assumed`: nothing says otherwise. */
  remote: 'yes' | 'no' | 'assumed';
  /** Of its card, in lower case. */
  brand: string | null;
  currency: string;
  amountMinor: number;
  /** As the record keeps it; null where there was none. */
  baseRate: number | null;
  /** The event time T, milliseconds. */
  time: number;
  /** When it was executed, milliseconds; undefined where it was not. */
  executedAt: number | undefined;
  truth: Truth;
  /** Its fraud is the payer's own. */
  isPayersOwn: boolean;
  /** The card's token, and where it was paid from; null where nobody says. */
  cardId: string | null;
  deviceId: string | null;
  address: string | null;
  events: readonly PaymentEvent[];
  disputes: readonly LedgerDispute[];
}

const CARDS = new Set(['card', 'credit_card', 'debit_card', 'prepaid_card', 'charge_card']);
const TRANSFERS = new Set([
  ...['credit_transfer', 'transfer', 'bank_transfer', 'wire', 'wire_transfer', 'instant_transfer', 'instant'],
  ...['sepa_credit_transfer', 'sepa_transfer', 'sct', 'sct_inst'],
]);
/** Where payer and payee meet. */
const IN_PERSON = new Set([
  'pos',
  'store',
  'in_store',
  'atm',
  'branch',
  'terminal',
  'kiosk',
  'in_person',
  'card_present',
]);

/** Fields of which any says that it is paid with a card. */
export const CARD_DETAILS = ['cardId', 'cardBin', 'cardLast4', 'cardBrand'] as const;

const plain = (text: string) =>
  text
    .trim()
    .toLowerCase()
    .replaceAll(/[\s-]+/g, '_');

/** Words of a client, under the names that ledgers know. A card's details say that it is one. */
export function instrumentOf(words: string | undefined, hasCard: boolean): LedgerPayment['instrument'] {
  if (words === undefined) return hasCard ? 'card' : null;
  const name = plain(words);
  if (CARDS.has(name)) return 'card';
  if (TRANSFERS.has(name)) return 'credit_transfer';
  // A wallet that holds a card pays with it.
  return name === 'wallet' && hasCard ? 'card' : 'other';
}

export function remoteOf(remote: boolean | undefined, channel: string | undefined): LedgerPayment['remote'] {
  if (remote !== undefined) return remote ? 'yes' : 'no';
  return channel !== undefined && IN_PERSON.has(plain(channel)) ? 'no' : 'assumed';
}

const BRANDS: Readonly<Record<string, string>> = {
  mc: 'mastercard',
  master_card: 'mastercard',
  visa_electron: 'visa',
  vpay: 'visa',
};

/** By name, else by the ranges of issuer numbers of the two brands that have a ledger here. */
export function brandOf(words: string | undefined, bin: string | undefined): string | null {
  if (words !== undefined) {
    const name = plain(words);
    return BRANDS[name] ?? name;
  }
  if (bin === undefined) return null;
  if (bin.startsWith('4')) return 'visa';
  const first = Number(bin.slice(0, 4));
  return (first >= 5100 && first <= 5599) || (first >= 2221 && first <= 2720) ? 'mastercard' : null;
}

export function isPayersOwn(scheme: string, code: string): boolean {
  return PAYERS_OWN.some(([each, own]) => each === scheme && own === code.trim().toUpperCase());
}

/** What of it was executed, minor units: all that was settled; before that, what was not voided. Refunds are not deducted. */
export function executedMinor({ amountMinor, events }: Pick<LedgerPayment, 'amountMinor' | 'events'>): number {
  let [settled, largest, voided] = [0, 0, 0];
  for (const { type, amountMinor: part = amountMinor } of events) {
    if (type === 'settled') [settled, largest] = [settled + part, Math.max(largest, part)];
    if (type === 'voided') voided += part;
  }
  // All of it, told twice, is all of it.
  if (settled > 0) return Math.min(settled, Math.max(amountMinor, largest));
  return Math.max(0, amountMinor - voided);
}

/** When money first moved, milliseconds; undefined where nobody told. */
export function settledAt(events: readonly PaymentEvent[]): number | undefined {
  let first: number | undefined;
  for (const { type, at } of events) if (type === 'settled' && !(first !== undefined && first <= at)) first = at;
  return first;
}
