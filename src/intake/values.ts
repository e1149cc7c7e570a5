import { canonicalAddress } from '../domain/address.ts';
import { country } from '../domain/countries.ts';
import { currencyCode, currencyWarning } from '../domain/currency.ts';
import type { Field, FieldKind } from '../domain/fields.ts';
import { mccWarning } from '../domain/merchant-categories.ts';
import { Digits } from './digits.ts';
import { checkMetadata, digitsIn, withDigits } from './metadata.ts';
import { told } from './names.ts';
import { unfit, unfitId } from './text.ts';
import { type Instant, parseTime } from './time.ts';

/** A value in its canonical form, or what is wrong with it; and what to tell of it. */
export interface Taken {
  kept?: unknown;
  fault?: string | undefined;
  warning?: string | undefined;
}

type Take = (value: unknown, field: Field, name: string) => Taken;

const EMAIL = /^[^\s@]+@[^\s@]+$/;
const DIGITS = /^[0-9]*$/;
const NO_TIME = 'must be an RFC 3339 time from 1970 on';
const NO_ADDRESS = 'must be an IPv4 or IPv6 address';
const NO_COUNTRY = 'must be an ISO 3166-1 alpha-2 code';
const NO_CURRENCY = 'must be an ISO 4217 code';
const MAX_ID = 255;

/** What each kind of field takes. */
const KINDS: Record<FieldKind, Take> = {
  id: text((value) => ({ kept: value, fault: value.trim() === '' ? 'must not be empty' : unfitId(value) }), MAX_ID),
  words: text((value) => ({ kept: value, fault: unfit(value) })),
  number: takeNumber,
  amount: takeNumber,
  flag: (value) => (typeof value === 'boolean' ? { kept: value } : { fault: 'must be a boolean' }),
  choice: (value, { choices }) =>
    choices!.includes(value as string) ? { kept: value } : { fault: `must be one of ${choices!.join(', ')}` },
  digits: text((value, { minimum, maximum }, name) =>
    DIGITS.test(value) && value.length >= minimum! && value.length <= maximum!
      ? { kept: value, warning: name === 'mcc' ? mccWarning(value) : undefined }
      : { fault: `must be ${minimum === maximum ? minimum : `${minimum} to ${maximum}`} digits` },
  ),
  currency: text((value) => {
    const code = currencyCode(value);
    return code === undefined ? { fault: NO_CURRENCY } : { kept: code, warning: currencyWarning(code) };
  }),
  time: text((value) => (parseTime(value) ? { kept: value } : { fault: NO_TIME })),
  ip: text((value) => {
    const kept = canonicalAddress(value);
    return kept === undefined ? { fault: NO_ADDRESS } : { kept };
  }),
  email: text((value) => ({ kept: value, fault: EMAIL.test(value) ? unfitId(value) : 'must be an e-mail address' })),
  country: text((value, _, name) => {
    const known = country(value);
    return known === undefined
      ? { fault: NO_COUNTRY }
      : { kept: known.code, warning: known.warning?.replace('country', name) };
  }),
  metadata: takeMetadata,
};

export function takeValue(field: Field, value: unknown, name: string): Taken {
  return KINDS[field.kind](value, field, name);
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Digits);
}

/** A time that was taken. */
export const instantOf = (text: unknown): Instant => parseTime(text as string)!;

/** A text of at most as many characters as its field has, and what it says. */
function text(take: (value: string, field: Field, name: string) => Taken, most?: number): Take {
  return (value, field, name) => {
    if (typeof value !== 'string') return { fault: 'must be a string' };
    const maximum = most ?? field.maximum;
    // Characters, where a string's length counts UTF-16 units.
    const isLong = maximum !== undefined && value.length > maximum;
    if (
      isLong &&
      field.kind !== 'digits' &&
      field.kind !== 'currency' &&
      (value.length > 2 * maximum || Array.from(value).length > maximum)
    )
      return { fault: `must not have more than ${maximum} characters` };
    return take(value, field, name);
  };
}

function takeNumber(value: unknown, { minimum, maximum }: Field): Taken {
  const kept = value instanceof Digits ? value.valueOf() : value;
  if (typeof kept !== 'number') return { fault: 'must be a number' };
  if (!Number.isFinite(kept)) return { fault: 'must be a finite number; this one overflows' };
  if (kept < minimum!) return { fault: `must be >= ${minimum}` };
  if (kept > maximum!) return { fault: `must be <= ${maximum}` };
  return { kept };
}

function takeMetadata(value: unknown): Taken {
  if (!isObject(value)) return { fault: 'must be an object' };
  const fault = checkMetadata(value);
  if (fault !== undefined) return { fault };
  const long = digitsIn(value);
  if (long.length === 0) return { kept: value };
  const warning = `metadata holds numbers of more digits than a number keeps; they are kept as text: ${told(long)}.`;
  return { kept: withDigits(value), warning };
}
