import { currencyCode, currencyWarning, toMajor, toMinor } from '../domain/currency.ts';
import { DISPUTE_STATUSES, type DisputeStatus, disputeWord } from '../domain/dispute.ts';
import { AssayError, type FieldError } from '../domain/errors.ts';
import { LABEL_EARLY_MS, LABEL_SOURCES, labelRank } from '../domain/label.ts';
import { PAYMENT_EVENT_TYPES, type PaymentEventType } from '../domain/payment-event.ts';
import { DISPUTE_KINDS, type DisputeKind, isKnownCode, isNoFraudCode, reasonOf } from '../domain/reason-codes.ts';
import type { DisputeData, EventData, LabelData } from '../domain/records.ts';
import { summary } from './faults.ts';
import { roundedWarning } from './money.ts';
import { unfit, unfitId } from './text.ts';
import { parseTime, unzonedWarning } from './time.ts';

/** What is told of a payment, checked by every door in the same way. */
export interface Subject {
  /** The payment's event time, milliseconds. */
  time: number;
  currency: string;
  /** What was paid, major units; null where nothing was. */
  amount: number | null;
  /** When it is told, milliseconds. */
  now: number;
}

/** A payment as it was decided. */
export function subjectDecided({ time, currency, amount }: Omit<Subject, 'now'>, now: number): Subject {
  return { time, currency, amount, now };
}

/** The same as the database shows it, amended perhaps: what is told of it later is in the currency that it has now. */
export function subjectShown({ transactionDate, currency, amount }: Fields, now: number): Subject {
  const paid = typeof amount === 'number' ? amount : null;
  return { time: Date.parse(String(transactionDate)), currency: String(currency), amount: paid, now };
}

/** How far ahead of ours a processor's clock may be. */
const AHEAD_MS = 5 * 60_000;
const MAX_AMOUNT = 1e12;
const MAX_NOTE = 2_000;
export const MAX_CODE = 64;
const LABEL_WORDS = ['fraud', 'legitimate', 'none'] as const;

type Fields = Record<string, unknown>;
/** A record's data, but for which payment it is told of and by whom. */
export type Told<T> = Omit<T, 'transactionId' | 'event' | 'by'>;
interface Taken<T> {
  data: Told<T>;
  /** What of it is not known here, or taken otherwise than it was sent, or hardly meant. */
  warnings: string[];
}

export function takeLabel(body: Fields, subject: Subject, labelId: string): Taken<LabelData> {
  const errors: FieldError[] = [];
  const label = oneOf(errors, body, 'label', LABEL_WORDS);
  const source = oneOf(errors, body, 'source', LABEL_SOURCES);
  const note = words(errors, body, 'note', MAX_NOTE);
  const reasonCode = words(errors, body, 'reasonCode', MAX_CODE);
  const pinned = body.pinned ?? false;
  if (typeof pinned !== 'boolean') errors.push({ path: '/pinned', message: 'must be true or false' });
  const occurredAt = moment(errors, body, 'occurredAt', subject, 0);
  refuse(errors);
  const isPinned = pinned === true;
  const data: Told<LabelData> = {
    ...{ labelId, label: label!, source: source!, rank: labelRank(source!, isPinned) },
    ...(isPinned ? { pinned: true } : {}),
    ...present({ note, reasonCode, occurredAt }),
  };
  return { data, warnings: [...timeWarnings(body, 'occurredAt'), ...codeWarnings(label!, source!, reasonCode)] };
}

/** A label says what it says, whatever code stands beside it; a dispute goes by its code. Who is no scheme may have codes of its own. */
function codeWarnings(label: string, source: string, code: string | undefined): string[] {
  if (!code) return [];
  if (source === 'chargeback' && !isKnownCode(code))
    return [`reasonCode ${code} is in no scheme that is known here; it is kept as it is, and changes nothing.`];
  if (label !== 'fraud' || !isNoFraudCode(code)) return [];
  return [
    `reasonCode ${code} is no code of fraud in any scheme that is known here, and fraud is recorded all the same; as a dispute it would label nothing.`,
  ];
}

export function takeDispute(body: Fields, subject: Subject): Taken<DisputeData> {
  const errors: FieldError[] = [];
  const disputeId = String(body.id ?? '');
  const fault = typeof body.id === 'string' ? unfitId(body.id) : 'must be a string';
  if (fault) errors.push({ path: '/id', message: fault });
  const kind = oneOf(errors, body, 'kind', DISPUTE_KINDS);
  const status = oneOf(errors, body, 'status', DISPUTE_STATUSES);
  const scheme = schemeOf(words(errors, body, 'scheme', MAX_CODE, true) ?? '');
  const reasonCode = (words(errors, body, 'reasonCode', MAX_CODE, true) ?? '').trim();
  const reportedAt = moment(errors, body, 'reportedAt', subject, 0, true);
  const currency = currencyOf(errors, body) ?? subject.currency;
  const amount = amountOf(errors, body, currency);
  refuse(errors);
  const data: Told<DisputeData> = {
    ...{ disputeId, kind: kind!, scheme, reasonCode, reportedAt: reportedAt!, status: status! },
    ...(amount === undefined ? {} : { amount: toMajor(amount, currency), currency }),
    ...{ label: wordOf(scheme, kind!, reasonCode, status!), rank: labelRank('dispute') },
  };
  const warning = currencyWarning(currency);
  return {
    data,
    warnings: [
      ...timeWarnings(body, 'reportedAt'),
      ...reasonWarnings(scheme, kind!, reasonCode),
      ...(warning && amount ? [warning] : []),
      ...amountWarnings(body, data.amount, currency, subject),
    ],
  };
}

/** Of a time that was taken. */
function timeWarnings(body: Fields, name: string): string[] {
  const value = body[name];
  return typeof value === 'string' && parseTime(value)?.unzoned ? [unzonedWarning(name)] : [];
}

function amountWarnings(body: Fields, amount: number | undefined, currency: string, of: Subject): string[] {
  if (amount === undefined) return [];
  const rounded = roundedWarning(body.amount as number, amount, currency);
  const isMore = currency === of.currency && of.amount !== null && amount > of.amount;
  return [
    ...(rounded ? [rounded] : []),
    ...(isMore ? [`amount ${amount} ${currency} is more than the payment's ${of.amount} ${of.currency}.`] : []),
  ];
}

function wordOf(scheme: string, kind: DisputeKind, reasonCode: string, status: DisputeStatus): 'fraud' | 'none' {
  return disputeWord(scheme, kind, reasonCode, status) === 'fraud' ? 'fraud' : 'none';
}

function reasonWarnings(scheme: string, kind: DisputeKind, code: string): string[] {
  return reasonOf(scheme, kind, code) ? [] : [`reasonCode ${code} of ${scheme} is not known here: it labels nothing.`];
}

export function takeEvent(body: Fields, subject: Subject, eventId: string): Taken<EventData> {
  const errors: FieldError[] = [];
  const type = oneOf(errors, body, 'type', PAYMENT_EVENT_TYPES) as PaymentEventType | undefined;
  const at = moment(errors, body, 'at', subject, AHEAD_MS, true);
  const amountMinor = amountOf(errors, body, subject.currency);
  const [code, avs, cvc, threeDS] = ['code', 'avs', 'cvc', 'threeDS'].map((name) =>
    words(errors, body, name, MAX_CODE),
  );
  refuse(errors);
  const amount = amountMinor === undefined ? undefined : toMajor(amountMinor, subject.currency);
  const data: Told<EventData> = {
    ...{ eventId, type: type!, at: at! },
    ...(amount === undefined ? {} : { amount, amountMinor }),
    ...present({ code, avs, cvc, threeDS }),
  };
  return { data, warnings: [...timeWarnings(body, 'at'), ...amountWarnings(body, amount, subject.currency, subject)] };
}

const SCHEMES: Record<string, string> = {
  ...{ americanexpress: 'amex', mc: 'mastercard', sepadebit: 'sepa', sepadirectdebit: 'sepa' },
};

/** In lower case, and under one name. */
export function schemeOf(text: string): string {
  const written = text.trim().toLowerCase();
  const bare = written.replaceAll(/[\s_-]/g, '');
  return Object.hasOwn(SCHEMES, bare) ? SCHEMES[bare] : written;
}

function refuse(errors: FieldError[]): void {
  if (errors.length > 0) throw new AssayError('invalid_request', summary(errors), { errors });
}

function oneOf<T extends string>(
  errors: FieldError[],
  body: Fields,
  name: string,
  values: readonly T[],
): T | undefined {
  const value = values.find((each) => each === body[name]);
  if (value === undefined) errors.push({ path: `/${name}`, message: `must be one of ${values.join(', ')}` });
  return value;
}

/** By characters, as the document says, and not by UTF-16's halves. */
const longerThan = (text: string, most: number) =>
  text.length > most && (text.length > 2 * most || [...text].length > most);

function words(errors: FieldError[], body: Fields, name: string, most: number, isNeeded = false): string | undefined {
  const value = body[name] ?? undefined;
  if (value === undefined && !isNeeded) return undefined;
  const fault =
    typeof value !== 'string'
      ? 'must be a string'
      : longerThan(value, most)
        ? `must have at most ${most} characters`
        : isNeeded && value.trim() === ''
          ? 'must not be empty'
          : unfit(value);
  if (fault) errors.push({ path: `/${name}`, message: fault });
  return fault ? undefined : (value as string);
}

/** Not in the future, and no more than a day before its payment: processors send dates without a time. */
function moment(
  errors: FieldError[],
  body: Fields,
  name: string,
  { time, now }: Subject,
  aheadMs: number,
  isNeeded = false,
): number | undefined {
  const value = body[name] ?? undefined;
  if (value === undefined && !isNeeded) return undefined;
  const told = typeof value === 'string' ? parseTime(value)?.time : undefined;
  const fault =
    told === undefined
      ? 'must be an RFC 3339 time'
      : told > now + aheadMs
        ? 'must not be in the future'
        : told < time - LABEL_EARLY_MS
          ? `must not be more than 24 h before the payment, ${new Date(time).toISOString()}`
          : undefined;
  if (fault) errors.push({ path: `/${name}`, message: fault });
  return fault ? undefined : told;
}

function currencyOf(errors: FieldError[], body: Fields): string | undefined {
  const value = body.currency ?? undefined;
  if (value === undefined) return undefined;
  const code = typeof value === 'string' ? currencyCode(value) : undefined;
  if (code !== undefined) return code;
  errors.push({ path: '/currency', message: 'must be an ISO 4217 currency' });
  return undefined;
}

/** Minor units. */
function amountOf(errors: FieldError[], body: Fields, currency: string): number | undefined {
  const value = body.amount ?? undefined;
  if (value === undefined) return undefined;
  const isAmount = typeof value === 'number' && value >= 0 && value <= MAX_AMOUNT;
  const minor = isAmount ? toMinor(value, currency) : Number.NaN;
  if (Number.isSafeInteger(minor)) return minor;
  errors.push({ path: '/amount', message: `must be a number from 0 to ${MAX_AMOUNT} that the currency can hold` });
  return undefined;
}

function present<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
}
