/** Money, times and lengths of time as people write them. */

const moneyFormats = new Map<string, Intl.NumberFormat>();

/** "$1,250.00"; major units. */
export function money(value: number, currency: string): string {
  let format = moneyFormats.get(currency);
  if (format === undefined) {
    format = new Intl.NumberFormat('en-GB', { style: 'currency', currency, currencyDisplay: 'narrowSymbol' });
    moneyFormats.set(currency, format);
  }
  return format.format(value);
}

const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = [
  ...['January', 'February', 'March', 'April', 'May', 'June', 'July'],
  ...['August', 'September', 'October', 'November', 'December'],
];

/** "Tuesday 3 March 2026 at 02:14": the clock of whoever paid. */
export function moment(time: number, offsetMinutes: number): string {
  const local = new Date(time + offsetMinutes * 60_000);
  if (Number.isNaN(local.getTime())) return 'an unknown day';
  const clock = local.toISOString().slice(11, 16);
  return `${WEEKDAYS[local.getUTCDay()]} ${local.getUTCDate()} ${MONTHS[local.getUTCMonth()]} ${local.getUTCFullYear()} at ${clock}`;
}

/** "1 payment", "3 payments"; grouped from a thousand on. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${grouped.format(count)} ${count === 1 ? one : many}`;
}

const grouped = new Intl.NumberFormat('en-GB');
