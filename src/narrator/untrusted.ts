/** Text of strangers, made fit to be read by a model: bounded, and without what is not seen or closes a mark. */

const MAX_TEXT = 80;
const MAX_KEYS = 8;
const MAX_FIELDS = 12;
/** Controls, unpaired surrogates, and what is invisible or turns the direction of writing. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\u2028\u2029\u{E0000}-\u{E0FFF}]+/gu;

/** One line of at most 80 characters. Look-alike letters of other widths become plain, so that they hide nothing. */
export function cleanText(text: string): string {
  const short = text
    .slice(0, MAX_TEXT * 8)
    .normalize('NFKC')
    .replace(UNSEEN, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return [...short].slice(0, MAX_TEXT).join('');
}

/** Strings, numbers and yes or no; of what is nested one level, and no more than a few fields. */
export function cleanFields(fields: Record<string, unknown>): Record<string, string | number | boolean> {
  const cleaned: Record<string, string | number | boolean> = {};
  const put = (name: string, value: unknown) => {
    if (Object.keys(cleaned).length >= MAX_FIELDS) return;
    if (typeof value === 'string') cleaned[name] = cleanText(value);
    else if (typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))) cleaned[name] = value;
  };
  for (const [name, value] of Object.entries(fields)) {
    if (typeof value !== 'object' || value === null) put(cleanText(name), value);
    else for (const [key, inner] of Object.entries(value).slice(0, MAX_KEYS)) put(cleanText(`${name}.${key}`), inner);
  }
  return cleaned;
}

/** JSON in which no character can open or close anything around it. */
export function escapedJson(value: unknown): string {
  return JSON.stringify(value, undefined, 1).replace(/[<>&`]|[^\p{ASCII}]/gu, (character) =>
    [...Array(character.length).keys()]
      .map((i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}
