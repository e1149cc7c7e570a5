const MARK = '\uffff';

/**
 * PostgreSQL's text holds neither NUL nor half a surrogate pair; ids may. Such a text is kept as its JSON escapes behind
 * a mark that no sane text begins with, so that different ids stay different. Null stays null.
 */
export function storable(text: string): string;
export function storable(text: string | null): string | null;
export function storable(text: string | null): string | null {
  if (text === null) return null;
  if (text.isWellFormed() && !text.includes('\0') && !text.startsWith(MARK)) return text;
  return MARK + JSON.stringify(text).slice(1, -1);
}

/** The text that `storable` was given. */
export function restored(text: string): string;
export function restored(text: string | null): string | null;
export function restored(text: string | null): string | null {
  return text?.startsWith(MARK) ? JSON.parse(`"${text.slice(1)}"`) : text;
}

/** RFC 3339. Beyond what PostgreSQL and Date can hold means before or after everything. */
export function moment(ms: number): string {
  return new Date(Math.max(-62_135_596_800_000, Math.min(253_402_300_799_999, Math.floor(ms)))).toISOString();
}
