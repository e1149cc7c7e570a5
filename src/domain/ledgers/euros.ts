import { minorDigits } from '../currency.ts';
import { DAY_MS, type Rates } from '../rates.ts';

interface Money {
  currency: string;
  /** Units of the base currency for one unit, as the record keeps it. */
  baseRate: number | null;
  /** Milliseconds: whose day the euro's rate is of. */
  time: number;
}

/**
 * Turns minor units of a payment's currency into cents of the euro: its own where it is one, else at the rate of its record and the
 * euro's of the same day. Exact up to the rates themselves, rounded half up once. Undefined where there is no rate.
 */
export function createEuros(rates: Pick<Rates, 'base' | 'at'>): (minor: number, money: Money) => bigint | undefined {
  const euroRates = new Map<number, Decimal | undefined>();
  const euroAt = (time: number) => {
    const day = Math.floor(time / DAY_MS);
    if (!euroRates.has(day)) {
      const found = rates.at('EUR', time);
      euroRates.set(day, found && decimalOf(found.rate));
    }
    return euroRates.get(day);
  };
  return (minor, { currency, baseRate, time }) => {
    const units = { n: BigInt(minor), d: 10n ** BigInt(minorDigits(currency)) };
    if (currency === 'EUR') return cents(units.n, units.d);
    // A release before rates wrote 1 where it had none.
    const kept = baseRate === 1 && currency !== rates.base ? rates.at(currency, time)?.rate : baseRate;
    const euro = euroAt(time);
    if (kept === null || kept === undefined || euro === undefined) return undefined;
    const base = decimalOf(kept);
    return cents(units.n * base.n * euro.d, units.d * base.d * euro.n);
  };
}

interface Decimal {
  n: bigint;
  d: bigint;
}

/** A number as it prints. */
export function decimalOf(value: number): Decimal {
  const [digits, exponent = '0'] = String(value).split('e');
  const [whole, fraction = ''] = digits.split('.');
  const shift = Number(exponent) - fraction.length;
  const n = BigInt(whole + fraction);
  return shift >= 0 ? { n: n * 10n ** BigInt(shift), d: 1n } : { n, d: 10n ** BigInt(-shift) };
}

/** Hundredths of n/d, rounded half up; neither is negative. */
function cents(n: bigint, d: bigint): bigint {
  return (200n * n + d) / (2n * d);
}
