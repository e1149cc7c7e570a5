const MOST_DIGITS = 15;
const POWERS = Array.from({ length: MOST_DIGITS + 1 }, (_, digits) => 10 ** digits);

/**
 * `Number(text)` of digits with at most a sign and a point, by one division of two whole numbers that a double holds, which is
 * rounded as the text's own value is. NaN for anything else, which is not to say that it is no number.
 */
export function shortDecimal(text: string): number {
  const isNegative = text.charCodeAt(0) === 45;
  let point = -1;
  let digits = 0;
  let whole = 0;
  for (let i = isNegative ? 1 : 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 46 && point < 0) {
      point = i;
      continue;
    }
    if (code < 48 || code > 57 || ++digits > MOST_DIGITS) return Number.NaN;
    whole = whole * 10 + (code - 48);
  }
  if (digits === 0) return Number.NaN;
  const value = point < 0 ? whole : whole / POWERS[text.length - 1 - point];
  return isNegative ? -value : value;
}
