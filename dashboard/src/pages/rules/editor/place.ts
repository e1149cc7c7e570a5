/** The offset of a line and column, both from 1 and in UTF-16 units; never past the line or the text. */
export function offsetOf(text: string, line: number, column: number): number {
  const ends = /\r\n|\r|\n/g;
  let start = 0;
  for (let n = 1; n < line; n++) {
    if (!ends.exec(text)) return text.length;
    start = ends.lastIndex;
  }
  const end = ends.exec(text)?.index ?? text.length;
  return Math.min(start + column - 1, end);
}
