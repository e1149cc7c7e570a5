const SEPARATORS = ';,\\t|\\r\\n';
/** What a spreadsheet takes for the beginning of a formula, in either width. */
const STARTERS = '=+\\-@＝＋－＠';
/** Blanks and marks that are not seen, before which it looks for one. */
const UNSEEN = '\\s\\u0000-\\u001f\\u00ad\\u200b-\\u200f\\u2060\\ufeff';
const AT_START = new RegExp(`^(?:['${UNSEEN}]*[${STARTERS}]|'*[\\t\\r\\n])`);
const AFTER_SEPARATOR = new RegExp(`([${SEPARATORS}]["'${UNSEEN}]*)(?=[${STARTERS}])`, 'g');
const GUARDED_AT_START = new RegExp(`^'(?=['${UNSEEN}]*[${STARTERS}]|'*[\\t\\r\\n])`);
const GUARDED_AFTER_SEPARATOR = new RegExp(`([${SEPARATORS}]["'${UNSEEN}]*)'(?=[${STARTERS}])`, 'g');

/** What makes a cell of CSV be quoted. */
export const NEEDS_QUOTES = new RegExp(`["${SEPARATORS}${UNSEEN}]`);

/**
 * An apostrophe makes text of what a spreadsheet would run: at the beginning, and where the file is read with another separator than
 * the comma.
 */
export function guarded(text: string): string {
  return guardedAtStart(text.replaceAll(AFTER_SEPARATOR, "$1'"));
}

/** The beginning alone: for JSON, whose quotes keep it in one cell. */
export function guardedAtStart(text: string): string {
  return AT_START.test(text) ? `'${text}` : text;
}

/** The text that was guarded: `unguarded(guarded(text))` is `text`. */
export function unguarded(cell: string): string {
  return cell.replace(GUARDED_AT_START, '').replaceAll(GUARDED_AFTER_SEPARATOR, '$1');
}
