/** What a generated fraud is an instance of. */
export const FRAUD_KINDS = [
  'card_testing',
  'account_takeover',
  'stolen_cards',
  'compromised_merchant',
  'mule_ring',
  'slow_low',
  'bust_out',
] as const;
export type FraudKind = (typeof FRAUD_KINDS)[number];

/** One generated payment with its truth. Absent fields are undefined. */
export interface GeneratedTransaction {
  id: string;
  userId: string;
  /** Major units, rounded to the minor unit of `currency` (US dollars where that is absent). */
  amount: number;
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
