import { toMajor, toMinor } from '../domain/currency.ts';
import type { FieldError } from '../domain/errors.ts';
import { DAY_MS, type Rates } from '../domain/rates.ts';
import { need } from './faults.ts';

/** What amounts are turned into the base currency by. */
export interface MoneyRules {
  rates: Pick<Rates, 'base' | 'at'>;
  /** A rate that is older, at the payment's time, is warned about. */
  ratesMaxAgeDays: number;
}

export interface Money {
  amount: number | null;
  amountMinor: number | null;
  currency: string;
  amountBase: number | null;
  baseRate: number | null;
}

export interface Priced {
  amount: number | undefined;
  currency: string | undefined;
  /** Event time T, milliseconds. */
  time: number;
}

/** Of an amount without one. */
export const DEFAULT_CURRENCY = 'USD';

const NOISE = 1e-9;

/** What is said of an amount that its currency cannot hold as it was sent; undefined for one that it can. */
export function roundedWarning(amount: number, rounded: number, currency: string): string | undefined {
  // Not for the noise of binary fractions, such as 0.1 + 0.2; what becomes nothing is never noise.
  return Math.abs(rounded - amount) > NOISE * Math.max(1, amount) || (rounded === 0 && amount > 0)
    ? `amount ${amount} is rounded to ${rounded}, whole minor units of ${currency}.`
    : undefined;
}
const MAX_MINOR = Number.MAX_SAFE_INTEGER;

/**
 * An amount in whole minor units of its currency and in the base currency, at the last rate before its day; all null where nothing
 * is paid, and the base amount where there is no rate: never a number of another currency.
 */
export function takeMoney(
  { amount, currency: code, time }: Priced,
  rules: MoneyRules,
  errors: FieldError[],
  warnings: string[],
  at: string,
): Money {
  const currency = code ?? DEFAULT_CURRENCY;
  if (amount === undefined) return { amount: null, amountMinor: null, currency, amountBase: null, baseRate: null };
  const amountMinor = toMinor(amount, currency) + 0;
  if (amountMinor > MAX_MINOR) need(errors, `${at}/amount`, `is too large for ${currency}`);
  const rounded = toMajor(amountMinor, currency);
  const warning = roundedWarning(amount, rounded, currency);
  if (warning) warnings.push(warning);
  const found = rules.rates.at(currency, time);
  if (found === undefined) {
    warnings.push(
      `There is no rate from ${currency} to ${rules.rates.base} for this day: the payment counts, and its amount is left out of sums, means, medians and maxima.`,
    );
    return { amount: rounded, amountMinor, currency, amountBase: null, baseRate: null };
  }
  const { rate, date } = found;
  if (date !== undefined && time - Date.parse(date) > (rules.ratesMaxAgeDays + 1) * DAY_MS)
    warnings.push(
      `The rate from ${currency} to ${rules.rates.base} is of ${date}, more than ${rules.ratesMaxAgeDays} days before this payment.`,
    );
  return { amount: rounded, amountMinor, currency, amountBase: rounded * rate, baseRate: rate };
}
