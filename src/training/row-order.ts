import { type TimeReader, timeReader } from '../intake/time-format.ts';
import type { ColumnMap } from './column-map.ts';
import { OutOfOrder } from './out-of-order.ts';

/** Where a row stands among others: by time, then by id, then by its content. The same whatever order a file has. */
export interface Place {
  /** Milliseconds; -Infinity for what is no time, which stands first and is refused there. */
  time: number;
  id: string;
}

/** The shorter first: 10 comes after 9, and n10 after n9, as most files count. */
function compareText(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}

/** `content` is asked for only where time and id are the same. */
export function comparePlaces(a: Place, b: Place, contentOf: (place: Place) => string): number {
  return a.time - b.time || compareText(a.id, b.id) || compareText(contentOf(a), contentOf(b));
}

/** Reads the place of a row from its cells. */
export function placer(
  header: readonly string[],
  map: ColumnMap,
  time: TimeReader = timeReader(map),
): (fields: readonly string[]) => Place {
  const at = (name: string) => [map.columns[name] ?? name].flat().map((column) => header.indexOf(column));
  const dateAt = at('transactionDate');
  const idAt = at('id');
  const textOf = (fields: readonly string[], places: number[]) =>
    places.length === 1
      ? fields[places[0]]
      : places
          .map((index) => fields[index])
          .join(' ')
          .trim();
  const isNamed = idAt.every((index) => index >= 0);
  if (dateAt.some((index) => index < 0)) return () => ({ time: Number.NEGATIVE_INFINITY, id: '' });
  return (fields) => ({
    time: time.read(textOf(fields, dateAt))?.time ?? Number.NEGATIVE_INFINITY,
    id: isNamed ? textOf(fields, idAt) : '',
  });
}

export const contentOf = (fields: readonly string[]) => JSON.stringify(fields);

/**
 * Throws `OutOfOrder` at the first row that stands before an earlier one. What is looked at is little: time, where that is the same
 * the id, and where there is none the content. `times`: only the time counts.
 */
export function orderCheck(placeOf: (fields: readonly string[]) => Place, times = false) {
  let last: Place = { time: Number.NEGATIVE_INFINITY, id: '' };
  let lastContent: string | undefined;
  return (fields: readonly string[], line: number): void => {
    const place = placeOf(fields);
    if (place.time === Number.NEGATIVE_INFINITY) return;
    let content: string | undefined;
    if (!times && place.id === '') content = contentOf(fields);
    const isBefore =
      place.time < last.time ||
      (!times &&
        place.time === last.time &&
        comparePlaces(place, last, (one) => (one === place ? (content ?? '') : (lastContent ?? ''))) < 0);
    if (isBefore) throw new OutOfOrder(`line ${line} belongs before an earlier one`);
    last = place;
    lastContent = content;
  };
}
