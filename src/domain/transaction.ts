/** A transaction as it was accepted: validated, its amount rounded to the currency's minor unit, its time settled. */
export interface Transaction {
  id: string;
  userId: string;
  /** Major units of `currency`, rounded to its minor unit. */
  amount: number;
  /** The same as a safe integer of minor units. */
  amountMinor: number;
  currency: string;
  /** `amount` in the base currency, and the rate used (1 where there was none). */
  amountBase: number;
  baseRate: number;
  /** The event time T in milliseconds: `transactionDate`, else the receipt. */
  time: number;
  /** Offset of `transactionDate` from UTC as the client wrote it, in minutes. */
  offsetMinutes: number;
  /** Whether the client sent `transactionDate`. */
  dated: boolean;
  receivedAt: number;
  productCategory?: string;
  customerLocation?: string;
  accountAgeDays?: number;
  merchantId?: string;
  cardId?: string;
  deviceId?: string;
  ip?: string;
  email?: string;
  country?: string;
  latitude?: number;
  longitude?: number;
  channel?: string;
  metadata?: Record<string, unknown>;
  /** What was changed on the way in, in words for the client. */
  warnings: string[];
}

/** Fields that say who someone is: kept apart in the journal so that they can be erased. */
export const PERSONAL_FIELDS = ['email', 'ip', 'customerLocation', 'latitude', 'longitude', 'metadata'] as const;

export type TransactionStatus = 'processing' | 'pending' | 'finalized' | 'failed';
