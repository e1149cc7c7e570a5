/** C0 controls and DEL: never part of a name that people or machines pass around. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is what this looks for
const CONTROL = /[\u0000-\u001f\u007f]/;

/** Why a string cannot be kept as it is, or undefined. PostgreSQL's text holds no NUL, and UTF-8 no lone surrogate. */
export function unfit(text: string): string | undefined {
  if (text.includes('\u0000')) return 'must not contain the character U+0000';
  if (!text.isWellFormed()) return 'must be well-formed Unicode, without lone surrogates';
  return undefined;
}

/** The same for identifiers, which hold no control characters at all. */
export function unfitId(text: string): string | undefined {
  if (CONTROL.test(text)) return 'must not contain control characters';
  return unfit(text);
}

/** At most so many UTF-16 units of a text, without half a character at the end. */
export function cut(text: string, most: number): string {
  return text.length <= most ? text : text.slice(0, most).replace(/[\ud800-\udbff]$/, '');
}
