/**
 * Where a page ended: two whole numbers, the first that the list is ordered by, the second that tells equals apart. Opaque to
 * clients, but every text of this form is a place in every list: a page begins after it, whether something stands there or not.
 */
export interface Cursor {
  place: bigint;
  tie: number;
}

export const CURSOR_PATTERN = '^\\d{1,20}\\.\\d{1,15}$';
const FORM = new RegExp(CURSOR_PATTERN);

export function writeCursor(place: bigint | number, tie: number): string {
  return `${place}.${tie}`;
}

/** Undefined where the text is none. */
export function readCursor(text: string): Cursor | undefined {
  if (!FORM.test(text)) return undefined;
  const [place, tie] = text.split('.');
  return { place: BigInt(place), tie: Number(tie) };
}
