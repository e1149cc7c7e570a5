/** What a text that people search for may mean. */

const AMOUNT = /^([a-z]{3})?\s*[$€£¥]?\s*(\d[\d.,]*)\s*([a-z]{3}|[€$£¥])?$/i;

/** Amounts in major units that a text may name, `1,000` two of them; `currency` where it says one. */
export function amountsIn(text: string): { amounts: number[]; currency?: string } {
  const [, before, digits, after] = AMOUNT.exec(text.trim()) ?? [];
  if (digits === undefined) return { amounts: [] };
  const readings = [digits, digits.replace(',', '.')];
  if (/^\d{1,3}(,\d{3})+(\.\d+)?$/.test(digits)) readings.push(digits.replaceAll(',', ''));
  if (/^\d{1,3}(\.\d{3})+(,\d+)?$/.test(digits)) readings.push(digits.replaceAll('.', '').replace(',', '.'));
  const amounts = new Set(readings.map(Number).filter((amount) => Number.isFinite(amount)));
  const currency = [before, after].find((word) => word?.length === 3)?.toUpperCase();
  return { amounts: [...amounts], ...(currency === undefined ? {} : { currency }) };
}

/** Words in lower case, at most eight; letters and digits alone. */
export function wordsIn(text: string): string[] {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.slice(0, 8);
}
