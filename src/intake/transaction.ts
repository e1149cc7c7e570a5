import { canonicalAddress } from '../domain/address.ts';
import { country } from '../domain/countries.ts';
import { currencyWarning, isCurrency, toMajor, toMinor } from '../domain/currency.ts';
import { AssayError, type FieldError } from '../domain/errors.ts';
import {
  DETAIL_NAMES,
  type Details,
  FIELD_NAMES,
  type FieldKind,
  fieldOf,
  isPersonal,
  type TransactionBody,
} from '../domain/fields.ts';
import type { Transaction } from '../domain/transaction.ts';
import { canonical, sha256 } from './canonical.ts';
import { checkMetadata } from './metadata.ts';
import { unfit, unfitId } from './text.ts';
import { parseTime } from './time.ts';

/** What the configuration says of money. */
export interface IntakeRules {
  baseCurrency: string;
  /** Units of base currency for one unit of the currency. */
  currencyRates: Readonly<Record<string, number>>;
}

export interface Receipt {
  /** Used where the body brings no id. */
  id: string;
  /** Milliseconds. */
  receivedAt: number;
}

const MAX_AHEAD_MS = 5 * 60_000;
const MAX_MINOR = Number.MAX_SAFE_INTEGER;
const EMAIL = /^[^\s@]+@[^\s@]+$/;

/**
 * A body that fits the schema, as the transaction that is decided: rounded, dated, upper-cased, warned about.
 * Throws `invalid_request` with every fault found, each under `at`.
 */
export function takeIn(body: TransactionBody, receipt: Receipt, rules: IntakeRules, at = ''): Transaction {
  const errors: FieldError[] = [];
  const warnings: string[] = [];
  const id = body.id ?? receipt.id;
  need(errors, `${at}/id`, unfitId(id));
  need(errors, `${at}/userId`, unfitId(body.userId));
  const money = takeMoney(body.amount, body.currency, rules, errors, warnings, at);
  const { receivedAt } = receipt;
  let [time, offsetMinutes] = [receivedAt, 0];
  if (body.transactionDate !== undefined) {
    const instant = parseTime(body.transactionDate);
    if (!instant) need(errors, `${at}/transactionDate`, 'must be an RFC 3339 time from 1970 on');
    else if (instant.time > receivedAt + MAX_AHEAD_MS) {
      offsetMinutes = instant.offsetMinutes;
      warnings.push('transactionDate is more than 5 minutes ahead; the time of receipt is used.');
    } else ({ time, offsetMinutes } = instant);
  }
  const fields = takeFields(body, errors, warnings, at);
  warnOfUnknown(body, warnings);
  if (errors.length > 0) throw new AssayError('invalid_request', summary(errors), { errors });
  const dated = body.transactionDate !== undefined;
  return {
    id,
    userId: body.userId,
    type: body.type ?? 'payment',
    ...money,
    time,
    offsetMinutes,
    dated,
    receivedAt,
    ...fields,
    warnings,
  };
}

interface Money {
  amount: number;
  amountMinor: number;
  currency: string;
  amountBase: number;
  baseRate: number;
}

function takeMoney(
  amount: number,
  code: string | undefined,
  rules: IntakeRules,
  errors: FieldError[],
  warnings: string[],
  at: string,
): Money {
  const currency = code === undefined ? 'USD' : code.toUpperCase();
  if (!isCurrency(currency)) need(errors, `${at}/currency`, 'must be an ISO 4217 code');
  const told = currencyWarning(currency);
  if (told !== undefined) warnings.push(told);
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

const KNOWN = new Set<string>(FIELD_NAMES);
const UNKNOWN_TOLD = 5;
const NAME_CHARS = 40;

/** A field that is misspelt would go unnoticed, and with it what the payment is decided from. */
function warnOfUnknown(body: object, warnings: string[]): void {
  const unknown: string[] = [];
  for (const name in body) if (!KNOWN.has(name)) unknown.push(name);
  if (unknown.length === 0) return;
  const told = unknown.slice(0, UNKNOWN_TOLD).map((name) => {
    const meant = name.replace(/[_-]([a-z])/gi, (_, letter: string) => letter.toUpperCase());
    const shown = JSON.stringify(name.slice(0, NAME_CHARS));
    return meant !== name && KNOWN.has(meant) ? `${shown} (did you mean ${meant}?)` : shown;
  });
  const more = unknown.length > UNKNOWN_TOLD ? ` and ${unknown.length - UNKNOWN_TOLD} more` : '';
  warnings.push(`Not a field of a transaction, and left out: ${told.join(', ')}${more}.`);
}

/** The optional fields; an empty word counts as absent. */
function takeFields(body: Partial<TransactionBody>, errors: FieldError[], warnings: string[], at: string): Details {
  const fields: Record<string, unknown> = {};
  for (const name of DETAIL_NAMES) {
    const value = body[name];
    const { kind } = fieldOf(name);
    if (value === undefined || (value === '' && kind === 'words')) continue;
    const { kept, fault, warning } = taken(name, kind, value);
    if (warning !== undefined) warnings.push(warning);
    need(errors, `${at}/${name}`, fault);
    fields[name] = kept;
  }
  return fields;
}

interface Taken {
  kept: unknown;
  fault?: string | undefined;
  warning?: string | undefined;
}

/** A value of the right type as it is kept, what is wrong with it, and what to tell of it. */
function taken(name: string, kind: FieldKind, value: unknown): Taken {
  switch (kind) {
    case 'id':
      return { kept: value, fault: unfitId(value as string) };
    case 'words':
      return { kept: value, fault: unfit(value as string) };
    case 'ip': {
      const kept = canonicalAddress(value as string);
      return { kept, fault: kept === undefined ? 'must be an IPv4 or IPv6 address' : undefined };
    }
    case 'email':
      return {
        kept: value,
        fault: EMAIL.test(value as string) ? unfitId(value as string) : 'must be an e-mail address',
      };
    case 'country': {
      const known = country(value as string);
      if (known === undefined) return { kept: value, fault: 'must be an ISO 3166-1 alpha-2 code' };
      return { kept: known.code, warning: known.warning?.replace('country', name) };
    }
    case 'metadata':
      return { kept: value, fault: checkMetadata(value as Record<string, unknown>) };
    default:
      return { kept: value };
  }
}

export interface Amendment {
  changes: Record<string, unknown>;
  personal: Record<string, unknown>;
}

/** What an amendment changes, as the journal keeps it; null removes. `current` is the transaction as it reads now. */
export function takeAmendment(
  body: Record<string, unknown>,
  current: { amount: number; currency: string },
  now: number,
  rules: IntakeRules,
): Amendment {
  const errors: FieldError[] = [];
  const given = body as Partial<TransactionBody>;
  const changes: Record<string, unknown> = {};
  if (given.userId !== undefined) {
    need(errors, '/userId', unfitId(given.userId));
    changes.userId = given.userId;
  }
  if (given.amount !== undefined || given.currency !== undefined)
    Object.assign(
      changes,
      takeMoney(given.amount ?? current.amount, given.currency ?? current.currency, rules, errors, [], ''),
    );
  if (given.transactionDate !== undefined) {
    const instant = parseTime(given.transactionDate);
    if (!instant || instant.time > now + MAX_AHEAD_MS)
      need(errors, '/transactionDate', 'must be an RFC 3339 time from 1970 on and not ahead');
    else Object.assign(changes, instant, { dated: true });
  }
  const removed = DETAIL_NAMES.filter((name) => body[name] === null || body[name] === '');
  const kept = Object.fromEntries(DETAIL_NAMES.filter((n) => !removed.includes(n)).map((name) => [name, body[name]]));
  const personal: Record<string, unknown> = {};
  const place = (name: string, value: unknown) => {
    (isPersonal(name) ? personal : changes)[name] = value;
  };
  for (const [name, value] of Object.entries(takeFields(kept, errors, [], ''))) place(name, value);
  for (const name of removed) place(name, null);
  if (errors.length === 0 && Object.keys(changes).length + Object.keys(personal).length === 0)
    need(errors, '', 'must name at least one field that can change');
  if (errors.length > 0) throw new AssayError('invalid_request', summary(errors), { errors });
  return { changes, personal };
}

const HASHED = [...FIELD_NAMES].sort();

/** Tells a repetition from another body: over the fields that count, in a fixed order, as they were sent. */
export function transactionHash(body: TransactionBody): string {
  const known: Record<string, unknown> = {};
  for (const name of HASHED)
    if (body[name] !== undefined) known[name] = name === 'metadata' ? canonical(body.metadata) : body[name];
  return sha256(JSON.stringify(known)).slice(0, 32);
}

function need(errors: FieldError[], path: string, message: string | undefined): void {
  if (message !== undefined) errors.push({ path, message });
}

/** The first faults in one line. */
export function summary(errors: FieldError[]): string {
  const said = errors.slice(0, 3).map(({ path, message }) => `${path || 'The body'} ${message}`);
  return `${said.join('; ')}${errors.length > 3 ? `; and ${errors.length - 3} more` : ''}.`;
}
