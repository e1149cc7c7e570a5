import { EXACT, type FigureReader, figureReader, type NumberStyle } from './figure.ts';
import { writingsOf } from './header.ts';
import { firstRows } from './history-file.ts';
import { detectStyle } from './number-style.ts';

/**
 * How a file that is no history writes the numbers of these columns, in whatever case its header has them: what is not said its first rows
 * tell. Gives the reader of each. Throws an `Undecided` where only the map can say.
 */
export async function fileNumbers(
  path: string,
  names: readonly string[],
  said: NumberStyle,
  say: (text: string) => void,
): Promise<(name: string) => FigureReader> {
  const { header, rows, typed } = await firstRows(path);
  const written = writingsOf(header);
  const columns = names.map(written).filter((name) => header.includes(name) && !typed.has(name));
  const cells = (name: string) => rows.map((fields) => fields[header.indexOf(name)]);
  const { style, words } = detectStyle(
    columns.map((name) => ({ name, cells: cells(name) })),
    said,
  );
  if (words !== undefined && said.decimal === undefined) say(words);
  const plain = figureReader({ ...said, ...style });
  return (name) => (typed.has(written(name)) ? EXACT : plain);
}
