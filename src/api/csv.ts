const SEPARATORS = ';,\\t|\\r\\n';
/** What a spreadsheet takes for the beginning of a formula, in either width. */
const STARTERS = '=+\\-@＝＋－＠';
/** Blanks and marks that are not seen, before which it looks for one. */
const UNSEEN = '\\s\\u0000-\\u001f\\u00ad\\u200b-\\u200f\\u2060\\ufeff';
const AT_START = new RegExp(`^(?:[${UNSEEN}]*[${STARTERS}]|[\\t\\r\\n])`);
const AFTER_SEPARATOR = new RegExp(`([${SEPARATORS}]["'${UNSEEN}]*)(?=[${STARTERS}])`, 'g');
const NEEDS_QUOTES = new RegExp(`["${SEPARATORS}${UNSEEN}]`);

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

/**
 * An apostrophe makes text of what a spreadsheet would run: at the beginning, and where the file is read with another separator than
 * the comma.
 */
function cell(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  const isText = typeof value === 'string';
  let text = isText ? value : JSON.stringify(value);
  // JSON begins with a bracket and stays JSON; its quotes keep it in one cell.
  if (isText) text = text.replaceAll(AFTER_SEPARATOR, "$1'");
  if (AT_START.test(text)) text = `'${text}`;
  return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
