/** Texts by code points, as CEL counts them; JavaScript counts UTF-16 units, of which 😀 has two. Undefined: no such place. */

const SURROGATE = /[\ud800-\udfff]/;

export function length(text: string): number {
  if (!SURROGATE.test(text)) return text.length;
  let count = 0;
  for (let i = 0; i < text.length; i += isPair(text, i) ? 2 : 1) count++;
  return count;
}

const isPair = (text: string, i: number) => text.codePointAt(i)! > 0xffff;

export const characters = (text: string): string[] => Array.from(text);

/** The offset in UTF-16 units of a place in code points. */
function unitsOf(text: string, place: number): number | undefined {
  if (!Number.isInteger(place) || place < 0) return undefined;
  let units = 0;
  for (let i = 0; i < place; i++) {
    if (units >= text.length) return undefined;
    units += isPair(text, units) ? 2 : 1;
  }
  return units;
}

const placeOf = (text: string, units: number) => length(text.slice(0, units));

export function charAt(text: string, place: number): string | undefined {
  const units = unitsOf(text, place);
  if (units === undefined) return undefined;
  return units === text.length ? '' : String.fromCodePoint(text.codePointAt(units)!);
}

export function substring(text: string, from: number, to?: number): string | undefined {
  const start = unitsOf(text, from);
  const end = to === undefined ? text.length : unitsOf(text, to);
  return start === undefined || end === undefined || start > end ? undefined : text.slice(start, end);
}

/** -1 where the part is not found; an empty part is found where the search starts. */
export function indexOf(text: string, part: string, from = 0): number | undefined {
  const start = unitsOf(text, from);
  if (start === undefined) return undefined;
  const found = text.indexOf(part, start);
  return found < 0 ? -1 : placeOf(text, found);
}

export function lastIndexOf(text: string, part: string, from?: number): number | undefined {
  const start = from === undefined ? text.length : unitsOf(text, from);
  if (start === undefined) return undefined;
  const found = text.lastIndexOf(part, start);
  return found < 0 ? -1 : placeOf(text, found);
}

/** Without Unicode's white space (the property White_Space) at both ends. */
export const trim = (text: string): string => text.replace(/^\p{White_Space}+|\p{White_Space}+$/gu, '');
