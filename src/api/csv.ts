import { guarded, guardedAtStart, NEEDS_QUOTES } from '../domain/formula-guard.ts';

/** A line of CSV (RFC 4180) with its end. Nested values are JSON. */
export function csvLine(values: readonly unknown[]): string {
  return `${values.map(cell).join(',')}\r\n`;
}

/** Rows as lines of CSV, by their columns; a last one, `other`, holds what has none. */
export function csvRows(columns: readonly string[], rows: readonly Record<string, unknown>[]): string {
  const known = new Set(columns);
  return rows
    .map((row) => {
      const others = Object.entries(row).filter(([name]) => !known.has(name));
      return csvLine([...columns.map((name) => row[name]), others.length > 0 ? Object.fromEntries(others) : undefined]);
    })
    .join('');
}

export const csvHead = (columns: readonly string[]): string => csvLine([...columns, 'other']);

function cell(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  // JSON begins with a bracket and stays JSON.
  const text = typeof value === 'string' ? guarded(value) : guardedAtStart(JSON.stringify(value));
  return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
