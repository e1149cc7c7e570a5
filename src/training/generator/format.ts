import type { GeneratedTransaction } from './transaction.ts';

/** The columns of the CSV, in order. */
export const COLUMNS = [
  'id',
  'userId',
  'amount',
  'currency',
  'productCategory',
  'customerLocation',
  'accountAgeDays',
  'transactionDate',
  'merchantId',
  'cardId',
  'deviceId',
  'ip',
  'email',
  'country',
  'latitude',
  'longitude',
  'channel',
  'isFraud',
  'fraudKind',
  'labelledAt',
  'type',
  'cardBin',
  'cardLast4',
  'cardBrand',
  'cardCountry',
  'cardFunding',
  'instrument',
  'remote',
  'initiator',
  'payeeId',
  'mcc',
  'outcome',
  'outcomeCode',
  'avs',
  'cvc',
  'threeDS',
  'outcomeAt',
  'settledAt',
  'refundedAt',
  'refundedAmount',
  'warnedAt',
  'disputedAt',
  'disputeScheme',
  'disputeCode',
  'disputeStatus',
  'disputeClosedAt',
] as const;

export const CSV_HEADER = `${COLUMNS.join(',')}\n`;

const DAY = 86_400_000;
const TWO = Array.from({ length: 60 }, (_, value) => String(value).padStart(2, '0'));
const DAYS_KEPT = 64;
const days = new Map<number, string>();

/** `2026-01-01T` of a day since the epoch; rows come in time order, so few days are asked for again and again. */
function dayText(day: number): string {
  const known = days.get(day);
  if (known !== undefined) return known;
  if (days.size >= DAYS_KEPT) days.clear();
  const text = new Date(day * DAY).toISOString().slice(0, 11);
  days.set(day, text);
  return text;
}

/** RFC 3339 with the given offset, to the millisecond. Four times as quick as by way of `Date`. */
export function rfc3339(time: number, offsetMinutes: number): string {
  const local = time + offsetMinutes * 60_000;
  const day = Math.floor(local / DAY);
  const ms = local - day * DAY;
  const seconds = Math.floor(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  const rest = String(ms - seconds * 1000).padStart(3, '0');
  const clock = `${TWO[Math.floor(minutes / 60)]}:${TWO[minutes % 60]}:${TWO[seconds % 60]}.${rest}`;
  if (offsetMinutes === 0) return `${dayText(day)}${clock}Z`;
  const away = Math.abs(offsetMinutes);
  return `${dayText(day)}${clock}${offsetMinutes < 0 ? '-' : '+'}${TWO[Math.floor(away / 60)]}:${TWO[away % 60]}`;
}

/** One line of the CSV, newline included. No value of the generator needs quotes. */
export function toCsv(row: GeneratedTransaction): string {
  const labelled = row.labelledAt === undefined ? '' : rfc3339(row.labelledAt, 0);
  return (
    `${row.id},${row.userId},${row.amount ?? ''},${row.currency ?? ''},${row.productCategory ?? ''},` +
    `${row.customerLocation ?? ''},${row.accountAgeDays ?? ''},${rfc3339(row.time, row.offsetMinutes)},` +
    `${row.merchantId ?? ''},${row.cardId ?? ''},${row.deviceId ?? ''},${row.ip ?? ''},${row.email ?? ''},` +
    `${row.country ?? ''},${row.latitude ?? ''},${row.longitude ?? ''},${row.channel ?? ''},` +
    `${row.isFraud ? 1 : 0},${row.fraudKind ?? ''},${labelled},` +
    `${row.type === 'payment' ? '' : row.type},${row.cardBin ?? ''},${row.cardLast4 ?? ''},${row.cardBrand ?? ''},${row.cardCountry ?? ''},` +
    `${row.cardFunding ?? ''},${row.instrument ?? ''},${row.remote ?? ''},${row.initiator ?? ''},${row.payeeId ?? ''},` +
    `${row.mcc ?? ''}${lifeColumns(row)}\n`
  );
}

/** What became of a payment, flat, in the order of its columns. */
function lifeFields({ life }: GeneratedTransaction): Record<string, string | number | undefined> {
  const { outcome, settledAt, refund, warning, dispute } = life;
  return {
    outcome: outcome?.type,
    outcomeCode: outcome?.code,
    avs: outcome?.avs,
    cvc: outcome?.cvc,
    threeDS: outcome?.threeDS,
    outcomeAt: utc(outcome?.at),
    settledAt: utc(settledAt),
    refundedAt: utc(refund?.at),
    refundedAmount: refund?.amount,
    warnedAt: utc(warning?.at),
    disputedAt: utc(dispute?.at),
    disputeScheme: dispute?.scheme,
    disputeCode: dispute?.reasonCode,
    disputeStatus: dispute?.status,
    disputeClosedAt: utc(dispute?.closedAt),
  };
}

function lifeColumns(row: GeneratedTransaction): string {
  let text = '';
  for (const value of Object.values(lifeFields(row))) text += `,${value ?? ''}`;
  return text;
}

function utc(time: number | undefined): string | undefined {
  return time === undefined ? undefined : rfc3339(time, 0);
}
/** The body that the API takes: without the truth, and with the date only where `dated`. */
export function toBody(row: GeneratedTransaction, dated: boolean): Record<string, unknown> {
  return {
    id: row.id,
    userId: row.userId,
    amount: row.amount,
    currency: row.currency,
    productCategory: row.productCategory,
    customerLocation: row.customerLocation,
    accountAgeDays: row.accountAgeDays,
    transactionDate: dated ? rfc3339(row.time, row.offsetMinutes) : undefined,
    merchantId: row.merchantId,
    cardId: row.cardId,
    deviceId: row.deviceId,
    ip: row.ip,
    email: row.email,
    country: row.country,
    latitude: row.latitude,
    longitude: row.longitude,
    channel: row.channel,
    type: row.type === 'payment' ? undefined : row.type,
    cardBin: row.cardBin,
    cardLast4: row.cardLast4,
    cardBrand: row.cardBrand,
    cardCountry: row.cardCountry,
    cardFunding: row.cardFunding,
    instrument: row.instrument,
    remote: row.remote,
    initiator: row.initiator,
    payeeId: row.payeeId,
    mcc: row.mcc,
  };
}

/** One line of JSON, newline included: the CSV's columns by name, absent ones left out. */
export function toJsonLine(row: GeneratedTransaction): string {
  const labelledAt = row.labelledAt === undefined ? undefined : rfc3339(row.labelledAt, 0);
  const { isFraud, fraudKind } = row;
  return `${JSON.stringify({ ...toBody(row, true), isFraud, fraudKind, labelledAt, ...lifeFields(row) })}\n`;
}
