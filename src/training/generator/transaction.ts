/** What a generated fraud is an instance of. */
export const FRAUD_KINDS = [
  'card_testing',
  'account_takeover',
  'stolen_cards',
  'compromised_merchant',
  'mule_ring',
  'slow_low',
  'bust_out',
  'fake_registration',
  'payout_takeover',
] as const;
export type FraudKind = (typeof FRAUD_KINDS)[number];

export type GeneratedType = 'payment' | 'login' | 'registration' | 'payout';

/** What became of a payment after it was decided; times in milliseconds. What never happens is undefined. */
export interface Life {
  /** The issuer's answer, and what it said of address, card code and the payer's bank. */
  outcome?: {
    at: number;
    type: 'authorized' | 'refused';
    code?: string;
    avs?: string;
    cvc?: string;
    threeDS?: string;
  };
  settledAt?: number;
  refund?: { at: number; amount: number };
  /** A report of fraud by the issuer, before or without a dispute. */
  warning?: { at: number; scheme: string; reasonCode: string };
  dispute?: { at: number; scheme: string; reasonCode: string; status: 'won' | 'lost'; closedAt: number };
}

/** One generated payment with its truth. Absent fields are undefined. */
export interface GeneratedTransaction {
  id: string;
  type: GeneratedType;
  userId: string;
  /** Major units, rounded to the minor unit of `currency` (US dollars where that is absent); logins and registrations have none. */
  amount: number | undefined;
  currency: string | undefined;
  productCategory: string | undefined;
  customerLocation: string | undefined;
  accountAgeDays: number | undefined;
  /** Milliseconds since the epoch; `transactionDate` is written from this and the offset. */
  time: number;
  offsetMinutes: number;
  merchantId: string | undefined;
  cardId: string | undefined;
  deviceId: string | undefined;
  ip: string | undefined;
  email: string | undefined;
  country: string | undefined;
  latitude: number | undefined;
  longitude: number | undefined;
  channel: string | undefined;
  cardBin: string | undefined;
  cardLast4: string | undefined;
  cardBrand: string | undefined;
  cardCountry: string | undefined;
  cardFunding: string | undefined;
  instrument: string | undefined;
  remote: boolean | undefined;
  initiator: string | undefined;
  payeeId: string | undefined;
  mcc: string | undefined;
  life: Life;
  isFraud: boolean;
  fraudKind: FraudKind | undefined;
  /** When the truth arrives, milliseconds; undefined if it never does. */
  labelledAt: number | undefined;
}

export interface GenerateOptions {
  /** How many to yield; without it the stream has no end. */
  transactions?: number;
  seed: number;
  /** Regular users whose state is held; newcomers take the place of others, so memory does not grow. */
  users?: number;
  /** How long the stream lasts in simulated time, roughly. */
  days?: number;
  /** Milliseconds since the epoch. */
  start?: number;
  /** Share of rows that are fraud. */
  fraudRate?: number;
}
