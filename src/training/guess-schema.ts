import { entityTypesWith, isBuiltIn } from '../domain/entity.ts';
import type { OwnColumn, OwnSchema, OwnType } from '../domain/own-columns.ts';
import { ownBoolean, ownNumber, ownTime } from '../domain/own-values.ts';
import { trainingCatalogue } from '../features/catalogue.ts';
import { ownFeatures } from '../features/own.ts';
import type { CellsOf } from './guess-columns.ts';

/** Fields of the API that the catalogue has no features of. */
const SPARE = ['cardBrand', 'cardFunding', 'cardCountry', 'instrument', 'mcc', 'customerLocation', 'initiator'];
/** What a column may tell that nobody knows when the payment is decided. */
const TELLS_TRUTH = /fraud|chargeback|charge_back|dispute|label|scenario|target|isflagged/i;
/** Digits under such a name count nothing. */
const NAMES_SOMETHING =
  /(?:^|_|-|\b)(?:id|zip|postal|postcode|code|phone|tel|mobile|account|number|no|bin)(?:$|_|-|\b)|(?:Id|Zip|Code|Phone)$/i;
const ROWS_PER_WORD = 100;
const WORDS_FEW = 60;
const MOST: Partial<Record<OwnType, number>> = { entity: 8, category: 40, number: 80 };

export interface GuessedSchema {
  schema: OwnSchema;
  /** Columns that were left out, each with why. */
  left: Record<string, string>;
}

/**
 * What the columns may be that are no field of the API: numbers, words, yes or no, times, places, and entities, of which several rows
 * name the same. `mapped` are the API's fields, by their columns.
 */
export function guessSchema(
  header: readonly string[],
  rows: number,
  cellsOf: CellsOf,
  mapped: Readonly<Record<string, string | string[]>>,
): GuessedSchema {
  const schema: Record<string, OwnColumn> = {};
  const left: Record<string, string> = {};
  const used = new Set(Object.values(mapped).flat());
  const counts: Partial<Record<OwnType, number>> = {};
  const taken = new Set(trainingCatalogue(entityTypesWith()).map(({ name }) => name));
  const add = (name: string, column: OwnColumn) => {
    schema[isFree(name, column, taken) && schema[name] === undefined ? name : `own_${name}`] = column;
  };
  for (const field of SPARE) {
    const column = mapped[field];
    if (typeof column !== 'string') continue;
    const cells = cellsOf(column);
    if (new Set(cells).size > 1 && isFew(cells)) add(field, { type: 'category', field });
  }
  for (const [latitude, longitude] of placesIn(header, used, cellsOf)) {
    for (const column of [latitude, longitude]) used.add(column);
    const name = nameOf(latitude.replace(/_?lat(?:itude)?/i, '')) || 'home';
    add(name, {
      type: 'place',
      field: [`metadata.${nameOf(latitude)}`, `metadata.${nameOf(longitude)}`],
      column: [latitude, longitude],
    });
  }
  for (const column of header) {
    if (used.has(column)) continue;
    const type = column === '' ? 'it has no name' : typeOf(column, cellsOf(column), rows);
    if (!isType(type)) left[column] = type;
    else if ((counts[type] ?? 0) >= (MOST[type] ?? Number.POSITIVE_INFINITY))
      left[column] = `one of more than ${MOST[type]} of type ${type}`;
    else {
      counts[type] = (counts[type] ?? 0) + 1;
      const name = nameOf(column);
      add(name, { type, field: `metadata.${name}`, column });
    }
  }
  return { schema, left };
}

const TYPES: readonly string[] = ['number', 'category', 'boolean', 'time', 'entity'];
const isType = (text: string): text is OwnType => TYPES.includes(text);

/** A type, or why the column is none of them. */
function typeOf(column: string, cells: readonly string[], rows: number): string {
  if (cells.length === 0) return 'it is blank';
  const words = new Set(cells);
  if (TELLS_TRUTH.test(column)) return 'it may tell the truth, which nobody knows at the time';
  if (words.size === 1 && cells.length === rows) return 'it says the same in every row';
  const isAll = (is: (text: string) => boolean) => cells.every(is);
  if (words.size === 2 && isAll((text) => !Number.isNaN(ownBoolean(text)))) return 'boolean';
  if (isAll((text) => !Number.isNaN(ownNumber(text)))) {
    if (isAll((text) => /^\d+$/.test(text)) && NAMES_SOMETHING.test(column)) return wordsOf(cells, words.size);
    const isCount = cells.length > 2 && cells.every((text, i) => i === 0 || Number(text) === Number(cells[i - 1]) + 1);
    return isCount ? 'it counts the rows' : 'number';
  }
  if (isAll((text) => !Number.isNaN(ownTime(text)))) return 'time';
  return wordsOf(cells, words.size);
}

function wordsOf(cells: readonly string[], different: number): string {
  if (isFew(cells)) return 'category';
  return different < cells.length ? 'entity' : 'it is another in every row';
}

function isFew(cells: readonly string[]): boolean {
  const different = new Set(cells).size;
  return (different <= WORDS_FEW && different * 5 <= cells.length) || different * ROWS_PER_WORD <= cells.length;
}

/** A name as a schema may have it. */
function nameOf(column: string): string {
  const plain = column
    .replace(/[^A-Za-z0-9_]+/g, '_')
    .replace(/^[_0-9]+|_+$/g, '')
    .slice(0, 40);
  return plain === '' && column !== '' && /\S/.test(column)
    ? `column_${[...column].map((c) => c.codePointAt(0)!.toString(16)).join('')}`.slice(0, 40)
    : plain;
}

function isFree(name: string, column: OwnColumn, taken: ReadonlySet<string>): boolean {
  if (column.type === 'entity') return !isBuiltIn(name);
  return ownFeatures({ [name]: column }).every((one) => !taken.has(one.name));
}

/** Pairs of columns such as lat and long, merch_lat and merch_long. */
function placesIn(header: readonly string[], used: ReadonlySet<string>, cellsOf: CellsOf): [string, string][] {
  return header.flatMap((column): [string, string][] => {
    const found = /^(.*?_?)lat(?:itude)?(_?.*)$/i.exec(column);
    if (found === null || used.has(column)) return [];
    const [, before, after] = found;
    const other = header.find((name) =>
      ['lon', 'lng', 'long', 'longitude'].some(
        (word) => name.toLowerCase() === `${before}${word}${after}`.toLowerCase(),
      ),
    );
    if (other === undefined || used.has(other)) return [];
    const within = (name: string, most: number) => {
      const cells = cellsOf(name);
      return cells.length > 0 && cells.every((text) => Math.abs(ownNumber(text)) <= most);
    };
    return within(column, 90) && within(other, 180) ? [[column, other]] : [];
  });
}
