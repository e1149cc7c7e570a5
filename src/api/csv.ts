import { guarded, guardedAtStart, NEEDS_QUOTES } from '../domain/formula-guard.ts';

/** A line of CSV (RFC 4180) with its end. Nested values are JSON. */
export function csvLine(values: readonly unknown[]): string {
  return `${values.map(cell).join(',')}\r\n`;
}

/** Rows as CSV, the columns those of all rows in order of first sight. */
export function toCsv(rows: readonly Record<string, unknown>[]): string {
  const columns = columnsOf(rows);
  return [csvLine(columns), ...rows.map((row) => csvLine(columns.map((column) => row[column])))].join('');
}

export function columnsOf(rows: readonly Record<string, unknown>[]): string[] {
  return [...new Set(rows.flatMap((row) => Object.keys(row)))];
}

function cell(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  // JSON begins with a bracket and stays JSON.
  const text = typeof value === 'string' ? guarded(value) : guardedAtStart(JSON.stringify(value));
  return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
