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

/** RFC 3339 with the given offset, to the millisecond. */
export function rfc3339(time: number, offsetMinutes: number): string {
  const local = new Date(time + offsetMinutes * 60_000).toISOString();
  if (offsetMinutes === 0) return local;
  const minutes = Math.abs(offsetMinutes);
  const two = (value: number) => (value < 10 ? `0${value}` : String(value));
  return `${local.slice(0, 23)}${offsetMinutes < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/** One line of the CSV, newline included. No value of the generator needs quotes. */
export function toCsv(row: GeneratedTransaction): string {
  const labelled = row.labelledAt === undefined ? '' : new Date(row.labelledAt).toISOString();
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
  const labelledAt = row.labelledAt === undefined ? undefined : new Date(row.labelledAt).toISOString();
  const { isFraud, fraudKind } = row;
  return `${JSON.stringify({ ...toBody(row, true), isFraud, fraudKind, labelledAt })}\n`;
}
