import { toMajor, toMinor } from '../domain/currency.ts';
import type { FieldError } from '../domain/errors.ts';
import { need } from './faults.ts';

/** What the configuration says of money. */
export interface MoneyRules {
  baseCurrency: string;
  /** Units of base currency for one unit of the currency. */
  currencyRates: Readonly<Record<string, number>>;
}

export interface Money {
  amount: number | null;
  amountMinor: number | null;
  currency: string;
  amountBase: number | null;
  baseRate: number | null;
}

const MAX_MINOR = Number.MAX_SAFE_INTEGER;

/** An amount in whole minor units of its currency and in the base currency; all null where nothing is paid. */
export function takeMoney(
  amount: number | undefined,
  code: string | undefined,
  rules: MoneyRules,
  errors: FieldError[],
  warnings: string[],
  at: string,
): Money {
  const currency = code ?? 'USD';
  if (amount === undefined) return { amount: null, amountMinor: null, currency, amountBase: null, baseRate: null };
  const amountMinor = toMinor(amount, currency) + 0;
  if (amountMinor > MAX_MINOR) need(errors, `${at}/amount`, `is too large for ${currency}`);
  let baseRate = currency === rules.baseCurrency ? 1 : rules.currencyRates[currency];
  if (baseRate === undefined) {
    baseRate = 1;
    warnings.push(`There is no rate from ${currency} to ${rules.baseCurrency}; the amount is used as it is.`);
  }
  const rounded = toMajor(amountMinor, currency);
  return { amount: rounded, amountMinor, currency, amountBase: rounded * baseRate, baseRate };
}
