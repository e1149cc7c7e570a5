import type { ColumnMap } from '../training/column-map.ts';
import { type Figure, figureReader } from '../training/figure.ts';
import { writingsOf } from '../training/header.ts';
import { firstRows } from '../training/history-file.ts';
import { detectStyle } from '../training/number-style.ts';

export interface LabelNumbers {
  read(name: string, text: string): Figure | undefined;
  /** What else there is to say of a text that was not read. */
  hint(name: string, text: string): string | undefined;
}

/** How a file of disputes writes the numbers under these names, as histories have theirs found. Throws an `Undecided` where only the map can say. */
export async function labelNumbers(
  path: string,
  map: ColumnMap,
  names: readonly string[],
  say: (text: string) => void,
): Promise<LabelNumbers> {
  const { header, rows, typed } = await firstRows(path);
  const written = writingsOf(header);
  const columnOf = (name: string) => written([map.columns[name] ?? name].flat()[0]);
  const columns = names.map(columnOf).filter((column) => header.includes(column) && !typed.has(column));
  const cells = (column: string) => rows.map((fields) => fields[header.indexOf(column)]);
  const { style, words } = detectStyle(
    columns.map((name) => ({ name, cells: cells(name) })),
    map,
  );
  if (words !== undefined && map.decimal === undefined) say(words);
  const plain = figureReader({ ...map, ...style });
  const exact = figureReader({ decimal: '.', thousands: '' });
  const readerOf = (name: string) => (typed.has(columnOf(name)) ? exact : plain);
  return {
    read: (name, text) => readerOf(name).read(text),
    hint: (name, text) => (readerOf(name).read(text) === undefined ? readerOf(name).hint(text) : undefined),
  };
}
