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
    `${row.id},${row.userId},${row.amount},${row.currency ?? ''},${row.productCategory ?? ''},` +
    `${row.customerLocation ?? ''},${row.accountAgeDays ?? ''},${rfc3339(row.time, row.offsetMinutes)},` +
    `${row.merchantId ?? ''},${row.cardId ?? ''},${row.deviceId ?? ''},${row.ip ?? ''},${row.email ?? ''},` +
    `${row.country ?? ''},${row.latitude ?? ''},${row.longitude ?? ''},${row.channel ?? ''},` +
    `${row.isFraud ? 1 : 0},${row.fraudKind ?? ''},${labelled}\n`
  );
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
  };
}

/** One line of JSON, newline included: the CSV's columns by name, absent ones left out. */
export function toJsonLine(row: GeneratedTransaction): string {
  const labelledAt = row.labelledAt === undefined ? undefined : rfc3339(row.labelledAt, 0);
  const { isFraud, fraudKind } = row;
  return `${JSON.stringify({ ...toBody(row, true), isFraud, fraudKind, labelledAt })}\n`;
}
