import type { Details, TransactionType } from './fields.ts';

/** A transaction as it was accepted: validated, its amount rounded to the currency's minor unit, its time settled. */
export interface Transaction extends Details {
  id: string;
  userId: string;
  /** Absent in records before there were others: a payment. */
  type?: TransactionType;
  /** Major units of `currency`, rounded to its minor unit; null where nothing is paid. */
  amount: number | null;
  /** The same as a safe integer of minor units. */
  amountMinor: number | null;
  currency: string;
  /** `amount` in the base currency and the rate used (1 where there was none); null without an amount. */
  amountBase: number | null;
  baseRate: number | null;
  /** The event time T in milliseconds: `transactionDate`, else the receipt. */
  time: number;
  /** Offset of `transactionDate` from UTC as the client wrote it, in minutes. */
  offsetMinutes: number;
  /** Whether the client sent `transactionDate`. */
  dated: boolean;
  receivedAt: number;
  /** What was changed on the way in, in words for the client. */
  warnings: string[];
}

export type TransactionStatus = 'processing' | 'pending' | 'finalized' | 'failed';
